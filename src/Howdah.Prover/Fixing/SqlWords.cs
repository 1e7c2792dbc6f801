using System.Text;

namespace Howdah.Prover.Fixing;

/// <summary>Statements of SQL as words: enough to tell what a statement is about, never to change one. Pure.</summary>
static class SqlWords
{
    /// <summary>The statements of a text, each as its words: keywords and plain names as they stand, quoted names without their quotes
    /// behind a leading <c>"</c>, names of several parts as one word, everything quoted as <c>'</c>, signs alone. Comments are left out.
    /// </summary>
    internal static List<List<string>> Read(string text)
    {
        var statements = new List<List<string>>();
        var words = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            else if (text.AsSpan(at).StartsWith("--"))
            {
                at = End(text, at, "\n");
            }
            else if (text[at] == ';')
            {
                Close();
                at++;
            }
            else if (text[at] == '\'')
            {
                words.Add("'");
                at = Quoted(text, at);
            }
            else if (text[at] == '$' && Tag(text, at) is { } tag)
            {
                words.Add("'");
                at = End(text, at + tag.Length, tag);
            }
            else if (text[at] == '"' || IsName(text[at]))
            {
                words.Add(Name(text, ref at));
            }
            else
            {
                words.Add(text[at++].ToString());
            }
        }
        Close();
        return statements;

        void Close()
        {
            if (words.Count > 0)
                statements.Add(words);
            words = [];
        }
    }

    // `shop."Orders"` is one word; a part without quotes is folded only where names are compared.
    static string Name(string text, ref int at)
    {
        var name = new StringBuilder();
        var quoted = false;
        while (true)
        {
            if (at < text.Length && text[at] == '"')
            {
                var end = at + 1;
                while (end < text.Length && (text[end] != '"' || (end + 1 < text.Length && text[end + 1] == '"')))
                    end += text[end] == '"' ? 2 : 1;
                name.Append(text.AsSpan(at + 1, Math.Min(end, text.Length) - at - 1)).Replace("\"\"", "\"");
                at = Math.Min(end + 1, text.Length);
                quoted = true;
            }
            else
            {
                var start = at;
                while (at < text.Length && IsName(text[at]))
                    at++;
                name.Append(text.AsSpan(start, at - start));
            }
            if (at + 1 >= text.Length || text[at] != '.' || (text[at + 1] != '"' && !IsName(text[at + 1])))
                return quoted ? $"\"{name}" : name.ToString();
            name.Append('.');
            at++;
        }
    }

    static bool IsName(char c) => char.IsLetterOrDigit(c) || c is '_' or '…';

    static int Quoted(string text, int at)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '\'')
            {
                if (at + 1 >= text.Length || text[at + 1] != '\'')
                    return at + 1;
                at++;
            }
        }
        return at;
    }

    static string? Tag(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && IsName(text[end]))
            end++;
        return end < text.Length && text[end] == '$' ? text[at..(end + 1)] : null;
    }

    static int End(string text, int at, string mark) =>
        text.IndexOf(mark, at, StringComparison.Ordinal) is var end and >= 0 ? end + mark.Length : text.Length;
}
