using Howdah.Engine.Planning;

namespace Howdah.Patterns.Pipelines;

/// <summary>The types that a staged column may have.</summary>
static class ColumnTypes
{
    /// <summary>What may stand in the file, for messages.</summary>
    internal const string Wants = "a type: text, varchar(n), smallint, integer, bigint, numeric(p,s), real, double precision, boolean, "
        + "date, time, timestamp, timestamptz, uuid, bytea or jsonb";

    /// <summary>The type as the catalogs write it; null for what is none of them.</summary>
    internal static string? Parse(string text) => TypeNames.Parse(text) ?? text.Trim().ToLowerInvariant() switch
    {
        "bytea" => "bytea",
        "time" or "time without time zone" => "time without time zone",
        _ => null,
    };
}
