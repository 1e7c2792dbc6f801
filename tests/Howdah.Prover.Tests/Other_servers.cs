using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Standbys, servers that are read-only or too old, and poolers in front.</summary>
public sealed class Other_servers
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task On_a_standby_what_reads_is_made_and_what_writes_is_told_as_not_run(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var good = await Copy("rows").CopyAsync(server);
        var bad = await Copy("rows").CopyAsync(server);
        await server.ExecuteAsync("""
            drop policy floor on shop.orders;
            create policy floor on shop.orders as restrictive using ((select current_setting('app.tenant_id', true)) is null
              or tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
            """, bad);
        var schemas = await Copy("schemas").CopyAsync(server);
        await server.ExecuteAsync("grant usage on schema t_7f3a to schemas_4be1; grant select on t_7f3a.customers to schemas_4be1",
            schemas);
        await server.StopAsync("fast");
        await File.WriteAllTextAsync(Path.Combine(server.Data, "standby.signal"), "");
        await OsUser.OwnAsync(server.Folder, CancellationToken.None);
        await server.StartAsync();
        Assert.True(await server.ScalarAsync<bool>("select pg_is_in_recovery()"));

        var held = await CheckAsync(server, good);
        Assert.Empty(Told(held, Verdict.Broken, Verdict.Inconclusive));
        Assert.Contains(held.Findings, static finding => finding is { Attack.Id: "TEN-B01", Verdict: Verdict.Held });
        Assert.Contains(held.Findings, static finding => finding is { Attack.Id: "TEN-B10", Verdict: Verdict.NotRun });
        Assert.Contains(held.Notes, static note => note.Contains("standby", StringComparison.Ordinal));
        Assert.Equal(["TEN-B05"], Ids(await CheckAsync(server, bad)));
        var reached = await CheckAsync(server, schemas);
        Assert.Equal(["TEN-G08"], Ids(reached));
        Assert.Contains(reached.Findings, static finding => finding.Attack.Id == "TEN-G08" && finding.Statement is not null);
        await server.StopAsync();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Transactions_that_are_read_only_by_default_are_opened_as_an_intruder_would(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Copy("rows").CopyAsync(server);
        await server.ExecuteAsync($"alter database \"{database}\" set default_transaction_read_only = on");
        var result = await CheckAsync(server, database);
        Assert.Empty(Told(result, Verdict.Broken, Verdict.Inconclusive));
        Assert.Contains(result.Findings, static finding => finding is { Attack.Id: "TEN-B10", Verdict: Verdict.Held });
        Assert.Contains(result.Notes, static note => note.Contains("default_transaction_read_only", StringComparison.Ordinal));
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Fact]
    public async Task A_server_below_15_is_refused_in_a_sentence()
    {
        var server = await TestServer.StartOwnAsync(14);
        var old = await Assert.ThrowsAsync<ServerUnavailableException>(() => CheckAsync(server, "postgres"));
        Assert.Contains("PostgreSQL 14.", old.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', old.Message);
        await server.StopAsync();
    }

    [Theory]
    [InlineData(15, "session")]
    [InlineData(18, "transaction")]
    public async Task A_pooler_in_front_is_told_and_gets_no_setting_of_the_session(int major, string mode)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Copy("rows").CopyAsync(server);
        var admin = new NpgsqlConnectionStringBuilder(server.ConnectionString());
        await using var pooler = await TestPooler.StartAsync(server, new Dictionary<string, string> { [admin.Username!] = admin.Password! },
            $"pool_mode={mode}", "default_pool_size=8", "server_reset_query=");
        var way = pooler.ConnectionString(database, admin.Username!, admin.Password!);
        var result = await Checker.CheckAsync(way, new(), TestContext.Current.CancellationToken);
        Assert.Empty(Told(result, Verdict.Broken, Verdict.Inconclusive));
        Assert.Contains(result.Notes, static note => note.Contains("pooler", StringComparison.Ordinal));
        // The server connections that were used are handed on as they were.
        for (var client = 0; client < 8; client++)
        {
            await using var connection = new NpgsqlConnection(way);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var left = new NpgsqlCommand("select current_setting('lock_timeout') || current_setting('statement_timeout') "
                + "|| current_setting('session_replication_role')", connection);
            Assert.Equal("00origin", await left.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
        Assert.DoesNotContain((await CheckAsync(server, database)).Notes, static note => note.Contains("pooler", StringComparison.Ordinal));
    }

    static Twin Copy(string name) => Twin.All.Single(twin => twin.Name == name);

    static Task<CheckResult> CheckAsync(TestServer server, string database) =>
        Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);

    static List<string> Ids(CheckResult result) => [.. result.Findings.Where(static finding => finding.Verdict == Verdict.Broken)
        .Select(static finding => finding.Attack.Id).Distinct()];

    static List<string> Told(CheckResult result, params Verdict[] verdicts) => [.. result.Findings
        .Where(finding => verdicts.Contains(finding.Verdict))
        .Select(static finding => $"{finding.Attack.Id} {finding.Verdict} {finding.Target}: {finding.Evidence}")];
}
