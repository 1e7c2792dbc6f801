using System.Text;
using Howdah.Engine.Planning;

namespace Howdah.Prover.Scouting;

/// <summary>
/// One statement with <c>$1</c> for a tenant. It may be any statement, CALL and SET too, which take no parameters: so the tenant is put in
/// as a literal, wherever <c>$1</c> stands outside quotes and comments.
/// </summary>
sealed class ContextStatement
{
    readonly IReadOnlyList<string> pieces;

    ContextStatement(IReadOnlyList<string> pieces) => this.pieces = pieces;

    /// <exception cref="ArgumentException">It is not one statement with <c>$1</c>.</exception>
    internal static ContextStatement Parse(string text)
    {
        var pieces = new List<string>();
        var piece = new StringBuilder();
        var ended = false;
        for (var i = 0; i < text.Length;)
        {
            var end = Skip(text, i);
            if (end > i)
            {
                piece.Append(text, i, end - i);
                i = end;
                continue;
            }
            if (text[i] == ';')
                ended = true;
            else if (ended && !char.IsWhiteSpace(text[i]))
                throw new ArgumentException("--context-sql must be one statement");
            else if (text[i] == '$' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))
            {
                if (text[i + 1] != '1' || (i + 2 < text.Length && char.IsAsciiDigit(text[i + 2])))
                    throw new ArgumentException("--context-sql knows $1 only, the tenant");
                pieces.Add(piece.ToString());
                piece.Clear();
                i += 2;
                continue;
            }
            else
                piece.Append(text[i]);
            i++;
        }
        pieces.Add(piece.ToString());
        return pieces.Count > 1 ? new(pieces)
            : throw new ArgumentException("--context-sql needs $1 where the tenant goes, such as 'select app.enter($1)'");
    }

    /// <summary>The statement for a tenant.</summary>
    internal Sql With(Literal tenant) => Sql.Join(tenant.ToString(), pieces.Select(Sql.Written));

    // Where a string, a quoted name, a dollar-quoted text or a comment that begins here ends; the same place where none begins.
    static int Skip(string text, int at)
    {
        int After(string mark, int from) => text.IndexOf(mark, from, StringComparison.Ordinal) is var found and >= 0
            ? found + mark.Length : throw new ArgumentException($"--context-sql: {text[at]} at character {at + 1} is not closed");
        switch (text[at])
        {
            case '\'' or '"':
                var escapes = at > 0 && text[at - 1] is 'e' or 'E' && text[at] == '\'';
                for (var i = at + 1; i < text.Length; i++)
                {
                    if (escapes && text[i] == '\\')
                        i++;
                    else if (text[i] == text[at])
                        return i + 1;
                }
                return After(text[at].ToString(), text.Length);
            case '-' when text.AsSpan(at).StartsWith("--"):
                return text.IndexOf('\n', at) is var line and >= 0 ? line : text.Length;
            case '/' when text.AsSpan(at).StartsWith("/*"):
                return After("*/", at + 2);
            case '$' when at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == '_'):
                var close = at + 1;
                while (close < text.Length && (char.IsLetterOrDigit(text[close]) || text[close] == '_'))
                    close++;
                return close < text.Length && text[close] == '$' && !(close > at + 1 && char.IsAsciiDigit(text[at + 1]))
                    ? After(text[at..(close + 1)], close + 1) : at;
            default:
                return at;
        }
    }
}
