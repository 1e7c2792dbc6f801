using System.Text;

namespace Howdah.Cli.Output;

/// <summary>Breaks text for people into lines of a width.</summary>
static class Wrapping
{
    /// <summary>The lines of a text; those after the first of each paragraph begin with <paramref name="hang"/>. A word wider than a line
    /// is cut in its middle.</summary>
    internal static List<string> Lines(string text, int width, string hang = "")
    {
        var lines = new List<string>();
        foreach (var paragraph in text.Split('\n'))
        {
            var words = paragraph.TrimStart(' ');
            var line = new StringBuilder(paragraph[..^words.Length]);
            var empty = true;
            foreach (var each in words.Split(' '))
            {
                if (!empty && line.Length + 1 + each.Length > width)
                {
                    lines.Add(line.ToString());
                    line.Clear().Append(hang);
                    empty = true;
                }
                if (!empty)
                    line.Append(' ');
                line.Append(Terminal.Fit(each, width - line.Length));
                empty = false;
            }
            lines.Add(line.ToString().TrimEnd());
        }
        return lines;
    }

    /// <summary>A text from elsewhere as one line without control characters, which a terminal would obey.</summary>
    internal static string Clean(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        return string.Concat(text.Select(each => each is '\n' or '\t' or '\r' ? " " : char.IsControl(each) ? "�" : each.ToString()));
    }
}
