using System.Collections.Concurrent;
using Howdah.Prover.Pooled;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests.Pooled;

/// <summary>A good twin on a server of its own, with an application's login: roles are seen from every database of a server.</summary>
sealed class Shop
{
    internal const string Role = "pooled_app";
    internal const string Password = "what-the-application-knows";
    internal static readonly Dictionary<string, string> Logins = new() { [Role] = Password };
    static readonly ConcurrentDictionary<int, Lazy<Task<TestServer>>> Servers = new();

    Shop(TestServer server, string database)
    {
        Server = server;
        Database = database;
    }

    internal TestServer Server { get; }
    internal string Database { get; }

    /// <summary>A new copy; the login may make temporary tables there.</summary>
    internal static async Task<Shop> OpenAsync(int major)
    {
        var server = await Servers.GetOrAdd(major, static version => new(async () =>
        {
            var started = await TestServer.StartOwnAsync(version);
            await started.ExecuteAsync($"create role {Role} login password '{Password}'");
            return started;
        })).Value;
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await server.ExecuteAsync($"grant rows_app to {Role}; grant temporary on database \"{database}\" to {Role}");
        return new(server, database);
    }

    internal Task<TestPooler> PoolAsync(params string[] settings) => TestPooler.StartAsync(Server, Logins, settings);

    /// <summary>A pooler that does everything wrong; the server trusts it.</summary>
    internal async Task<NaivePooler> PoolNaivelyAsync()
    {
        const string Trusted = "pooled_naive";
        var rules = Path.Combine(Server.Data, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all {Trusted} 127.0.0.1/32 trust\n" + await File.ReadAllTextAsync(rules));
        await Server.ExecuteAsync($"create role {Trusted} login in role {Role}; select pg_reload_conf()");
        await Patience.UntilAsync("the server has read pg_hba.conf", () => Server.ScalarAsync<bool>(
            $"select exists (select from pg_hba_file_rules where '{Trusted}' = any (user_name)) "
            + "and pg_conf_load_time() > (pg_stat_file('pg_hba.conf')).modification - interval '1 second'"));
        return await NaivePooler.StartAsync(Server.Port, Database, Trusted);
    }

    internal string Through(TestPooler pooler) => pooler.ConnectionString(Database, Role, Password);

    /// <summary>Attacks; gives the verdicts by attack, and all that was told.</summary>
    internal async Task<List<Finding>> AttackAsync(string pooled, PoolerOptions? options = null, CancellationToken token = default) =>
        await PoolerAttacks.RunAsync(pooled, await LookAsync(), options ?? new(), default, token);

    /// <summary>What there is to attack.</summary>
    internal async Task<Surface> LookAsync()
    {
        await using var connection = await Server.OpenAsync(Database);
        return await Scout.LookAsync(connection, Hints.None, TestContext.Current.CancellationToken);
    }

    internal static string Told(IEnumerable<Finding> findings) =>
        string.Join('\n', findings.Select(static finding => $"{finding.Attack.Id} {finding.Verdict}: {finding.Evidence}"));
}
