using System.Text;
using Howdah.Engine.Proving;

namespace Howdah.Prover.Fixing;

/// <summary>SQL that closes what was found: to be read, then run. Pure.</summary>
public static class FixScript
{
    /// <summary>Writes the script: gravest harm of each kind first, each finding in a transaction of its own.</summary>
    /// <param name="findings">The findings; only broken ones with a fix in SQL are written, others are named in comments.</param>
    /// <param name="subject">What was checked.</param>
    public static string Write(IReadOnlyList<Finding> findings, string subject)
    {
        var broken = findings.Where(static finding => finding.Verdict == Verdict.Broken && finding.Ignored is null).ToList();
        var text = new StringBuilder($"-- What howdah check found on {Line(subject)}, and what closes it. Read before you run it: psql "
            + $"-f FILE\n"
            + "-- Each part is a transaction of its own; a lock that is not to be had in 2 s ends it, run it again then.\n"
            + "\\set ON_ERROR_STOP on\nSET lock_timeout = '2s';\n");
        foreach (var finding in broken.Where(IsSql).OrderBy(static finding => FixSql.Rank(finding.Fix!)).ThenBy(static finding =>
            finding.Attack.Gravity))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n-- {finding.Attack.Id} {Word(finding.Attack.Gravity)}: ")
                .Append(Line(finding.Attack.Title)).Append('\n')
                .Append("-- found: ").Append(Line(finding.Evidence)).Append('\n');
            foreach (var hazard in FixSql.Effects(finding.Fix!))
                text.Append("-- hazard: ").Append(hazard).Append('\n');
            var alone = finding.Fix!.Contains("CONCURRENTLY", StringComparison.OrdinalIgnoreCase);
            text.Append(alone ? "" : "BEGIN;\n").Append(finding.Fix!.TrimEnd()).Append(finding.Fix!.TrimEnd().EndsWith(';') ? "\n" : ";\n")
                .Append(alone ? "" : "COMMIT;\n");
        }
        foreach (var finding in broken.Where(static finding => !IsSql(finding)))
            text.Append($"\n-- {finding.Attack.Id} {Word(finding.Attack.Gravity)}: {Line(finding.Attack.Title)}\n-- found: ")
                .Append(Line(finding.Evidence)).Append("\n-- not in SQL: ").Append(Line(finding.Fix ?? "see the reference page of the "
                    + "attack"))
                .Append('\n');
        return text.ToString();
    }

    static bool IsSql(Finding finding) => finding.Fix is { Length: > 0 } fix
        && fix.Split('\n').Any(static line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal));

    // Names come from the database: a line break in one must not end the comment.
    static string Line(string text) => string.Concat(text.Select(static c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    static string Word(Gravity gravity) => gravity.ToString().ToLowerInvariant();
}
