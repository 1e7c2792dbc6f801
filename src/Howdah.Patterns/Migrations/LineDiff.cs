namespace Howdah.Patterns.Migrations;

/// <summary>What changed between two texts, by lines: the changed middle, with a line of context on either side.</summary>
static class LineDiff
{
    const int Most = 20;

    internal static string Between(string before, string after)
    {
        var (a, b) = (before.Split('\n'), after.Split('\n'));
        var start = 0;
        while (start < a.Length && start < b.Length && a[start] == b[start])
            start++;
        var end = 0;
        while (end < a.Length - start && end < b.Length - start && a[^(end + 1)] == b[^(end + 1)])
            end++;
        var lines = new List<string> { $"@@ line {start + 1} @@" };
        if (start > 0)
            lines.Add("  " + a[start - 1]);
        lines.AddRange(a[start..(a.Length - end)].Select(line => "- " + line));
        lines.AddRange(b[start..(b.Length - end)].Select(line => "+ " + line));
        if (end > 0)
            lines.Add("  " + a[^end]);
        return string.Join('\n', lines.Count <= Most ? lines : [.. lines.Take(Most), $"… {lines.Count - Most} more lines"]);
    }
}
