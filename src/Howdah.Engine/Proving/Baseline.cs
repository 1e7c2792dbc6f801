using Howdah.Engine.Proving.Reports;

namespace Howdah.Engine.Proving;

/// <summary>Compares a proof with a former one: what was there before is known, and only what is new counts.</summary>
public static class Baseline
{
    /// <summary>
    /// Marks what <paramref name="former"/> found already. A target that joined a known cause is new; what was inconclusive then and is
    /// broken now is new; what was broken then and could not be tried now counts as inconclusive.
    /// </summary>
    public static Proof Apply(Proof proof, Proof former)
    {
        var before = Open(former).ToHashSet();
        var findings = proof.Findings.SelectMany(finding => finding.Ignored is null ? Split(finding, before) : [finding]).ToList();
        var now = findings.Where(static finding => finding.Verdict != Verdict.Held)
            .SelectMany(static finding => finding.Targets.Select(target => (finding.Attack.Id, target))).ToHashSet();
        var made = findings.Where(static finding => finding.Verdict is Verdict.Held or Verdict.Broken or Verdict.Residual)
            .Select(static finding => finding.Attack.Id).ToHashSet(StringComparer.Ordinal);
        var left = former.Findings.Where(static finding => finding.Verdict == Verdict.Broken)
            .SelectMany(static finding => finding.Targets.Select(target => new Gone(finding.Attack.Id, finding.Attack.Title, target)))
            .Where(gone => !now.Contains((gone.Id, gone.Target))).Distinct()
            .OrderBy(static gone => gone.Id, StringComparer.Ordinal).ThenBy(static gone => gone.Target, StringComparer.Ordinal).ToList();
        var notes = proof.Notes.ToList();
        if (former.Subject != proof.Subject)
            notes.Add($"The baseline is of {former.Subject}, and this is {proof.Subject}.");
        if (left.Where(gone => !made.Contains(gone.Id)).Select(static gone => gone.Id).Distinct().ToList() is { Count: > 0 } untried)
            notes.Add($"Broken in the baseline, and not tried this time: {string.Join(", ", untried)}.");
        return proof with
        {
            Findings = findings,
            Gone = [.. left.Where(gone => made.Contains(gone.Id))],
            Notes = notes,
            Baseline = ProofData.Hash(former),
        };
    }

    static IEnumerable<Finding> Split(Finding finding, HashSet<(string, string, Verdict)> before)
    {
        if (finding.Verdict is not (Verdict.Broken or Verdict.Inconclusive))
            return [finding];
        var known = finding.Targets.Where(target => before.Contains((finding.Attack.Id, target, finding.Verdict))).ToList();
        return known.Count == 0 ? [finding]
            : known.Count == finding.Targets.Count ? [finding with { Known = true }]
            : [finding.On([.. finding.Targets.Except(known)]), finding.On(known) with { Known = true }];
    }

    static IEnumerable<(string, string, Verdict)> Open(Proof former) =>
        former.Findings.Where(static finding => finding.Verdict is Verdict.Broken or Verdict.Inconclusive)
            .SelectMany(static finding => finding.Targets.Select(target => (finding.Attack.Id, target, finding.Verdict)));
}
