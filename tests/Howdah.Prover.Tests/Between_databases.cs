using Howdah.Engine.Proving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>A database for each tenant, attacked through the tenants' own logins; servers of their own, for others' databases would be
/// tried, too.</summary>
public sealed class Between_databases
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Well_made_neighbors_hold_against_each_other_and_nothing_is_left(int major)
    {
        var (server, database, neighbor) = await TwoAsync(major);
        var before = await TracesAsync(server, database, neighbor);
        var logins = await Mutants.LoginsAsync(server, database, ["database_4be1", $"neighbor_app@{neighbor}"]);
        var result = await CheckAsync(server.ConnectionString(database), new() { Logins = logins });
        Assert.Empty(Told(result, Verdict.Broken, Verdict.Inconclusive));
        foreach (var id in (string[])["TEN-H01", "TEN-H04", "TEN-H05"])
            Assert.Contains(Told(result, Verdict.Held), line => line.StartsWith(id, StringComparison.Ordinal)
                && line.Contains("really tried", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Notes, static note => note.Contains("rights alone", StringComparison.Ordinal));
        Assert.Equal(before, await TracesAsync(server, database, neighbor));
        while (await server.ScalarAsync<long>("select count(*) from pg_stat_activity where application_name = 'howdah check'") > 0)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        await server.StopAsync();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_gets_in_is_shown_and_made_critical_by_a_row_and_leaves_nothing(int major)
    {
        var (server, database, neighbor) = await TwoAsync(major);
        await server.ExecuteAsync($"grant connect, temporary on database {neighbor} to public");
        await server.ExecuteAsync("grant create, usage on schema shop to public; grant select on shop.customers to public", neighbor);
        var before = await TracesAsync(server, database, neighbor);
        var logins = await Mutants.LoginsAsync(server, database, ["database_4be1"]);
        var found = Assert.Single((await CheckAsync(server.ConnectionString(database), new() { Logins = logins })).Findings,
            static finding => finding.Verdict == Verdict.Broken);
        Assert.Equal(("TEN-H01", Gravity.Critical, neighbor), (found.Attack.Id, found.Attack.Gravity, found.Target));
        Assert.Contains("read a row of shop.customers; made a temporary table; made a table in schema shop", found.Evidence,
            StringComparison.Ordinal);
        Assert.Contains($"\\connect \"{neighbor}\" \"database_4be1\"", found.Statement!, StringComparison.Ordinal);
        Assert.DoesNotContain("c1@4be1", found.Evidence, StringComparison.Ordinal);
        Assert.Equal(before, await TracesAsync(server, database, neighbor));
        // No login: nothing is known of a database of another owner, and of one of the same owner rights alone tell.
        Assert.DoesNotContain((await CheckAsync(server.ConnectionString(database), new())).Findings,
            static finding => finding.Verdict == Verdict.Broken);
        await server.ExecuteAsync($"alter database {neighbor} owner to database_owner");
        var told = await CheckAsync(server.ConnectionString(database), new());
        Assert.Contains("rights alone", Assert.Single(told.Findings, static finding => finding.Verdict == Verdict.Broken).Evidence,
            StringComparison.Ordinal);
        Assert.Contains(told.Notes, static note => note.Contains("rights alone", StringComparison.Ordinal));
        await server.StopAsync();
    }

    [Fact]
    public async Task A_login_that_leads_nowhere_is_inconclusive_and_time_that_is_over_is_told()
    {
        var (server, database, neighbor) = await TwoAsync(18);
        var logins = new Dictionary<string, string>(await Mutants.LoginsAsync(server, database, ["database_4be1"]))
        {
            ["neighbor_app"] = new NpgsqlConnectionStringBuilder(server.ConnectionString(neighbor))
            {
                Username = "neighbor_app", Password = "not this one",
            }.ConnectionString,
        };
        var lost = await CheckAsync(server.ConnectionString(database), new() { Logins = logins });
        Assert.Contains(lost.Findings, static finding => finding is { Attack.Id: "TEN-H01", Verdict: Verdict.Inconclusive,
            Target: "neighbor_app" });
        Assert.DoesNotContain(lost.Findings, static finding => finding.Evidence.Contains("not this one", StringComparison.Ordinal));
        var late = await CheckAsync(server.ConnectionString(database), new() { Logins = logins, MaxDuration = TimeSpan.Zero });
        Assert.Contains(late.Findings, static finding => finding is { Attack.Id: "TEN-H05", Verdict: Verdict.Inconclusive });
        Assert.Contains(late.Findings, static finding => finding is { Attack.Id: "TEN-H01", Verdict: Verdict.Inconclusive }
            && finding.Targets.Contains("database_4be1"));
        await server.StopAsync();
    }

    static async Task<(TestServer Server, string Database, string Neighbor)> TwoAsync(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "database").CopyAsync(server);
        await server.ExecuteAsync("create role neighbor_owner nologin; create role neighbor_app login");
        await server.ExecuteAsync("create database neighbor template twin_database owner neighbor_owner");
        await server.ExecuteAsync("revoke all on database neighbor from public; grant connect on database neighbor to neighbor_app");
        return (server, database, "neighbor");
    }

    static async Task<string> TracesAsync(TestServer server, params string[] databases)
    {
        var all = new List<string?>();
        foreach (var database in (string[])[.. databases, "template1", "postgres"])
            all.Add(await server.ScalarAsync<string>("""
                select md5((select string_agg(c::text, ',' order by c.oid) from (select oid, relname, relacl, relfilenode from pg_class) c)
                  || (select string_agg(n::text, ',' order by n.oid) from pg_namespace n where nspname !~ '^pg_(toast_)?temp_')
                  || coalesce((select string_agg(s::text, ',' order by s::text) from pg_sequences s), ''))
                """, database));
        return string.Join('\n', all);
    }

    static Task<CheckResult> CheckAsync(string way, CheckOptions options) =>
        Checker.CheckAsync(way, options, TestContext.Current.CancellationToken);

    static List<string> Told(CheckResult result, params Verdict[] verdicts) => [.. result.Findings
        .Where(finding => verdicts.Contains(finding.Verdict))
        .Select(static finding => $"{finding.Attack.Id} {finding.Verdict} {finding.Target}: {finding.Evidence}")];
}
