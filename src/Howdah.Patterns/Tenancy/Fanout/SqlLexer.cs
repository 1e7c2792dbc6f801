namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// Cuts SQL into tokens as the server's own lexer does (standard_conforming_strings on, as at home). Total: any text has tokens, and put
/// together again they are the text.
/// </summary>
static class SqlLexer
{
    internal static IReadOnlyList<SqlToken> Read(string text)
    {
        var tokens = new List<SqlToken>();
        for (var at = 0; at < text.Length;)
        {
            var (kind, end) = Next(text, at);
            tokens.Add(new(kind, at, end - at, ValueOf(kind, text, at, end)));
            at = end;
        }
        return tokens;
    }

    /// <summary>Whether a name must be written in quotes to be taken as it is.</summary>
    internal static bool IsPlain(string name) => name.Length > 0 && (char.IsAsciiLetterLower(name[0]) || name[0] == '_')
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    static (SqlTokenKind Kind, int End) Next(string text, int at)
    {
        var c = text[at];
        if (IsSpace(c) || Follows(text, at, "--") || Follows(text, at, "/*"))
            return (SqlTokenKind.Gap, Gap(text, at));
        if (c == '\'')
            return (SqlTokenKind.Text, Quotes(text, at, '\'', escapes: false));
        if (c == '"')
            return (SqlTokenKind.Quoted, Quotes(text, at, '"', escapes: false));
        if (c == '$')
            return Dollar(text, at);
        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
            return (SqlTokenKind.Number, Number(text, at));
        if (!IsNameStart(c))
            return (SqlTokenKind.Symbol, at + 1);
        // E'…', B'…', X'…', N'…' and U&'…' are texts whose quote follows at once.
        if (c is 'e' or 'E' or 'b' or 'B' or 'x' or 'X' or 'n' or 'N' && Peek(text, at + 1) == '\'')
            return (SqlTokenKind.Text, Quotes(text, at + 1, '\'', escapes: c is 'e' or 'E'));
        if (c is 'u' or 'U' && Peek(text, at + 1) == '&' && Peek(text, at + 2) is '\'' or '"')
            return Peek(text, at + 2) == '"' ? (SqlTokenKind.Quoted, Quotes(text, at + 2, '"', escapes: false))
                : (SqlTokenKind.Text, Quotes(text, at + 2, '\'', escapes: false));
        var end = at + 1;
        while (end < text.Length && (IsNameStart(text[end]) || char.IsAsciiDigit(text[end]) || text[end] == '$'))
            end++;
        return (SqlTokenKind.Word, end);
    }

    static int Gap(string text, int at)
    {
        while (at < text.Length)
        {
            if (IsSpace(text[at]))
            {
                at++;
            }
            else if (Follows(text, at, "--"))
            {
                while (at < text.Length && text[at] is not ('\n' or '\r'))
                    at++;
            }
            else if (Follows(text, at, "/*"))
            {
                at = Comment(text, at);
            }
            else
            {
                break;
            }
        }
        return at;
    }

    // Comments of this kind nest.
    static int Comment(string text, int at)
    {
        var depth = 0;
        do
        {
            if (Follows(text, at, "/*"))
            {
                depth++;
                at += 2;
            }
            else if (Follows(text, at, "*/"))
            {
                depth--;
                at += 2;
            }
            else
            {
                at++;
            }
        }
        while (depth > 0 && at < text.Length);
        return at;
    }

    static int Quotes(string text, int open, char quote, bool escapes)
    {
        for (var at = open + 1; at < text.Length; at++)
        {
            if (escapes && text[at] == '\\')
                at++;
            else if (text[at] == quote && Peek(text, at + 1) == quote)
                at++;
            else if (text[at] == quote)
                return at + 1;
        }
        return text.Length; // never closed: the server says so
    }

    static (SqlTokenKind, int) Dollar(string text, int at)
    {
        var end = at + 1;
        if (char.IsAsciiDigit(Peek(text, end)))
        {
            while (char.IsAsciiDigit(Peek(text, end)))
                end++;
            return (SqlTokenKind.Parameter, end);
        }
        while (IsNameStart(Peek(text, end)) || (end > at + 1 && char.IsAsciiDigit(Peek(text, end))))
            end++;
        if (Peek(text, end) != '$')
            return (SqlTokenKind.Symbol, at + 1);
        var tag = text[at..(end + 1)];
        var close = text.IndexOf(tag, end + 1, StringComparison.Ordinal);
        return (SqlTokenKind.Dollar, close < 0 ? text.Length : close + tag.Length);
    }

    static int Number(string text, int at)
    {
        var dot = false;
        for (; at < text.Length; at++)
        {
            if (text[at] == '.' && !dot && Peek(text, at + 1) != '.')
                dot = true; // 1..10 is a range of PL/pgSQL
            else if (text[at] is '+' or '-' && text[at - 1] is 'e' or 'E' && char.IsAsciiDigit(Peek(text, at + 1)))
                continue;
            else if (!char.IsAsciiLetterOrDigit(text[at]) && text[at] != '_')
                break;
        }
        return at;
    }

    static string ValueOf(SqlTokenKind kind, string text, int start, int end)
    {
        var piece = text[start..end];
        switch (kind)
        {
            case SqlTokenKind.Word:
                // The server folds letters of ASCII only.
                return string.Create(piece.Length, piece, static (folded, from) =>
                {
                    for (var i = 0; i < folded.Length; i++)
                        folded[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
                });
            case SqlTokenKind.Quoted when piece[0] == '"':
                return Inside(piece, 1).Replace("\"\"", "\"", StringComparison.Ordinal);
            case SqlTokenKind.Text:
                return Inside(piece, piece.IndexOf('\'') + 1).Replace("''", "'", StringComparison.Ordinal);
            case SqlTokenKind.Dollar:
                var tag = piece.IndexOf('$', 1) + 1;
                return piece.Length >= 2 * tag ? piece[tag..^tag] : piece[tag..];
            default:
                return piece;
        }
    }

    static string Inside(string piece, int from) =>
        piece.Length > from && piece[^1] is '\'' or '"' ? piece[from..^1] : piece[from..];

    static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || c > '\x7f';

    static bool Follows(string text, int at, string what) => string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    static char Peek(string text, int at) => at < text.Length ? text[at] : '\0';
}
