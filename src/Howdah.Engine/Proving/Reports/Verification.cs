namespace Howdah.Engine.Proving.Reports;

/// <summary>What came of checking a report.</summary>
/// <param name="Sealed">What it carries; null where that could not be read.</param>
/// <param name="Differences">What was changed, in sentences; none where it is as it was made.</param>
/// <param name="Whole">Whether the whole file was compared, and not only the data in it.</param>
public sealed record Verification(Sealed? Sealed, IReadOnlyList<string> Differences, bool Whole)
{
    /// <summary>
    /// Checks a report: takes the hash of its data anew, writes the report again from them and compares it character by character.
    /// </summary>
    /// <param name="report">The whole text of the report.</param>
    /// <param name="tool">Name and version of this tool: a report of another version is not written again, for it looked otherwise.</param>
    /// <param name="sha256">The hash that was noted when the report was made; null where there is none.</param>
    public static Verification Of(string report, string tool, string? sha256 = null)
    {
        Sealed found;
        try
        {
            found = Seal.Look(report);
        }
        catch (FormatException wrong)
        {
            return new(null, [Visible.Line(wrong.Message)], false);
        }
        var differences = new List<string>();
        if (found.Sha256 != found.Claimed)
            differences.Add($"its data were changed after it was made: they hash to {found.Sha256}, and it says "
                + $"{Visible.Line(found.Claimed)}");
        if (sha256 is not null && !string.Equals(sha256.Trim(), found.Sha256, StringComparison.OrdinalIgnoreCase))
            differences.Add($"it is not the report that was noted: its data hash to {found.Sha256}, and {Visible.Line(sha256.Trim())} "
                + "was noted");
        var whole = found.Proof.Tool == tool;
        if (whole && Compare(report, Seal.Write(found.Proof, found.Format)) is { } place)
            differences.Add(place);
        return new(found, differences, whole);
    }

    /// <summary>Where two texts first differ, in words; null where they do not.</summary>
    static string? Compare(string found, string made)
    {
        if (found == made)
            return null;
        if (found.ReplaceLineEndings("\n") == made)
            return "its line ends were changed, and nothing else";
        var at = found.AsSpan().CommonPrefixLength(made);
        var line = found.AsSpan(0, at).Count('\n') + 1;
        var column = at - found.LastIndexOf('\n', Math.Max(0, at - 1));
        return $"line {line}, column {column} says {Excerpt(found, at)}; as made it says {Excerpt(made, at)}";
    }

    static string Excerpt(string text, int at) =>
        at >= text.Length ? "nothing more" : $"\"{Visible.Line(text[at..Math.Min(text.Length, at + 40)])}\"";
}
