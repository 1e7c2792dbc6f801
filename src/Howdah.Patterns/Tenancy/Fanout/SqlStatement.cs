namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>One statement of a text.</summary>
/// <param name="Start">Where it begins in the text: its first token.</param>
/// <param name="End">Where it ends: behind its last token; the semicolon is not part of it.</param>
/// <param name="Tokens">Its tokens without gaps.</param>
sealed record SqlStatement(int Start, int End, IReadOnlyList<SqlToken> Tokens)
{
    /// <summary>The statements of a text; empty ones are left out.</summary>
    internal static IReadOnlyList<SqlStatement> Split(IReadOnlyList<SqlToken> tokens)
    {
        var statements = new List<SqlStatement>();
        var mine = new List<SqlToken>();
        var (brackets, blocks) = (0, 0);
        foreach (var token in tokens)
        {
            if (token.Kind == SqlTokenKind.Gap)
                continue;
            if (token.Is(';') && brackets == 0 && blocks == 0)
            {
                Close();
                continue;
            }
            brackets = Math.Max(0, brackets + (token.Is('(') ? 1 : token.Is(')') ? -1 : 0));
            // The body of a function of standard SQL holds semicolons of its own: BEGIN ATOMIC … END, with CASE … END inside.
            if (token.Is("atomic") && mine is [.., var before] && before.Is("begin"))
                blocks = 1;
            else if (blocks > 0 && token.Is("case"))
                blocks++;
            else if (blocks > 0 && token.Is("end"))
                blocks--;
            mine.Add(token);
        }
        Close();
        return statements;

        void Close()
        {
            if (mine.Count > 0)
                statements.Add(new(mine[0].Start, mine[^1].End, [.. mine]));
            mine.Clear();
            (brackets, blocks) = (0, 0);
        }
    }

    /// <summary>Whether the tokens from <paramref name="at"/> are these keywords; a bar parts alternatives, a question mark ends one that
    /// may be missing.</summary>
    /// <returns>Behind them, or -1.</returns>
    internal int After(int at, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            var optional = word.EndsWith('?');
            var there = at < Tokens.Count && Tokens[at].Kind == SqlTokenKind.Word
                && Array.IndexOf(word.TrimEnd('?').Split('|'), Tokens[at].Value) >= 0;
            if (there)
                at++;
            else if (!optional)
                return -1;
        }
        return at;
    }

    /// <summary>The first of these keywords outside brackets from a place on, or -1.</summary>
    internal int Find(int from, params ReadOnlySpan<string> words)
    {
        var depth = 0;
        for (var i = from; i < Tokens.Count; i++)
        {
            depth += Tokens[i].Is('(') ? 1 : Tokens[i].Is(')') ? -1 : 0;
            if (depth == 0 && Tokens[i].IsAny(words))
                return i;
        }
        return -1;
    }

    /// <summary>The name at a place, its parts outermost first, and what stands behind it; no parts where none stands there.</summary>
    internal (IReadOnlyList<string> Parts, int Next) NameAt(int at)
    {
        var parts = new List<string>();
        while (at < Tokens.Count && Tokens[at].IsName)
        {
            parts.Add(Tokens[at].Value);
            at++;
            if (at + 1 >= Tokens.Count || !Tokens[at].Is('.'))
                break;
            at++;
        }
        return (parts, at);
    }

    /// <summary>The names from a place on, with commas between them.</summary>
    internal (IReadOnlyList<IReadOnlyList<string>> Names, int Next) NamesAt(int at)
    {
        var names = new List<IReadOnlyList<string>>();
        while (true)
        {
            at = Math.Max(at, After(at, "only"));
            var (parts, next) = NameAt(at);
            if (parts.Count == 0)
                return (names, at);
            names.Add(parts);
            at = next;
            if (at < Tokens.Count && Tokens[at].Is('*'))
                at++;
            if (at >= Tokens.Count || !Tokens[at].Is(','))
                return (names, at);
            at++;
        }
    }
}
