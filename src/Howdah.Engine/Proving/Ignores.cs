using System.Globalization;
using System.Text.Json;

namespace Howdah.Engine.Proving;

/// <summary>
/// What somebody decided to live with. One line each: <c>TEN-D07 reason=reports read estimates, until=2027-03-31</c>, or with one target:
/// <c>TEN-A01 store.legacy reason=…, until=…</c>. A target may be quoted as in JSON; <c>#</c> begins a comment line.
/// </summary>
public static class Ignores
{
    /// <summary>The name of the file beside an estate.</summary>
    public const string FileName = "howdah.ignore";

    /// <summary>
    /// Takes what is ignored out of what counts. An ignore without reason or date, past its date, or that matches nothing ignores nothing
    /// and is a finding of its own. The date that counts is the proof's.
    /// </summary>
    /// <param name="proof">The proof.</param>
    /// <param name="file">The name of the file, for findings.</param>
    /// <param name="text">Its text.</param>
    /// <param name="catalogue">Every attack there is: an ignore of one that was not made this time is not idle.</param>
    public static Proof Apply(Proof proof, string file, string text, IReadOnlyList<Attack> catalogue)
    {
        var findings = proof.Findings.ToList();
        var about = new List<Finding>();
        foreach (var (line, content) in text.ReplaceLineEndings("\n").Split('\n').Index().Select(static each => (each.Index + 1,
            each.Item.Trim())))
        {
            if (content.Length == 0 || content[0] == '#')
                continue;
            var ignore = Parse(content);
            if (ignore.Problem is { } problem)
                Tell(ProofAttacks.Unreasoned, ignore, line, problem, "write it as: ID [TARGET] reason=WHY, until=YYYY-MM-DD");
            else if (ignore.Until < DateOnly.FromDateTime(proof.At.UtcDateTime))
                Tell(ProofAttacks.Expired, ignore, line, $"it ended on {ignore.Until:yyyy-MM-dd}: {ignore.Reason}",
                    "mend what it hid, or decide anew and write a later date");
            else if (!Match(findings, ignore) && IsIdle(proof, ignore, catalogue))
                Tell(ProofAttacks.Idle, ignore, line, catalogue.Any(attack => attack.Id == ignore.Id)
                    ? $"{ignore.Id} found nothing{(ignore.Target is null ? "" : $" on {ignore.Target}")}"
                    : $"there is no attack {ignore.Id}", "take the line out");
        }
        return proof with { Findings = [.. findings, .. about] };

        void Tell(Attack attack, Ignore ignore, int line, string evidence, string fix) =>
            about.Add(new(attack, ProofAttacks.Pattern, $"{file}:{line} {ignore.Id}", Verdict.Broken, evidence, fix)
            {
                File = file,
                Line = line,
            });
    }

    static bool Match(List<Finding> findings, Ignore ignore)
    {
        var matched = false;
        for (var i = findings.Count - 1; i >= 0; i--)
        {
            var finding = findings[i];
            if (finding.Attack.Id != ignore.Id || finding.Verdict is Verdict.Held or Verdict.NotRun)
                continue;
            // Only the target that was named is ignored: what joins it later under the same cause counts.
            var meant = ignore.Target is null || (finding.Targets.Count == 1 && ignore.Names(finding.Target)) ? finding.Targets
                : [.. finding.Targets.Where(ignore.Names)];
            if (meant.Count == 0)
                continue;
            matched = true;
            if (finding.Ignored is not null)
                continue;
            var rest = finding.Targets.Except(meant).ToList();
            findings[i] = finding.On(meant) with { Ignored = $"{ignore.Reason} (until {ignore.Until:yyyy-MM-dd})" };
            if (rest.Count > 0)
                findings.Insert(i + 1, finding.On(rest));
        }
        return matched;
    }

    static bool IsIdle(Proof proof, Ignore ignore, IReadOnlyList<Attack> catalogue) =>
        catalogue.All(attack => attack.Id != ignore.Id)
        || proof.Findings.Any(finding => finding.Attack.Id == ignore.Id && finding.Verdict != Verdict.NotRun);

    static Ignore Parse(string line)
    {
        // ID=reason,until=DATE is the short form of ID reason=REASON, until=DATE.
        var end = line.IndexOfAny([' ', '\t', '=']);
        var id = end < 0 ? line : line[..end];
        var rest = end < 0 ? "" : line[end] == '=' ? "reason" + line[end..] : line[end..].Trim();
        var (head, until) = Cut(rest, "until=");
        var quoted = Quoted(head);
        var (target, reason) = Cut(head[quoted..], "reason=");
        target = head[..quoted] + target;
        var ignore = new Ignore(id, target.Length == 0 ? null : target, (reason ?? "").TrimEnd(',', ' ', '\t'), default, null);
        if (ignore.Reason.Length == 0)
            return ignore with { Problem = "it has no reason" };
        if (until is null)
            return ignore with { Problem = "it has no date to end on" };
        return DateOnly.TryParseExact(until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? ignore with { Until = date } : ignore with { Problem = $"{until} is no date: write YYYY-MM-DD" };
    }

    /// <summary>How long the quoted target at the beginning is, which may hold anything; 0 where there is none.</summary>
    static int Quoted(string text)
    {
        if (text is not ['"', ..])
            return 0;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '"')
                return text[(i + 1)..].TrimStart().StartsWith("reason=", StringComparison.Ordinal) ? i + 1 : 0;
        }
        return 0;
    }

    /// <summary>What stands before a key and after it; the key counts at the beginning, or after a blank or a comma.</summary>
    static (string Before, string? After) Cut(string text, string key)
    {
        // From the end for the date, which is last; a reason may hold anything, so its first key counts.
        for (var at = Find(text, key, text.Length); at >= 0; at = Find(text, key, at))
        {
            if (at == 0 || text[at - 1] is ' ' or '\t' or ',')
                return (text[..at].Trim(' ', '\t'), text[(at + key.Length)..].Trim());
        }
        return (text, null);

        static int Find(string text, string key, int before) => key == "until="
            ? before == 0 ? -1 : text.LastIndexOf(key, before - 1, StringComparison.Ordinal)
            : text.IndexOf(key, before == text.Length ? 0 : before + 1, StringComparison.Ordinal);
    }

    sealed record Ignore(string Id, string? Target, string Reason, DateOnly Until, string? Problem)
    {
        readonly string? unquoted = Unquote(Target);

        internal bool Names(string target) => target == Target || target == unquoted;

        static string? Unquote(string? target)
        {
            if (target is not ['"', .., '"'])
                return null;
            try
            {
                using var json = JsonDocument.Parse(target);
                return json.RootElement.GetString();
            }
            catch (JsonException)
            {
                return null; // "store"."orders" is a name as it stands
            }
        }
    }
}
