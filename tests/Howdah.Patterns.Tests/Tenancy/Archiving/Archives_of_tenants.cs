using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Registry;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Archiving;

public sealed class Archives_of_tenants
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Go_from_every_model_into_every_model_and_the_rows_are_equal(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        await luggage.MakeAsync("bystander", TenancyModel.Rows, 3);
        foreach (var from in Enum.GetValues<TenancyModel>())
        {
            var source = await luggage.MakeAsync($"from {from}", from);
            var (path, exported) = await luggage.ExportAsync(source.Name);
            Assert.Equal((40 + 40 + 8, 3), ((int)exported.Rows, exported.Tables));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            var rows = await Luggage.RowsOfAsync(path);
            foreach (var to in Enum.GetValues<TenancyModel>())
            {
                var imported = await luggage.ImportAsync(path, $"{from} to {to}", to, new() { Sha256 = exported.Sha256 });
                Assert.Equal(("imported", exported.Rows), (imported.Outcome, imported.Rows));
                Assert.NotEqual(source.Id, imported.Tenant);
                var tenant = await luggage.FindAsync($"{from} to {to}");
                Assert.Equal(("active", to), (tenant.State, tenant.Home.Model));
                Assert.Equal(rows, await luggage.RowsAsync(tenant.Name));
                Assert.Equal("there", (await luggage.ImportAsync(path, tenant.Name)).Outcome);

                // Its clients go on where it was: nothing is given twice.
                await using var login = await luggage.Market.LoginAsync(tenant);
                await Market.RunAsync(login, $"""
                    insert into orders (tenant_id, kind, mail) values ('{tenant.Id}', 'b', 'n@w');
                    insert into lines (tenant_id, order_id, what) select tenant_id, id, 'new' from orders where mail = 'n@w';
                    """);
                Assert.Equal(true, await Market.RunAsync(login, "select count(*) = 41 and max(ticket) = max(ticket) filter (where mail = "
                    + $"'n@w') and bool_and(tenant_id = '{tenant.Id}') from orders"));
            }

            // Under its own id, once it is gone.
            Assert.Contains("--as", (await Assert.ThrowsAsync<ArchiveException>(() => luggage.ImportAsync(path))).Message);
            await luggage.EraseAsync(source.Name);
            var back = await luggage.ImportAsync(path, null, TenancyModel.Schemas);
            Assert.Equal(source.Id, back.Tenant);
            Assert.Equal(rows, await luggage.RowsAsync(source.Name));
        }
        Assert.Equal(3L, await luggage.Market.Server.ScalarAsync<long>("select count(*) from app.orders o join howdah.tenants t on t.id = "
            + "o.tenant_id where t.name = 'bystander'", Market.Database));
        await luggage.CleanAsync();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Hold_one_moment_while_the_tenant_is_written_to(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        foreach (var model in Enum.GetValues<TenancyModel>())
        {
            var tenant = await luggage.MakeAsync($"{model}", model);
            await using var login = await luggage.Market.LoginAsync(tenant);
            var before = await luggage.RowsAsync(tenant.Name);
            var written = 0;
            var (path, result) = await luggage.ExportAsync(tenant.Name, new()
            {
                // An order with its line, committed after orders were written and before lines are.
                Fault = point => written += point.StartsWith("exported", StringComparison.Ordinal)
                    ? WriteAsync().GetAwaiter().GetResult() : 0,
            });
            Assert.Equal(3, written);
            Assert.Equal(before, await Luggage.RowsOfAsync(path));
            Assert.NotEqual(before, await luggage.RowsAsync(tenant.Name));
            Assert.Equal(88, result.Rows);

            async Task<int> WriteAsync()
            {
                await Market.RunAsync(login, $"""
                    with made as (insert into orders (tenant_id, mail) values ('{tenant.Id}', 'l@te') returning tenant_id, id)
                    insert into lines (tenant_id, order_id, what) select tenant_id, id, 'late' from made
                    """);
                return 1;
            }
        }
    }

    [Fact]
    public async Task Are_refused_when_they_were_changed_whatever_was_changed()
    {
        using var luggage = await Luggage.OpenAsync(18);
        var tenant = await luggage.MakeAsync("victim", TenancyModel.Rows);
        var other = await luggage.MakeAsync("other", TenancyModel.Rows, 2);
        var (path, exported) = await luggage.ExportAsync(tenant.Name);
        var others = await luggage.RowsAsync(other.Name);
        foreach (var model in Enum.GetValues<TenancyModel>())
        {
            await RefusedAsync("not as it was written", luggage.Forge(path, static rows => rows.Replace("w1\t", "w2\t",
                StringComparison.Ordinal), rehash: false));
            // Whoever changes rows and hashes alike is found out by the rows' own hash, or by the tenant in them.
            await RefusedAsync("or rows with other values", luggage.Forge(path, static rows => rows.Replace("note 3", "note x",
                StringComparison.Ordinal)));
            await RefusedAsync("is not one of tenant", luggage.Forge(path, rows => Last(rows).Replace(tenant.Id.ToString(),
                other.Id.ToString(), StringComparison.Ordinal) is var last ? rows[..^last.Length] + last : rows));
            await RefusedAsync("is not one of tenant", luggage.Forge(path, rows => rows + $"{other.Id}\tsmuggled\t\\N\n"));

            async Task RefusedAsync(string why, string forged)
            {
                var refused = await Assert.ThrowsAsync<ArchiveException>(() => luggage.ImportAsync(forged, "forged", model));
                Assert.Contains(why, refused.Message);
                await using (var tenants = await luggage.Market.TenantsAsync())
                    if ((await tenants.ListAsync(default)).Any(static each => each.Name == "forged"))
                        await TenantImport.AbortAsync(luggage.Market.Session, luggage.Home, forged, "forged", new(), default);
                await luggage.CleanAsync();
            }
        }
        foreach (var (why, forged) in ((string, string)[])
            [
                ("other files", luggage.Forge(path, Same, more: static zip => zip.CreateEntry("../../etc/passwd").Open().Dispose())),
                ("other files", luggage.Forge(path, Same, manifest: static json => json["tables"]![0]!["entry"] = "../x")),
                ("another size", luggage.Forge(path, Same, manifest: static json => json["tables"]![0]!["bytes"] = 5)),
                ("are allowed", luggage.Forge(path, Same, manifest: static json => json["tables"]![0]!["bytes"] = long.MaxValue)),
                ("format 2", luggage.Forge(path, Same, manifest: static json => json["format"] = 2)),
                ("not one that", luggage.Forge(path, Same, manifest: static json => json["extra"] = 2)),
                ("not one that", luggage.Forge(path, Same, manifest: static json => json["tables"] = null)),
                ("not one that", luggage.Forge(path, Same, manifest: static json => json["tables"]![0] = null)),
                ("no manifest.json", luggage.Forge(path, Same, more: static zip => zip.GetEntry("manifest.json")!.Delete())),
                ("does not fit", luggage.Forge(path, Same, manifest: static json =>
                    json["tables"]![0]!["columns"]![1]!["type"] = "circle")),
                ("does not fit", luggage.Forge(path, Same, manifest: static json => json["tables"]![0]!["key"]![0] = "no \"such")),
                ("not a tenant's table", luggage.Forge(path, Same, manifest: static json => json["tables"]![0]!["name"] = "tenants")),
            ])
        {
            var refused = await Assert.ThrowsAsync<ArchiveException>(() => luggage.ImportAsync(forged, "forged"));
            Assert.True(refused.Message.Contains(why, StringComparison.Ordinal), $"{why}: {refused.Message}");
        }
        Assert.Contains("not the archive that was noted", (await Assert.ThrowsAsync<ArchiveException>(() =>
            luggage.ImportAsync(path, "noted", options: new() { Sha256 = new('0', 64) }))).Message);
        var half = luggage.NewPath();
        await File.WriteAllBytesAsync(half, (await File.ReadAllBytesAsync(path))[..^100]);
        Assert.Contains("not a whole zip file", (await Assert.ThrowsAsync<ArchiveException>(() => luggage.ImportAsync(half))).Message);
        Assert.Contains("there already", (await Assert.ThrowsAsync<ArchiveException>(() => TenantExport.RunAsync(luggage.Market.Session,
            luggage.Home, "victim", path, new(), default))).Message);
        Assert.Equal(others, await luggage.RowsAsync(other.Name));
        await luggage.CleanAsync();

        static string Same(string rows) => rows;
        static string Last(string rows) => rows[(rows.TrimEnd('\n').LastIndexOf('\n') + 1)..];
    }

    [Fact]
    public async Task Are_refused_where_the_tables_are_not_like_those_they_are_from()
    {
        using var luggage = await Luggage.OpenAsync(18);
        await luggage.MakeAsync("one", TenancyModel.Rows);
        var (path, _) = await luggage.ExportAsync("one");
        await luggage.Market.Server.ExecuteAsync("""
            alter table app.notes rename column what to why;
            alter table app.notes add column needed int not null default 1;
            alter table app.notes alter column needed drop default;
            alter table app.orders alter column ticket type bigint;
            """, Market.Database);
        var refused = await Assert.ThrowsAsync<ArchiveException>(() => luggage.ImportAsync(path, "two"));
        foreach (var part in (string[])["app.notes has no column what here", "app.notes.needed must have a value here",
            "app.orders.ticket is integer in the archive and bigint here"])
            Assert.Contains(part, refused.Message);
        await luggage.Market.Server.ExecuteAsync("alter table app.notes add column large oid", Market.Database);
        Assert.Contains("large objects", (await Assert.ThrowsAsync<ArchiveException>(() => luggage.ExportAsync("one"))).Message);
        await using var tenants = await luggage.Market.TenantsAsync();
        Assert.Equal("one", Assert.Single(await tenants.ListAsync(default)).Name);
    }

    [Fact]
    public async Task Are_never_empty_where_there_are_rows_that_cannot_be_seen()
    {
        using var luggage = await Luggage.OpenAsync(18);
        await luggage.MakeAsync("one", TenancyModel.Rows);
        await luggage.Market.Server.ExecuteAsync("drop policy howdah_base on app.orders", Market.Database);
        var path = luggage.NewPath();
        Assert.Contains("the application another number", (await Assert.ThrowsAsync<ArchiveException>(() => TenantExport.RunAsync(
            luggage.Market.Session, luggage.Home, "one", path, new(), default))).Message);
        Assert.False(File.Exists(path));
        Assert.False(File.Exists($"{path}.part"));
    }

    [Fact]
    public async Task Do_not_bring_rows_that_refer_to_nothing()
    {
        using var luggage = await Luggage.OpenAsync(18);
        await luggage.MakeAsync("one", TenancyModel.Rows);
        var (path, _) = await luggage.ExportAsync("one");
        await luggage.EraseAsync("one");
        await luggage.Market.Server.ExecuteAsync("delete from app.kinds where kind = 'a'", Market.Database);
        Assert.Contains("refer by orders_kind_fkey to rows of kinds", (await Assert.ThrowsAsync<ArchiveException>(() =>
            luggage.ImportAsync(path, null, TenancyModel.Databases))).Message);
        await luggage.Market.Server.ExecuteAsync("insert into app.kinds values ('a', 'first')", Market.Database);
        await TenantImport.AbortAsync(luggage.Market.Session, luggage.Home, path, null, new(), default);
        await luggage.CleanAsync();
        Assert.Equal("imported", (await luggage.ImportAsync(path)).Outcome);
    }
}
