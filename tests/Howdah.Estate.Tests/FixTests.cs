using Howdah.Engine.Applying;
using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>`prove --fix` saves the plan that closes what was found and nothing else; `apply --plan` does it; then it is gone.</summary>
public sealed class FixTests(SampleOn18 on) : IClassFixture<SampleOn18>
{
    const int Harmless = 0, Broken = 2, Refused = 3;

    /// <summary>What <see cref="DriftTests"/> breaks and a proof sees, and how many causes it tells. Who owns a database through a role may
    /// do two things more that are told by themselves.</summary>
    public static TheoryData<string[], int> Seen => new()
    {
        { ["policy weakened", "role attribute", "guard disabled"], 3 }, { ["FORCE dropped", "schema opened", "function changed"], 4 },
        { ["row-level security disabled", "membership"], 4 },
    };

    [Theory]
    [MemberData(nameof(Seen))]
    public async Task What_the_estate_declares_is_closed_by_its_own_step_and_nothing_else(string[] what, int causes)
    {
        var drifts = DriftTests.Drifts.Select(static row => row.Data).Where(row => what.Contains(row.Item1)).ToList();
        Assert.Equal(what.Length, drifts.Count);
        foreach (var (_, sql, _) in drifts)
            await on.Sample.Server.ExecuteAsync(sql, "store");
        // Drift that opens nothing is not for this plan.
        await on.Sample.Server.ExecuteAsync("alter database store set work_mem = '1GB'", "store");
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "fix.json");
        var (exit, report) = await ProveAsync(file);
        Assert.Equal(Broken, exit);
        Assert.True(Told(report).Count == causes, string.Join('\n', Told(report)));
        var saved = Steps(file);
        Assert.True(saved.Count == what.Length && drifts.All(drift =>
            saved.Any(id => id.StartsWith(drift.Item3, StringComparison.Ordinal))), string.Join(", ", saved));
        Assert.Equal(Harmless, await ApplyAsync(file));
        await HoldsAsync();
        Assert.StartsWith("databases/main/store", Assert.Single((await on.Sample.Harness.PlanAsync()).Steps).Id, StringComparison.Ordinal);
        await on.Sample.Harness.ConvergeAsync();
    }

    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task What_the_estate_has_no_words_for_is_closed_by_the_SQL_of_the_finding(int major)
    {
        using var fresh = major == 18 ? null : await Sample.UpAsync(major);
        var sample = fresh ?? on.Sample;
        await sample.Server.ExecuteAsync("""
            create view store.totals as select tenant_id, order_id from store.orders;
            alter view store.totals owner to current_user; grant select on store.totals to store_app;
            alter role store_app createdb
            """, "store");
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "fix.json");
        var (exit, report) = await ProveAsync(file, sample);
        Assert.Equal(Broken, exit);
        var saved = Steps(file);
        Assert.True(saved.Count == Told(report).Count, string.Join('\n', Told(report)));
        Assert.Contains(saved, static id => id.StartsWith("fix/main/store/TEN-C01/", StringComparison.Ordinal));
        Assert.Contains("roles/main/store_app/alter", saved);
        Assert.Equal(Harmless, await ApplyAsync(file, sample));
        await HoldsAsync(sample);
        await sample.Server.ExecuteAsync("drop view store.totals", "store");
        await sample.Harness.ConvergeAsync();
    }

    [Fact]
    public async Task A_stale_fix_is_refused_and_what_it_holds_beside_is_never_run()
    {
        await on.Sample.Server.ExecuteAsync("alter table store.orders no force row level security", "store");
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "fix.json");
        Assert.Equal(Broken, (await ProveAsync(file)).Exit);
        // Someone else's drift: another plan of the estate.
        await on.Sample.Server.ExecuteAsync("grant truncate on store.orders to store_app", "store");
        Assert.Equal(Refused, await ApplyAsync(file));
        await on.Sample.Server.ExecuteAsync("revoke truncate on store.orders from store_app", "store");
        // SQL that somebody wrote into the file is not what closes the finding.
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text.Replace("force row level security;", "force row level security; create role intruder;",
            StringComparison.Ordinal));
        Assert.Equal(Harmless, await ApplyAsync(file));
        // Done is done: the same plan again has nothing left to close.
        Assert.Equal(Harmless, await ApplyAsync(file));
        Assert.False(await on.Sample.Server.ScalarAsync<bool>("select exists (select from pg_roles where rolname = 'intruder')"));
        await HoldsAsync();
    }

    [Fact]
    public async Task Nothing_broken_writes_nothing()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "fix.json");
        Assert.Equal(Harmless, (await ProveAsync(file)).Exit);
        Assert.False(File.Exists(file));
    }

    async Task<(int Exit, string Report)> ProveAsync(string? fix, Sample? sample = null)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "proof.json");
        var exit = await RunAsync(["prove", (sample ?? on.Sample).Harness.Folder, "--json", "--out", file,
            .. fix is null ? (string[])[] : ["--fix", fix]]);
        return (exit, await File.ReadAllTextAsync(file));
    }

    Task<int> ApplyAsync(string file, Sample? sample = null) =>
        RunAsync(["apply", (sample ?? on.Sample).Harness.Folder, "--plan", file, "--yes"]);

    static Task<int> RunAsync(string[] arguments) => Howdah.Cli.Program.Root().Parse(arguments).InvokeAsync();

    async Task HoldsAsync(Sample? sample = null)
    {
        var (exit, report) = await ProveAsync(null, sample);
        Assert.True(exit == Harmless, string.Join('\n', Told(report, Verdict.Broken, Verdict.Inconclusive)));
    }

    static List<string> Told(string report, params Verdict[] verdicts) =>
        [.. (verdicts.Length == 0 ? [Verdict.Broken] : verdicts).SelectMany(verdict => JsonReport.Read(report).Of(verdict))
            .Select(static finding => $"{finding.Attack.Id} {finding.Verdict} {finding.Target}: {finding.Evidence}")];

    static List<string> Steps(string file) => [.. PlanFile.Read(File.ReadAllText(file)).Steps.Select(static step => step.Id)];
}
