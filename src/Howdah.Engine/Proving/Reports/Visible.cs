using System.Globalization;
using System.Text;

namespace Howdah.Engine.Proving.Reports;

/// <summary>
/// Texts from a database as a reader may safely see them: names may hold terminal escapes, marks that turn the direction of writing, or
/// nothing that can be seen. What is not plain is written out: <c>\x1b</c>, <c>\u{202e}</c>.
/// </summary>
public static class Visible
{
    /// <summary>On one line: line breaks are written out too.</summary>
    public static string Line(string text) => Write(text, lines: false);

    /// <summary>Line breaks stay; tabs become blanks.</summary>
    public static string Block(string text) => Write(text.ReplaceLineEndings("\n"), lines: true);

    static string Write(string text, bool lines)
    {
        var written = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            // A surrogate without its other half is no character; it is written out, too.
            var whole = Rune.TryGetRuneAt(text, i, out var rune);
            var value = whole ? rune.Value : text[i];
            if (lines && value is '\n' or '\t')
                written.Append(value == '\t' ? "    " : "\n");
            else if (value is '\n' or '\r' or '\t')
                written.Append(value switch { '\n' => "\\n", '\r' => "\\r", _ => "\\t" });
            else if (!whole || IsHidden(rune))
                written.Append(value < 0x80 ? $"\\x{value:x2}" : $"\\u{{{value:x4}}}");
            else
                written.Append(rune);
            i += whole ? rune.Utf16SequenceLength : 1;
        }
        return written.ToString();
    }

    internal static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned || rune.Value is 0xFFFE or 0xFFFF;
}
