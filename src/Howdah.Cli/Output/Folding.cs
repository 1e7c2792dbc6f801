using System.Text;

namespace Howdah.Cli.Output;

/// <summary>Breaks texts into lines that fit; no line begins or ends with a blank.</summary>
static class Folding
{
    /// <summary>Breaks at blanks; a word that is longer than a line stands alone and whole, for copying.</summary>
    internal static IEnumerable<string> Words(string text, int width)
    {
        foreach (var paragraph in text.Split('\n'))
        {
            var line = new StringBuilder();
            foreach (var word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    yield return line.ToString();
                    line.Clear();
                }
                line.Append(line.Length > 0 ? " " : "").Append(word);
            }
            if (line.Length > 0)
                yield return line.ToString();
        }
    }

    /// <summary>Breaks SQL only where a line break means no more than a blank: not in quotes, not in a comment, not in a dollar quote.
    /// </summary>
    internal static IEnumerable<string> Sql(string sql, int width)
    {
        foreach (var whole in sql.Split('\n'))
        {
            var rest = whole.TrimEnd();
            while (rest.Length > width && Break(rest, width) is var at and > 0)
            {
                yield return rest[..at].TrimEnd();
                rest = "  " + rest[(at + 1)..].TrimStart();
            }
            if (rest.Length > 0)
                yield return rest;
        }
    }

    /// <summary>The last blank within the width where a break does no harm, else the first after it; 0 where there is none.</summary>
    static int Break(string line, int width)
    {
        var found = 0;
        char? quote = null;
        for (var i = 0; i < line.Length; i++)
        {
            if (quote is { } open)
                quote = line[i] == open ? null : open;
            else if (line[i] is '\'' or '"')
                quote = line[i];
            else if (line[i] == '$' || line.AsSpan(i).StartsWith("--") || line.AsSpan(i).StartsWith("/*"))
                break;
            else if (line[i] == ' ' && line[..i].Trim().Length > 0)
            {
                if (i > width && found > 0)
                    break;
                found = i;
                if (i >= width)
                    break;
            }
        }
        return found;
    }
}
