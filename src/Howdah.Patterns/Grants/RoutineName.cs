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
        var open = text.IndexOf('(');
        // A name with a parenthesis stands in quotes; the list then begins behind the closing one.
        if (text.LastIndexOf('"') is var quote && quote > open && text.IndexOf('(', quote) is > 0 and var behind)
            open = behind;
        if (open < 0 || !text.EndsWith(')') || QName.Parse(text[..open].Trim()) is not { } name)
            return null;
        var inside = text[(open + 1)..^1].Trim();
        if (inside.Length == 0)
            return new(name, "");
        var types = inside.Split(',').Select(Type).ToList();
        return types.Contains(null) ? null : new(name, string.Join(", ", types));
    }

    static string? Type(string written)
    {
        var type = string.Join(' ', written.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (type.Length == 0 || !type.All(static c => char.IsLetterOrDigit(c) || c is '_' or ' ' or '.' or '[' or ']'))
            return null;
        var array = type.EndsWith("[]", StringComparison.Ordinal);
        var item = (array ? type[..^2] : type).ToLowerInvariant();
        if (item.StartsWith("pg_catalog.", StringComparison.Ordinal))
            item = item["pg_catalog.".Length..];
        return item.Contains('[') || item.Contains(']') ? null : Aliases.GetValueOrDefault(item, item) + (array ? "[]" : "");
    }
}
