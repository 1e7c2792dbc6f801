using System.Text;

namespace Howdah.Patterns.Queries;

/// <summary>
/// A query's text taken apart as far as its parameters need it: <c>@name</c> outside of quotes and comments is one. In what PostgreSQL gets
/// they are <c>$1</c>, <c>$2</c> …, so a value never becomes part of the statement.
/// </summary>
/// <param name="Sql">The statement with numbered parameters, in the order in which their names were given; a type stands as a cast.</param>
/// <param name="Used">The given names that occur.</param>
/// <param name="Strays">Names after @ that were not given.</param>
/// <param name="Statements">How many statements it is.</param>
sealed record QueryText(string Sql, IReadOnlySet<string> Used, IReadOnlySet<string> Strays, int Statements)
{
    /// <summary>Takes a text apart.</summary>
    /// <param name="text">The text.</param>
    /// <param name="names">The parameters' names.</param>
    /// <param name="types">Their types, in the same order; null leaves each to the server.</param>
    internal static QueryText Of(string text, IReadOnlyList<string> names, IReadOnlyList<string>? types = null)
    {
        var sql = new StringBuilder(text.Length + 16);
        var used = new HashSet<string>(StringComparer.Ordinal);
        var strays = new HashSet<string>(StringComparer.Ordinal);
        var statements = 0;
        var inside = false;
        for (var at = 0; at < text.Length;)
        {
            var end = Quoted(text, at);
            var comment = end > at && text[at] is '-' or '/';
            if (end == at && IsParameter(text, at))
            {
                end = at + 1;
                while (end < text.Length && IsWord(text[end]))
                    end++;
                var name = text[(at + 1)..end];
                var place = Place(names, name);
                (place < 0 ? strays : used).Add(name);
                sql.Append(place < 0 ? "@" + name : $"${place + 1}{(types is null ? "" : "::" + types[place])}");
                (at, inside) = (end, true);
                continue;
            }
            end = Math.Max(end, at + 1);
            if (end == at + 1 && text[at] == ';')
            {
                (statements, inside) = (statements + (inside ? 1 : 0), false);
                // A last one is a habit; what follows another shows in the count.
                sql.Append(' ');
            }
            else
            {
                inside |= !comment && !char.IsWhiteSpace(text[at]);
                sql.Append(text, at, end - at);
            }
            at = end;
        }
        return new(sql.ToString(), used, strays, statements + (inside ? 1 : 0));
    }

    // After one of these, @ ends an operator: a <@ b, a @@ b. PostgreSQL reads =@ as an operator, too, but nobody means that one.
    static bool IsParameter(string text, int at) => text[at] == '@' && at + 1 < text.Length
        && (char.IsAsciiLetter(text[at + 1]) || text[at + 1] == '_')
        && (at == 0 || !(text[at - 1] is '<' or '@' or '|' or '&' or '~' or '#'));

    static int Place(IReadOnlyList<string> names, string name)
    {
        for (var place = 0; place < names.Count; place++)
        {
            if (names[place] == name)
                return place;
        }
        return -1;
    }

    static bool IsWord(char letter) => char.IsAsciiLetterOrDigit(letter) || letter == '_';

    // Where what is quoted or commented out at this place ends; the place itself where nothing is.
    static int Quoted(string text, int at) => text[at] switch
    {
        '\'' => Closed(text, at, '\'', at > 0 && text[at - 1] is 'e' or 'E' && (at < 2 || !IsWord(text[at - 2]))),
        '"' => Closed(text, at, '"', false),
        '-' when at + 1 < text.Length && text[at + 1] == '-' => text.IndexOf('\n', at) is var line and >= 0 ? line : text.Length,
        '/' when at + 1 < text.Length && text[at + 1] == '*' => Comment(text, at),
        '$' when at == 0 || !IsWord(text[at - 1]) => Dollar(text, at),
        _ => at,
    };

    static int Closed(string text, int at, char quote, bool escapes)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (escapes && text[i] == '\\')
                i++;
            else if (text[i] == quote)
                return i + 1; // a doubled one begins the next quoted part at once
        }
        return text.Length;
    }

    static int Comment(string text, int at)
    {
        var depth = 0;
        for (var i = at; i + 1 < text.Length; i++)
        {
            if (text[i] == '/' && text[i + 1] == '*')
                (depth, i) = (depth + 1, i + 1);
            else if (text[i] == '*' && text[i + 1] == '/')
            {
                i++;
                if (--depth == 0)
                    return i + 1;
            }
        }
        return text.Length;
    }

    static int Dollar(string text, int at)
    {
        var end = at + 1;
        while (end < text.Length && IsWord(text[end]))
            end++;
        if (end >= text.Length || text[end] != '$' || char.IsAsciiDigit(text[at + 1]))
            return at;
        var tag = text[at..(end + 1)];
        return text.IndexOf(tag, end + 1, StringComparison.Ordinal) is var close and >= 0 ? close + tag.Length : text.Length;
    }
}
