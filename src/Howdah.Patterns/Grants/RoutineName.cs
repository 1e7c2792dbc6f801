using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>A function as a person writes it: <c>store.total(int, text)</c>.</summary>
/// <param name="Name">Its qualified name.</param>
/// <param name="Args">Its input types as <c>format_type</c> writes them, with commas between.</param>
sealed record RoutineName(QName Name, string Args)
{
    // The names that the grammar gives to built-in types, which the catalog never shows.
    static readonly Dictionary<string, string> Aliases = new()
    {
        ["int"] = "integer", ["int4"] = "integer", ["int8"] = "bigint", ["int2"] = "smallint", ["bool"] = "boolean",
            ["varchar"] = "character varying",
        ["char"] = "character", ["bpchar"] = "character", ["float"] = "double precision", ["float8"] = "double precision",
            ["float4"] = "real",
        ["decimal"] = "numeric", ["dec"] = "numeric", ["timestamptz"] = "timestamp with time zone",
            ["timestamp"] = "timestamp without time zone",
        ["timetz"] = "time with time zone", ["time"] = "time without time zone", ["varbit"] = "bit varying",
    };

    internal static RoutineName? Parse(string text)
    {
        var open = Outside(text, static c => c == '(').DefaultIfEmpty(-1).First();
        if (open < 0 || !text.EndsWith(')') || QName.Parse(text[..open].Trim()) is not { } name)
            return null;
        var inside = text[(open + 1)..^1].Trim();
        if (inside.Length == 0)
            return new(name, "");
        int[] commas = [-1, .. Outside(inside, static c => c == ','), inside.Length];
        var types = commas.Zip(commas.Skip(1), (from, to) => Type(inside[(from + 1)..to])).ToList();
        return types.Contains(null) ? null : new(name, string.Join(", ", types));
    }

    // Where a sign stands outside quotes.
    static IEnumerable<int> Outside(string text, Func<char, bool> sign)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            if (!quoted && sign(text[i]))
                yield return i;
        }
    }

    static string? Type(string written)
    {
        // What is in quotes stays as it is; it stands at every other place. The rest is folded, and may hold nothing but names.
        var parts = written.Trim().Split('"');
        if (parts.Length % 2 == 0)
            return null;
        for (var i = 0; i < parts.Length; i += 2)
            parts[i] = string.Join(' ', parts[i].ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var plain = string.Concat(parts.Where(static (_, i) => i % 2 == 0));
        var type = string.Join('"', parts);
        if (type.Length == 0 || !plain.All(static c => char.IsLetterOrDigit(c) || c is '_' or ' ' or '.' or '[' or ']'))
            return null;
        var array = type.EndsWith("[]", StringComparison.Ordinal);
        var item = array ? type[..^2] : type;
        if (plain[..^(array ? 2 : 0)].AsSpan().ContainsAny('[', ']'))
            return null;
        if (item.StartsWith("pg_catalog.", StringComparison.Ordinal))
            item = item["pg_catalog.".Length..];
        return Aliases.GetValueOrDefault(item, item) + (array ? "[]" : "");
    }
}
