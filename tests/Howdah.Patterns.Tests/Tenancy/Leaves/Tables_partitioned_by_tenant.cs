using Howdah.Engine.Applying;
using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Erasing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Leaves;

/// <summary><c>partitioned: true</c>: a leaf for each tenant in rows, made and dropped with it, and closed to everybody.</summary>
[Collection("moves")]
public sealed class Tables_partitioned_by_tenant
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Have_a_leaf_for_each_tenant_that_goes_where_the_tenant_goes(int major)
    {
        using var grove = await Grove.OpenAsync(major);
        var (a, b) = (await grove.MakeAsync("a", TenancyModel.Rows), await grove.MakeAsync("b", TenancyModel.Rows));
        Assert.Equal((2L, 2L, 4L), (await grove.LeavesAsync(a), await grove.LeavesAsync(b), await grove.LeavesAsync()));
        await grove.SettledAsync();
        var plan = await grove.AskAsync<string>(a, $"explain (format json) select count(*) from orders where tenant_id = '{a.Id}'");
        Assert.Equal(1, plan!.Split("\"Relation Name\"").Length - 1);

        foreach (var model in (TenancyModel[])[TenancyModel.Schemas, TenancyModel.Databases, TenancyModel.Rows])
        {
            await grove.MoveAsync("a", model);
            Assert.Equal("20, 20", await grove.RowsAsync("a"));
            Assert.Equal(model == TenancyModel.Rows ? 2L : 0L, await grove.LeavesAsync(a));
            Assert.Equal(2L, await grove.LeavesAsync(b));
            await grove.SettledAsync();
        }
        Assert.Equal("20, 20", await grove.RowsAsync("b"));

        using var folder = new Howdah.Testing.TempFolder();
        var path = Path.Combine(folder.Path, "a.zip");
        var exported = await TenantExport.RunAsync(grove.Session, grove.Home, "a", path, new(), default);
        await TenantErase.RunAsync(grove.Session, grove.Home, "a", new(), default);
        Assert.Equal((0L, 2L), (await grove.LeavesAsync(a), await grove.LeavesAsync()));
        await TenantImport.RunAsync(grove.Session, grove.Home, path, null, TenancyModel.Rows, null, new() { Sha256 = exported.Sha256 },
            default);
        Assert.Equal(2L, await grove.LeavesAsync(a));
        Assert.Equal("20, 20", await grove.RowsAsync("a"));
        await grove.SettledAsync();
    }

    // Not by way of the table that has the floor, so nothing of it: whatever a login was given by mistake.
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Answer_nobody_who_asks_a_leaf(int major)
    {
        using var grove = await Grove.OpenAsync(major);
        var (a, b) = (await grove.MakeAsync("a", TenancyModel.Rows), await grove.MakeAsync("b", TenancyModel.Rows));
        var leaf = await grove.Main.ScalarAsync<string>("select c.oid::regclass::text from pg_class c join pg_inherits i "
            + $"on i.inhrelid = c.oid where i.inhparent = 'app.orders'::regclass and pg_get_expr(c.relpartbound, c.oid) like '%{b.Id}%'",
            grove.Name);
        Assert.StartsWith("howdah_leaves.", leaf, StringComparison.Ordinal);
        Assert.Equal("42501", await RefusalAsync(a, $"select 1 from {leaf}"));
        await grove.Main.ExecuteAsync($"grant usage on schema howdah_leaves to {grove.Name}_app; "
            + $"grant all on all tables in schema howdah_leaves to {grove.Name}_app", grove.Name);
        foreach (var whose in (Tenant[])[a, b])
        {
            Assert.Equal(0L, await grove.AskAsync<long>(whose, $"select count(*) from {leaf}"));
            Assert.Equal(0L, await grove.AskAsync<long>(whose, $"with gone as (delete from {leaf} returning 1) select count(*) from gone"));
            Assert.Equal(0L, await grove.AskAsync<long>(whose,
                $"with changed as (update {leaf} set total = 0 returning 1) select count(*) from changed"));
            Assert.Equal("42501", await RefusalAsync(whose, $"insert into {leaf} (tenant_id, id, total) values ('{b.Id}', 99, 1)"));
        }
        Assert.Equal("42501", await RefusalAsync(a, $"alter table {leaf} disable row level security"));
        Assert.Equal("20, 20", await grove.RowsAsync("b"));
        Assert.DoesNotContain(await grove.Estate.ProveAsync(), static finding =>
            finding is { Pattern: "tenancy", Verdict: Verdict.Broken });

        // Opened by hand, it is seen by the plan and broken into by the proof.
        await grove.Main.ExecuteAsync($"alter table {leaf} disable row level security", grove.Name);
        Assert.Contains(await grove.Estate.ProveAsync(), static finding => finding is { Verdict: Verdict.Broken, Attack.Id: "TEN-C01" });
        await grove.Estate.ConvergeAsync();
        Assert.Equal(0L, await grove.AskAsync<long>(a, $"select count(*) from {leaf}"));

        async Task<string> RefusalAsync(Tenant tenant, string sql) =>
            (await Assert.ThrowsAsync<PostgresException>(() => grove.AskAsync<object>(tenant, sql))).SqlState;
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Are_told_where_they_are_not_partitioned_and_filled_up_where_leaves_are_missing(int major)
    {
        using var grove = await Grove.OpenAsync(major);
        await using var tenants = await grove.TenantsAsync();
        var a = await tenants.CreateAsync("a", TenancyModel.Rows, null, default);

        // A table that a later migration makes gets its leaves, at home; in places it is a plain one.
        var s = await grove.MakeAsync("s", TenancyModel.Schemas);
        grove.Estate.Write("migrations/0002_notes.sql",
            "create table app.notes (tenant_id uuid not null, n int, primary key (tenant_id, n)) "
            + "partition by list (tenant_id);");
        Rewrite("app.orders, app.lines]", "app.orders, app.lines, app.notes]");
        await grove.Estate.ConvergeAsync();
        Assert.Equal(3L, await grove.LeavesAsync(a));
        await grove.SettledAsync();
        Assert.Equal("r", await grove.Main.ScalarAsync<string>(
            $"select relkind::text from pg_class where oid = '{s.Home.Place}.notes'::regclass", grove.Name));

        // A leaf that is gone is made again; one that is not empty is never dropped.
        await grove.Main.ExecuteAsync("do $$ declare l text; begin select c.oid::regclass into l from pg_class c join pg_inherits i on "
            + "i.inhrelid = c.oid where i.inhparent = 'app.notes'::regclass and c.relkind = 'r'; execute 'drop table ' || l; end $$",
            grove.Name);
        Assert.Equal("tenancy/" + grove.Name + "/leaves", Assert.Single((await grove.Estate.PlanAsync()).Steps).Id);
        await grove.Estate.ConvergeAsync();
        await grove.AskAsync<object>(a, $"insert into notes values ('{a.Id}', 1)");
        var full = await Assert.ThrowsAsync<PostgresException>(() =>
            grove.Main.ExecuteAsync($"select howdah.drop_leaves('{a.Id}')", grove.Name));
        Assert.Equal("HW009", full.SqlState);
        Assert.Equal(3L, await grove.LeavesAsync(a));

        // One that is not partitioned is refused, in one sentence that says what to write.
        grove.Estate.Write("migrations/0003_plain.sql",
            "create table app.plain (tenant_id uuid not null, n int, primary key (tenant_id, n));");
        Rewrite("app.lines, app.notes]", "app.lines, app.notes, app.plain]");
        var told = await grove.Estate.ApplyAsync();
        Assert.Equal(ApplyOutcome.Failed, told.Outcome);
        Assert.Contains("app.plain is not partitioned by LIST (tenant_id)", told.Message, StringComparison.Ordinal);
        var refused = Assert.Single((await grove.Estate.PlanAsync()).Notes, static note => note.Code == "HOW0611");
        Assert.Contains("PARTITION BY LIST (\"tenant_id\")", refused.Hint, StringComparison.Ordinal);
        Assert.Equal(ApplyOutcome.Refused, (await grove.Estate.ApplyAsync()).Outcome);

        void Rewrite(string from, string to)
        {
            var path = Path.Combine(grove.Estate.Folder, "estate.yaml");
            var text = File.ReadAllText(path);
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
        }
    }
}
