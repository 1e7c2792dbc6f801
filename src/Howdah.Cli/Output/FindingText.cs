using System.Text;
using Howdah.Engine.Proving;

namespace Howdah.Cli.Output;

/// <summary>Findings as people read them: what broke first and in full, what held by the number.</summary>
static class FindingText
{
    internal static string Write(IReadOnlyList<Finding> findings, bool colors)
    {
        var text = new StringBuilder();
        foreach (var pattern in findings.GroupBy(finding => finding.Pattern))
        {
            text.Append(Terminal.Paint($"\n  {pattern.Key}\n", "1", colors));
            foreach (var attack in pattern.GroupBy(finding => finding.Attack.Id))
            {
                var open = attack.Where(finding => finding.Verdict != Verdict.Held).ToList();
                var about = attack.First().Attack;
                var (mark, style) = open.Count == 0 ? ("✓", "32") : open.Any(finding => finding.Verdict == Verdict.Broken) ? ("✗", "1;31")
                    : ("?", "33");
                var count = attack.Count();
                text.Append("  ").Append(Terminal.Paint(mark, style, colors))
                    .Append($" {about.Id,-8} {about.Title}{(count > 1 ? $" ({count} targets)" : "")}\n");
                foreach (var finding in open)
                {
                    text.Append($"      {(finding.Verdict == Verdict.Broken ? "BROKEN" : "inconclusive")} {finding.Target}: "
                        + $"{finding.Evidence}\n");
                    if (finding.Fix is not null)
                        text.Append($"      fix: {finding.Fix}\n");
                }
            }
        }
        return text.Append('\n').Append(Summary(findings)).Append('\n').ToString();
    }

    internal static string Summary(IReadOnlyList<Finding> findings) =>
        $"Proof: {findings.Count(finding => finding.Verdict == Verdict.Held)} held, "
            + $"{findings.Count(finding => finding.Verdict == Verdict.Broken)} broken, "
        + $"{findings.Count(finding => finding.Verdict == Verdict.Inconclusive)} inconclusive.";
}
