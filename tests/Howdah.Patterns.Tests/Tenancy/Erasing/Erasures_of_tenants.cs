using System.Text.Json.Nodes;
using Howdah.Patterns.Tenancy.Erasing;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tests.Tenancy.Archiving;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Erasing;

public sealed class Erasures_of_tenants
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Leave_nothing_but_a_certificate_and_touch_nobody_else(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        await luggage.MakeAsync("stays", TenancyModel.Rows, 5);
        await luggage.MakeAsync("stays too", TenancyModel.Schemas, 5);
        var others = (await luggage.RowsAsync("stays"), await luggage.RowsAsync("stays too"));
        foreach (var model in Enum.GetValues<TenancyModel>())
            foreach (var suspended in (bool[])[false, true])
            {
                var tenant = await luggage.MakeAsync($"goes {model} {suspended}", model);
                var rows = await luggage.RowsAsync(tenant.Name);
                await using var client = await luggage.Market.LoginAsync(tenant);
                if (suspended)
                {
                    await using var tenants = await luggage.Market.TenantsAsync();
                    await tenants.SuspendAsync(tenant.Name, default);
                    Assert.Equal(rows, await luggage.RowsAsync(tenant.Name));
                }
                Assert.Equal(88, (await TenantErase.LookAsync(luggage.Market.Session, luggage.Home, tenant.Name, default))
                    .Sum(static each => each.Rows));
                var erased = await luggage.EraseAsync(tenant.Name);
                Assert.Equal(("erased", 88L), (erased.Outcome, erased.Rows));
                Assert.Null(TenantErase.Verify(erased.Certificate));
                var certificate = JsonNode.Parse(erased.Certificate)!;
                // What it says was there is what the export before saw.
                Assert.Equal(rows, string.Join(", ", certificate["before"]!.AsArray().Select(static each =>
                    $"{each!["table"]} {each["rows"]} {each["hash"]}")));
                Assert.True(certificate["after"]!.AsArray().Count >= (tenant.Home.Place is null ? 3 : 6));
                Assert.All(certificate["after"]!.AsArray(), static each => Assert.Equal(0, each!["found"]!.GetValue<long>()));
                Assert.Equal("done", (await luggage.EraseAsync(tenant.Name)).Outcome);
                Assert.Equal(erased.Certificate, (await luggage.EraseAsync(tenant.Id.ToString())).Certificate);
                if (model != TenancyModel.Rows)
                    await Assert.ThrowsAnyAsync<NpgsqlException>(() => luggage.Market.LoginAsync(tenant));
                await luggage.CleanAsync();
            }
        Assert.Equal(others, (await luggage.RowsAsync("stays"), await luggage.RowsAsync("stays too")));
    }

    [Fact]
    public async Task Forget_the_name_where_that_is_asked_and_their_certificates_show_every_change()
    {
        using var luggage = await Luggage.OpenAsync(18);
        var tenant = await luggage.MakeAsync("Müller & Sons", TenancyModel.Rows);
        await using (var tenants = await luggage.Market.TenantsAsync())
            await tenants.RenameAsync(tenant.Name, "Müller", default);
        var erased = await luggage.EraseAsync("Müller", new() { ForgetName = true });
        Assert.DoesNotContain("ller", erased.Certificate);
        Assert.Equal(0L, await luggage.Market.Server.ScalarAsync<long>("""
            select count(*) from (select to_jsonb(e)::text as j from howdah.tenant_events e
                                  union all select to_jsonb(w)::text from howdah.tenant_work w) s where j like '%ller%'
            """, Market.Database));
        Assert.Equal("done", (await luggage.EraseAsync(tenant.Id.ToString())).Outcome);
        Assert.Contains("none of that name", (await Assert.ThrowsAsync<ArgumentException>(() => luggage.EraseAsync("Müller"))).Message);

        Assert.Null(TenantErase.Verify(erased.Certificate + "\n"));
        foreach (var changed in (string[])
            [
                erased.Certificate.Replace("\"rows\": 40", "\"rows\": 4", StringComparison.Ordinal),
                erased.Certificate.Replace(tenant.Id.ToString(), Guid.Empty.ToString(), StringComparison.Ordinal),
                erased.Certificate.Replace("\"found\": 0", "\"found\":  0", StringComparison.Ordinal),
                erased.Certificate.Replace("{\n  \"format\"", "{\n  \"more\": 1,\n  \"format\"", StringComparison.Ordinal),
                "{}", "", "null",
            ])
        {
            Assert.NotEqual(erased.Certificate, changed);
            Assert.NotNull(TenantErase.Verify(changed));
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Wait_for_who_was_writing_and_go_on_where_they_stopped(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        var tenant = await luggage.MakeAsync("busy", TenancyModel.Rows);
        await using var writer = await luggage.Market.LoginAsync(tenant);
        await Market.RunAsync(writer, $"begin; insert into notes (tenant_id, what) values ('{tenant.Id}', 'late')");
        Assert.Contains("still writing", (await Assert.ThrowsAsync<ArgumentException>(() =>
            luggage.EraseAsync("busy", new() { Patience = TimeSpan.Zero }))).Message);
        Assert.Equal("erasing", (await luggage.FindAsync("busy")).State);
        await using (var late = await luggage.Market.LoginAsync(tenant))
            Assert.Equal("HW001", await Market.RefusalAsync(late, "select count(*) from notes"));
        await Market.RunAsync(writer, "commit");
        Assert.Equal(89, (await luggage.EraseAsync("busy")).Rows); // its last row, too
        await luggage.CleanAsync();
    }

    [Fact]
    public async Task Refuse_where_other_tables_would_be_left_pointing_at_nothing()
    {
        using var luggage = await Luggage.OpenAsync(18);
        await luggage.MakeAsync("one", TenancyModel.Rows);
        await luggage.Market.Server.ExecuteAsync("create table app.audit (t uuid, n int, foreign key (t, n) references app.lines)",
            Market.Database);
        Assert.Contains("app.audit refers to lines", (await Assert.ThrowsAsync<ArgumentException>(() =>
            luggage.EraseAsync("one"))).Message);
        Assert.Equal("active", (await luggage.FindAsync("one")).State);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Empty_every_partition_also_one_that_the_table_does_not_lead_to(int major)
    {
        using var luggage = await Luggage.OpenAsync(major);
        await luggage.Market.Server.ExecuteAsync("""
            set role market_owner;
            drop table app.notes;
            create table app.notes (tenant_id uuid not null, what text, at timestamptz default now()) partition by hash (what);
            create table app.notes_0 partition of app.notes for values with (modulus 2, remainder 0);
            create table app.notes_1 partition of app.notes for values with (modulus 2, remainder 1) partition by hash (at);
            create table app.notes_1_0 partition of app.notes_1 for values with (modulus 1, remainder 0);
            grant select, insert, update, delete on app.notes to market_app;
            """, Market.Database);
        await luggage.Market.Estate.ConvergeAsync();
        await luggage.MakeAsync("stays", TenancyModel.Rows, 3);
        await luggage.MakeAsync("goes", TenancyModel.Rows);
        var (path, _) = await luggage.ExportAsync("goes");
        var erased = await luggage.EraseAsync("goes");
        Assert.Equal(["app.notes_0", "app.notes_1", "app.notes_1_0"], JsonNode.Parse(erased.Certificate)!["after"]!.AsArray()
            .Where(static each => (string?)each!["what"] == "partition").Select(static each => (string?)each!["name"]));
        Assert.Equal(8L, await luggage.Market.Server.ScalarAsync<long>("select count(*) from app.notes", Market.Database));
        await luggage.ImportAsync(path, null, TenancyModel.Rows);
        Assert.Equal(await Luggage.RowsOfAsync(path), await luggage.RowsAsync("goes"));
        await luggage.CleanAsync();
    }
}
