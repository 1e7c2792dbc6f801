using System.Globalization;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>Values made up for marker rows, far from what people use. Pure.</summary>
static class Values
{
    /// <summary>A tenant that nobody is; null where the type is not one that tenants are told apart by.</summary>
    internal static string? Tenant(Column column, char which) => Bare(column.Type) switch
    {
        "uuid" => $"a0a0a0a0-0000-4000-8000-00000000000{which}",
        "smallint" => which == 'a' ? "32001" : "32002",
        "integer" => which == 'a' ? "2147480001" : "2147480002",
        "bigint" or "numeric" => which == 'a' ? "2147480001" : "2147480002",
        "character" or "\"char\"" => which.ToString(),
        _ when column.Category == 'S' => $"{which}_howdah",
        _ => null,
    };

    /// <summary>A value for a column that must be unique or not null; null where none is known.</summary>
    internal static string? Fresh(Column column, int number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return Bare(column.Type) switch
        {
            "uuid" => $"a0a0a0a0-0000-4000-9000-00000000000{text}",
            "smallint" => $"3270{text}",
            "integer" or "bigint" => $"214747000{text}",
            "numeric" or "real" or "double precision" => text,
            "boolean" => "false",
            "date" => $"2999-12-0{text}",
            "timestamp without time zone" or "timestamp with time zone" => $"2999-12-0{text} 00:00:00+00",
            "time without time zone" or "time with time zone" => $"0{text}:00:00+00",
            "interval" => $"{text} second",
            "json" or "jsonb" => "{}",
            "bytea" => $"\\x0{text}",
            "inet" or "cidr" => $"192.0.2.{text}",
            "macaddr" => $"02:00:00:00:00:0{text}",
            _ when column.Type.EndsWith("[]", StringComparison.Ordinal) => "{}",
            _ when column.Category == 'S' => Cut($"{text}_howdah", column.Type),
            _ => null,
        };
    }

    /// <summary>Whether a column is of text that is long enough for one.</summary>
    internal static bool Takes(Column column, string text) => column.Category == 'S' && Cut(text, column.Type) == text;

    // character varying(3) takes no more.
    static string Cut(string text, string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        return open >= 0 && int.TryParse(type.AsSpan(open + 1).TrimEnd(')'), CultureInfo.InvariantCulture, out var length)
            && length < text.Length ? text[..length] : text;
    }

    // numeric(12,2) → numeric; timestamp(3) without time zone → timestamp without time zone.
    static string Bare(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        return open < 0 ? type : type[..open] + type[(type.IndexOf(')', StringComparison.Ordinal) + 1)..];
    }
}
