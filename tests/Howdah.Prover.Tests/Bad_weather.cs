using Howdah.Engine.Proving;
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

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Hostile_names_of_schemas_are_attacked_like_others(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "schemas").CopyAsync(server);
        const string Schema = "\"s \"\"x\"\", \u202e$howdah$ <b>'\\\n\"";
        await server.ExecuteAsync($"""
            alter schema t_7f3a rename to {Schema};
            alter role schemas_7f3a in database "{database}" set search_path = {Schema}, shared, pg_temp;
            alter table {Schema}.notes rename to "n""'\, $howdah$";
            alter table t_4be1.notes rename to "n""'\, $howdah$";
            alter table t_c09d.notes rename to "n""'\, $howdah$";
            """, database);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Empty(result.Findings.Where(static finding => finding.Verdict is Verdict.Inconclusive or Verdict.Broken)
            .Select(static finding => $"{finding.Attack.Id} {finding.Target}: {finding.Evidence}"));
        await server.ExecuteAsync($"create table shared.\"n\"\"'\\, $howdah$\" (x int); "
            + $"grant insert on table shared.\"n\"\"'\\, $howdah$\" to public", database);
        var broken = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Contains(broken.Findings, static finding => finding.Verdict == Verdict.Broken && finding.Attack.Id == "TEN-G12"
            && finding.Targets.Any(static target => target.EndsWith("as schemas_7f3a", StringComparison.Ordinal)));
        await server.ExecuteAsync(broken.Findings.First(static finding => finding.Attack.Id == "TEN-G12").Fix!, database);
        var closed = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(closed.Findings, static finding => finding.Verdict == Verdict.Broken && finding.Attack.Id == "TEN-G12");
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Fact]
    public async Task What_was_not_tried_in_time_is_inconclusive()
    {
        var server = await TestServer.GetAsync(18);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new() { MaxDuration = TimeSpan.FromTicks(1) },
            TestContext.Current.CancellationToken);
        var late = result.Findings.Where(static finding => finding.Verdict == Verdict.Inconclusive).ToList();
        Assert.Contains(late, static finding => finding.Attack.Id == "TEN-B01");
        Assert.All(late, static finding => Assert.Contains("time", finding.Evidence, StringComparison.Ordinal));
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_table_that_somebody_alters_is_told_as_not_looked_at_and_the_others_are_attacked(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await using var holder = await server.OpenAsync(database);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = new Npgsql.NpgsqlCommand("lock table shop.orders in access exclusive mode", holder, transaction))
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Contains(result.Findings, static finding => finding is { Attack.Id: "TEN-B01", Verdict: Verdict.Inconclusive }
            && finding.Targets.Contains("shop.orders") && finding.Evidence.Contains("locks it", StringComparison.Ordinal));
        Assert.Contains(result.Findings, static finding => finding is { Attack.Id: "TEN-B11", Verdict: Verdict.Held });
        Assert.DoesNotContain(result.Findings, static finding => finding.Verdict == Verdict.Broken);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        await holder.CloseAsync();
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData(15, "rows", "shop.orders")]
    [InlineData(18, "rows", "shop.orders")]
    [InlineData(15, "schemas", "t_7f3a.customers")]
    [InlineData(18, "schemas", "t_7f3a.customers")]
    public async Task A_table_that_is_dropped_meanwhile_is_inconclusive_and_no_more(int major, string twin, string table)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(each => each.Name == twin).CopyAsync(server);
        var dropped = false;
        var result = await Checker.CheckAsync(server.ConnectionString(database), new()
        {
            Progress = said =>
            {
                if (said != "read the catalogs" || dropped)
                    return;
                dropped = true;
                server.ExecuteAsync($"drop table {table} cascade", database).GetAwaiter().GetResult();
            },
        }, TestContext.Current.CancellationToken);
        Assert.True(dropped);
        Assert.DoesNotContain(result.Findings, static finding => finding.Verdict == Verdict.Broken && finding.Attack.Live);
        Assert.Contains(result.Findings, static finding => finding is { Attack.Live: true, Verdict: Verdict.Held });
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData("rows")]
    [InlineData("schemas")]
    public async Task One_that_is_canceled_half_way_leaves_no_session_and_no_row(string twin)
    {
        var server = await TestServer.GetAsync(18);
        var database = await Twin.All.Single(each => each.Name == twin).CopyAsync(server);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Checker.CheckAsync(server.ConnectionString(database), new()
        {
            Progress = said =>
            {
                if (said.StartsWith("attacked", StringComparison.Ordinal))
                    stop.Cancel();
            },
        }, stop.Token));
        while (await server.ScalarAsync<long>(
            $"select count(*) from pg_stat_activity where application_name = 'howdah check' and datname = '{database}'") > 0)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        var after = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(after.Findings, static finding => finding.Verdict is Verdict.Broken or Verdict.Inconclusive);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }
}
