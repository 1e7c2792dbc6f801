using Howdah.Engine.Proving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Each mutant is caught for what it is; a good twin gives no alarm.</summary>
public sealed class Catalog_attacks
{
    public static TheoryData<int, string> Twins => Both(Twin.All.Select(static twin => twin.Name));
    public static TheoryData<int, string> Mutants => Both(Mutant.All.Select(static mutant => mutant.Name));

    [Theory]
    [MemberData(nameof(Twins))]
    public async Task A_good_twin_comes_out_clean(int major, string name)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(twin => twin.Name == name).CopyAsync(server);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Empty(Told(result, Verdict.Broken, Verdict.Inconclusive));
        await server.ExecuteAsync($"drop database \"{database}\"");
    }

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task A_mutant_is_caught_for_what_it_is(int major, string name)
    {
        var mutant = Mutant.All.Single(each => each.Name == name);
        Assert.SkipWhen(major < mutant.From, $"can be made only since PostgreSQL {mutant.From}");
        var server = await (mutant.OwnServer ? TestServer.StartOwnAsync(major) : TestServer.GetAsync(major));
        var database = await Twin.All.Single(twin => twin.Name == mutant.Twin).CopyAsync(server);
        try
        {
            foreach (var sql in mutant.Sql)
                await server.ExecuteAsync(sql.Replace("{db}", $"\"{database}\"", StringComparison.Ordinal), database);
            var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
            var broken = result.Findings.Where(static finding => finding.Verdict == Verdict.Broken)
                .Select(static finding => finding.Attack.Id).Distinct().Order(StringComparer.Ordinal);
            var told = string.Join('\n', Told(result, Verdict.Broken, Verdict.Inconclusive));
            Assert.True(mutant.Expect.SequenceEqual(broken), $"expected {string.Join(", ", mutant.Expect)}; found\n{told}");
            // What it says closes it, closes it; what no SQL closes may stay.
            foreach (var fix in result.Findings.Where(static finding => finding.Verdict == Verdict.Broken && Closes(finding.Fix))
                .Select(static finding => finding.Fix!).Distinct())
                await server.ExecuteAsync(fix, database);
            var open = result.Findings.Where(static finding => finding.Verdict == Verdict.Broken && !Closes(finding.Fix))
                .Select(static finding => finding.Attack.Id).ToHashSet();
            var after = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Told(after, Verdict.Broken), line => !open.Contains(line.Split(' ')[0]));
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

    static bool Closes(string? fix) => fix is not null && !fix.StartsWith("-- ", StringComparison.Ordinal);

    static List<string> Told(CheckResult result, params Verdict[] verdicts) =>
        [.. result.Findings.Where(finding => verdicts.Contains(finding.Verdict))
            .Select(static finding => $"{finding.Attack.Id} {finding.Verdict} {finding.Target}: {finding.Evidence}")];

    static TheoryData<int, string> Both(IEnumerable<string> names)
    {
        var data = new TheoryData<int, string>();
        foreach (var name in names)
        {
            data.Add(15, name);
            data.Add(18, name);
        }
        return data;
    }
}
