using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>The types that columns of a warehouse may have, plain ones that can be told apart by =.</summary>
static class WarehouseTypes
{
    /// <summary>What may stand in the file, for messages.</summary>
    internal const string Wants =
        "a type: text, varchar(n), smallint, integer, bigint, numeric(p,s), boolean, date, timestamp, timestamptz or uuid";

    /// <summary>The type as the catalogs write it; null for what is none of them.</summary>
    internal static string? Parse(string text) => TypeNames.Parse(text) is { } type and not "jsonb" ? type : null;

    /// <summary>Whether sums depend on the order of rows.</summary>
    internal static bool IsFloating(string type) => type is "real" or "double precision";

    /// <summary>Whether it is a number.</summary>
    internal static bool IsNumber(string type) => type is "smallint" or "integer" or "bigint" || IsFloating(type) || IsNumeric(type);

    /// <summary>Whether it can hold NaN, which would make every sum NaN.</summary>
    internal static bool IsNumeric(string type) => type.StartsWith("numeric", StringComparison.Ordinal);
}
