using System.Collections.Concurrent;
using Howdah.Engine.Proving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>The mutants and twins on PostgreSQL 15.</summary>
public sealed class Mutants_on_15 : Mutants
{
    public static TheoryData<string> Twins => [.. Twin.All.Select(static twin => twin.Name)];
    public static TheoryData<string> All => [.. Mutant.On(15)];

    [Theory]
    [MemberData(nameof(Twins))]
    public Task A_good_twin_comes_out_clean(string name) => Is_clean(15, name);

    [Theory]
    [MemberData(nameof(All))]
    public Task A_mutant_is_caught_for_what_it_is(string name) => Is_caught(15, name);
}

/// <summary>The mutants and twins on PostgreSQL 18; a class of its own, so that both servers work at once.</summary>
public sealed class Mutants_on_18 : Mutants
{
    public static TheoryData<string> Twins => [.. Twin.All.Select(static twin => twin.Name)];
    public static TheoryData<string> All => [.. Mutant.On(18)];

    [Theory]
    [MemberData(nameof(Twins))]
    public Task A_good_twin_comes_out_clean(string name) => Is_clean(18, name);

    [Theory]
    [MemberData(nameof(All))]
    public Task A_mutant_is_caught_for_what_it_is(string name) => Is_caught(18, name);
}

/// <summary>Each mutant is caught for what it is, and every other is closed by what is told; a good twin gives no alarm. Twins on both
/// versions, a mutant on one of them; with HOWDAH_FULL=1 mutants on both, and all are closed.</summary>
public abstract class Mutants
{
    // Not the server of the other tests: a mutant may give roles, which all databases of a server share, what they must not have.
    static readonly ConcurrentDictionary<int, Lazy<Task<TestServer>>> Servers = new();

    static Task<TestServer> ServerAsync(int major) =>
        Servers.GetOrAdd(major, static version => new(async () => (await TestServer.StartOwnAsync(version)).Keep())).Value;

    protected static async Task Is_clean(int major, string name)
    {
        var server = await ServerAsync(major);
        var database = await Twin.All.Single(twin => twin.Name == name).CopyAsync(server);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Empty(Told(result, Verdict.Broken, Verdict.Inconclusive));
        await server.ExecuteAsync($"drop database \"{database}\"");
    }

    protected static async Task Is_caught(int major, string name)
    {
        var mutant = Mutant.All.Single(each => each.Name == name);
        var server = await (mutant.OwnServer ? TestServer.StartOwnAsync(major) : ServerAsync(major));
        var database = await Twin.All.Single(twin => twin.Name == mutant.Twin).CopyAsync(server);
        try
        {
            foreach (var sql in mutant.Sql)
                await server.ExecuteAsync(sql.Replace("{db}", $"\"{database}\"", StringComparison.Ordinal),
                    Mutant.Place(sql, database));
            var options = new CheckOptions { Logins = await LoginsAsync(server, database, mutant.Logins) };
            var result = await Checker.CheckAsync(server.ConnectionString(database), options, TestContext.Current.CancellationToken);
            var broken = result.Findings.Where(static finding => finding.Verdict == Verdict.Broken)
                .Select(static finding => finding.Attack.Id).Distinct().Order(StringComparer.Ordinal);
            var told = string.Join('\n', Told(result, Verdict.Broken, Verdict.Inconclusive));
            Assert.True(mutant.Expect.SequenceEqual(broken), $"expected {string.Join(", ", mutant.Expect)}; found\n{told}");
            Assert.DoesNotContain(result.Findings, static finding => finding.Target.Length == 0 || finding.Targets.Contains(""));
            if (!Mutant.Closed(name))
                return;
            // What it says closes it, closes it; what no SQL closes may stay.
            foreach (var fix in result.Findings.Where(static finding => finding.Verdict == Verdict.Broken && Closes(finding.Fix))
                .Select(static finding => finding.Fix!).Distinct())
                await server.ExecuteAsync(fix, database);
            var open = result.Findings.Where(static finding => finding.Verdict == Verdict.Broken && !Closes(finding.Fix))
                .Select(static finding => finding.Attack.Id).ToHashSet();
            var after = await Checker.CheckAsync(server.ConnectionString(database), options, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Told(after, Verdict.Broken), line =>
                !open.Contains(line.Split(' ')[0]) && !mutant.Leaves.Contains(line.Split(' ')[0]));
        }
        finally
        {
            await server.ExecuteAsync($"drop database \"{database}\" with (force)");
            foreach (var sql in mutant.Undo)
                await server.ExecuteAsync(sql.Replace("{db}", $"\"{database}\"", StringComparison.Ordinal));
            if (mutant.OwnServer)
                await server.StopAsync();
        }
    }

    /// <summary>Ways in for roles, after they were given a password: <c>app</c> to the database, <c>app@other</c> to another.</summary>
    internal static async Task<IReadOnlyDictionary<string, string>> LoginsAsync(TestServer server, string database,
        IReadOnlyList<string> logins)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parts in logins.Select(static login => login.Split('@')))
        {
            await server.ExecuteAsync($"alter role \"{parts[0]}\" password 'let me in'");
            all[parts[0]] = new NpgsqlConnectionStringBuilder(server.ConnectionString(parts.Length > 1 ? parts[1] : database))
            {
                Username = parts[0], Password = "let me in",
            }.ConnectionString;
        }
        return all;
    }

    static bool Closes(string? fix) => fix is not null && !fix.StartsWith("-- ", StringComparison.Ordinal);

    static List<string> Told(CheckResult result, params Verdict[] verdicts) =>
        [.. result.Findings.Where(finding => verdicts.Contains(finding.Verdict))
            .Select(static finding => $"{finding.Attack.Id} {finding.Verdict} {finding.Target}: {finding.Evidence}")];
}
