using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Names that were chosen to hurt, time that runs out, tables that go away.</summary>
public sealed class Bad_weather
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Hostile_names_are_attacked_like_others(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await server.CreateDatabaseAsync();
        var role = $"ro\"le'\n$howdah$ {Guid.NewGuid():N}";
        string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        const string Schema = "s \"x\" $howdah$ <b>'";
        var table = "t\u202e;--\n" + new string('ä', 20);
        const string Column = "tenant id'\"";
        await server.ExecuteAsync($"""
            create role {Quoted(role)} login; revoke all on database "{database}" from public;
            grant connect on database "{database}" to {Quoted(role)};
            create schema {Quoted(Schema)}; grant usage on schema {Quoted(Schema)} to {Quoted(role)};
            create table {Quoted(Schema)}.{Quoted(table)} (
              {Quoted(Column)} uuid not null, id int, n text, primary key ({Quoted(Column)}, id));
            alter table {Quoted(Schema)}.{Quoted(table)} enable row level security;
            alter table {Quoted(Schema)}.{Quoted(table)} force row level security;
            create policy {Quoted("p'\"\n")} on {Quoted(Schema)}.{Quoted(table)}
              using ((select current_setting('app.t', true)) is null
                or {Quoted(Column)} = (select nullif(current_setting('app.t', true), '')::uuid));
            grant select, insert, update, delete on {Quoted(Schema)}.{Quoted(table)} to {Quoted(role)};
            """, database);
        try
        {
            var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
            var broken = result.Findings.Where(static finding => finding.Verdict == Verdict.Broken).ToList();
            Assert.Equal(["TEN-B05"], broken.Select(static finding => finding.Attack.Id));
            Assert.DoesNotContain(result.Findings, static finding => finding.Verdict == Verdict.Inconclusive);
            await server.ExecuteAsync(broken[0].Fix!, database);
            var after = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
            Assert.DoesNotContain(after.Findings, static finding => finding.Verdict == Verdict.Broken);
        }
        finally
        {
            await server.ExecuteAsync($"drop database \"{database}\" with (force)");
            await server.ExecuteAsync($"drop role {Quoted(role)}");
        }
    }

    [Fact]
    public async Task What_was_not_tried_in_time_is_inconclusive()
    {
        var server = await TestServer.GetAsync(18);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new() { MaxDuration = TimeSpan.FromTicks(1) },
            TestContext.Current.CancellationToken);
        var late = Assert.Single(result.Findings, static finding => finding.Verdict == Verdict.Inconclusive);
        Assert.Contains("time allowed", late.Evidence, StringComparison.Ordinal);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Fact]
    public async Task A_table_that_somebody_alters_is_waited_for_shortly_and_told()
    {
        var server = await TestServer.GetAsync(18);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await using var holder = await server.OpenAsync(database);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new Npgsql.NpgsqlCommand("lock table shop.orders in access exclusive mode", holder, transaction))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var locked = await Assert.ThrowsAsync<ServerUnavailableException>(() =>
            Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken));
        Assert.Contains("locks a table", locked.Message, StringComparison.Ordinal);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        await holder.CloseAsync();
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }
}
