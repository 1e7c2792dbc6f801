using System.Globalization;
using System.Text;

namespace Howdah.Patterns.Partitions.Dividing;

/// <summary>Reads bounds as <c>pg_get_expr</c> writes them.</summary>
static class BoundText
{
    /// <summary>The values of <c>FOR VALUES IN ('a', 3, NULL)</c>; none of any other text.</summary>
    internal static IReadOnlyList<string?> Values(string? bound)
    {
        const string Begin = "FOR VALUES IN (";
        if (bound is null || !bound.StartsWith(Begin, StringComparison.Ordinal))
            return [];
        var values = new List<string?>();
        for (var at = Begin.Length; at < bound.Length && bound[at] != ')';)
        {
            values.Add(One(bound, ref at));
            while (at < bound.Length && bound[at] is ',' or ' ')
                at++;
        }
        return values;
    }

    static string? One(string text, ref int at)
    {
        var escapes = text[at] == 'E';
        if (escapes)
            at++;
        if (text[at] != '\'')
        {
            var start = at;
            while (at < text.Length && text[at] is not (',' or ')'))
                at++;
            return text[start..at] is var word && word == "NULL" ? null : word;
        }
        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '\'' && (at + 1 == text.Length || text[at + 1] != '\''))
            {
                at++;
                break;
            }
            // Two quotes, and in E'' two backslashes, are one.
            if (text[at] == '\'' || escapes && text[at] == '\\')
                at++;
            value.Append(text[at]);
        }
        return value.ToString();
    }

    /// <summary>Modulus and remainder of <c>FOR VALUES WITH (modulus 4, remainder 0)</c>; null of any other text.</summary>
    internal static HashBound? Hash(string? bound)
    {
        const string Begin = "FOR VALUES WITH (modulus ";
        if (bound is null || !bound.StartsWith(Begin, StringComparison.Ordinal))
            return null;
        var numbers = bound[Begin.Length..].TrimEnd(')').Split(", remainder ");
        return new(int.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture));
    }
}
