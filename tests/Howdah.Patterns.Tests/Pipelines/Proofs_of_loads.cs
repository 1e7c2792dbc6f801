using Howdah.Engine.Proving;
using Howdah.Patterns.Pipelines;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

/// <summary>Each small corruption is seen by exactly the proof that is about it.</summary>
public sealed class Proofs_of_loads
{
    static readonly (string Mutant, string Mended, string Seen)[] Mutants =
    [
        ("update howdah.load_batch set rows_read = rows_read + 1", "update howdah.load_batch set rows_read = rows_read - 1", "LOD-01"),
        ("alter table howdah.quarantine disable trigger all; update howdah.quarantine set batch = -1",
            "update howdah.quarantine set batch = (select max(id) from howdah.load_batch)", "LOD-01"),
        ("update lines set batch = 0 where id = 1",
            "update lines set batch = (select max(id) from howdah.load_batch) where id = 1", "LOD-02"),
        ("drop index howdah.load_batch_once", "create unique index load_batch_once on howdah.load_batch (pipeline, sha256) "
            + "where state = 'done' and not forced and retry_of is null", "LOD-03"),
        ("grant select on howdah.quarantine to nosy; grant usage on schema howdah to nosy",
            "revoke select on howdah.quarantine from nosy; revoke usage on schema howdah from nosy", "LOD-04"),
        ("grant steward to nosy", "revoke steward from nosy", "LOD-04"),
        ("update howdah.load_batch set finished = finished - interval '2 days'",
            "update howdah.load_batch set finished = finished + interval '2 days'", "LOD-05"),
        (Weeks("7 * n", 5), Weekless, "LOD-06"),
    ];

    const string Weekless = "delete from howdah.load_batch where tool = 'weeks'";

    // So many loads, each so many days before today, of as many rows; their rows are refused, so that no other proof misses them.
    static string Weeks(string days, int rows, int count = 4) => $"""
        insert into howdah.load_batch (pipeline, source, sha256, state, mapping, tool, rows_read, rows_skipped, started, finished)
        select 'lines', 'week ' || n, 'week ' || n, 'done', '', 'weeks', {rows}, {rows},
          now() - make_interval(days => {days}), now() - make_interval(days => {days}) from generate_series(1, {count}) n
        """;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_can_fail(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        harbor.Estate.Write("lines-1.csv", "Line,day,words,amount\n1,2024-01-02,one,1.50\nx,2024-01-02,two,2\n");
        Assert.Equal("Loaded 2 = 1 + 0 + 1 + 0", await harbor.LoadedAsync("lines"));
        await harbor.Estate.ConvergeAsync();
        Assert.Equal("", await BrokenAsync(harbor));
        foreach (var (mutant, mended, seen) in Campaign.Of(Mutants, major))
        {
            await harbor.Server.ExecuteAsync(mutant, harbor.Database);
            Assert.Equal($"{mutant}: {seen}", $"{mutant}: {await BrokenAsync(harbor)}");
            await harbor.Server.ExecuteAsync(mended, harbor.Database);
        }
        foreach (var usual in (string[])[Weeks("7 * n", 5, 3), Weeks("7 * n", 4), Weeks("7 * n", 1), Weeks("6 * n", 5, 6),
            $"{Weeks("7 * n", 2)}; {Weeks("0", 9, 1).Replace("week ", "again ", StringComparison.Ordinal)}; "
                + "update howdah.load_batch set forced = true where source like 'again%'"])
        {
            await harbor.Server.ExecuteAsync(usual, harbor.Database);
            Assert.Equal($"{usual}: ", $"{usual}: {await BrokenAsync(harbor)}");
            await harbor.Server.ExecuteAsync(Weekless, harbor.Database);
        }
        Assert.Equal("", await BrokenAsync(harbor));
        Assert.Equal(LoadChecks.All.Select(static attack => attack.Id), Mutants.Select(static each => each.Seen).Distinct());
        // What may be done is put right again, and nothing else is.
        await harbor.Server.ExecuteAsync("grant select on howdah.quarantine to etl; revoke insert on howdah.quarantine from shop_owner; "
            + "drop index howdah.load_batch_once", harbor.Database);
        Assert.Equal(["grant", "once", "revoke"],
            (await harbor.Estate.PlanAsync()).Steps.Select(static step => step.Id.Split('/')[^1]).Order());
        await harbor.Estate.ConvergeAsync();
    }

    static async Task<string> BrokenAsync(Harbor harbor)
    {
        var findings = (await harbor.Estate.ProveAsync()).Where(static finding => finding.Pattern == PipelinesSpec.Key).ToList();
        Assert.DoesNotContain(findings, static finding => finding.Verdict == Verdict.Inconclusive);
        return string.Join(' ', findings.Where(static finding => finding.Verdict == Verdict.Broken)
            .Select(static finding => finding.Attack.Id).Distinct().Order());
    }
}
