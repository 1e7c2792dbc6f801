using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>Something with a name of ours that Howdah did not make is reported and left as it is.</summary>
public sealed class StrangerTests
{
    [Theory]
    [InlineData("a role", "create role store_app login createdb", "postgres", "store_app")]
    [InlineData("a database", "create database store", "postgres", "store")]
    public async Task On_the_server_it_is_reported_and_left(string what, string sql, string database, string name)
    {
        using var sample = await Sample.BareAsync(18);
        await sample.Server.ExecuteAsync(sql, database);
        var before = await CatalogDump.OfAsync(sample.Server, "postgres");
        var plan = await sample.Harness.PlanAsync();
        Assert.True(plan.Notes.Any(note => note.Code == Codes.Stranger && note.Message.Contains(name, StringComparison.Ordinal)), what);
        Assert.Equal(ApplyOutcome.Refused, (await sample.Harness.ApplyAsync()).Outcome);
        Assert.Equal(before, await CatalogDump.OfAsync(sample.Server, "postgres"));
    }

    [Fact]
    public async Task A_policy_of_our_name_is_reported_and_left()
    {
        using var sample = await Sample.UpAsync(18);
        await sample.Server.ExecuteAsync(
            "drop policy howdah_base on store.orders; create policy howdah_base on store.orders to store_app using (customer_id <> 'x')",
                "store");
        var before = await CatalogDump.OfAsync(sample.Server, "store");
        var plan = await sample.Harness.PlanAsync();
        Assert.Contains(plan.Notes, note => note.Code == Codes.Stranger && note.Message.Contains("howdah_base", StringComparison.Ordinal));
        Assert.Equal(ApplyOutcome.Refused, (await sample.Harness.ApplyAsync()).Outcome);
        Assert.Equal(before, await CatalogDump.OfAsync(sample.Server, "store"));
    }

    [Fact]
    public async Task A_table_of_a_migrations_name_fails_the_rehearsal_and_is_left()
    {
        using var sample = await Sample.BareAsync(18);
        Assert.Equal(ApplyOutcome.Done, (await sample.ApplyAsync()).Outcome);
        sample.Harness.Write("migrations/0002_notes.sql", "create table store.notes (tenant_id uuid not null, note text);\n");
        await sample.Server.ExecuteAsync("create table store.notes (mine text); insert into store.notes values ('keep')", "store");
        var result = await sample.Harness.ApplyAsync();
        Assert.Equal(ApplyOutcome.Failed, result.Outcome);
        Assert.Contains("already exists", result.Message, StringComparison.Ordinal);
        Assert.Equal("keep", await sample.Server.ScalarAsync<string>("select mine from store.notes", "store"));
    }
}
