using System.Text.RegularExpressions;

namespace Howdah.Engine.Planning;

/// <summary>The plain types of columns, by all their names; kept as the catalogs write them.</summary>
static partial class TypeNames
{
    static readonly Dictionary<string, string> Names = new()
    {
        ["text"] = "text",
        ["smallint"] = "smallint",
        ["int2"] = "smallint",
        ["integer"] = "integer",
        ["int"] = "integer",
        ["int4"] = "integer",
        ["bigint"] = "bigint",
        ["int8"] = "bigint",
        ["numeric"] = "numeric",
        ["decimal"] = "numeric",
        ["boolean"] = "boolean",
        ["bool"] = "boolean",
        ["date"] = "date",
        ["timestamptz"] = "timestamp with time zone",
        ["timestamp with time zone"] = "timestamp with time zone",
        ["timestamp"] = "timestamp without time zone",
        ["timestamp without time zone"] = "timestamp without time zone",
        ["uuid"] = "uuid",
        ["double precision"] = "double precision",
        ["float8"] = "double precision",
        ["real"] = "real",
        ["float4"] = "real",
        ["jsonb"] = "jsonb",
    };

    /// <summary>The type as the catalogs write it; null for what is none of them.</summary>
    internal static string? Parse(string text)
    {
        var name = Blanks().Replace(text.Trim().ToLowerInvariant(), " ");
        if (Names.GetValueOrDefault(name) is { } plain)
            return plain;
        if (Varchar().Match(name) is { Success: true } varchar)
            return $"character varying({varchar.Groups[1].Value})";
        return Numeric().Match(name) is { Success: true } numeric
            ? $"numeric({numeric.Groups[1].Value},{(numeric.Groups[2].Success ? numeric.Groups[2].Value : "0")})" : null;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(?:varchar|character varying) ?\( ?([1-9][0-9]{0,6}) ?\)$")]
    private static partial Regex Varchar();

    [GeneratedRegex(@"^(?:numeric|decimal) ?\( ?([1-9][0-9]{0,2}) ?(?:, ?([0-9]{1,3}) ?)?\)$")]
    private static partial Regex Numeric();
}
