namespace Howdah.Patterns.Partitions.Dividing;

/// <summary>How rows are told apart.</summary>
enum Kind
{
    /// <summary>By ranges of a date or a time.</summary>
    Time,
    /// <summary>By ranges of the time that a UUID of version 7 begins with.</summary>
    Uuid,
    /// <summary>By ranges of whole numbers.</summary>
    Number,
    /// <summary>By declared values.</summary>
    List,
    /// <summary>By a hash: as many partitions as are declared, each with as much.</summary>
    Hash,
}

/// <summary>What PostgreSQL calls the kinds.</summary>
static class Kinds
{
    /// <summary>The word after PARTITION BY, as the catalog's reader writes it.</summary>
    internal static string Strategy(this Kind kind) => kind switch { Kind.List => "list", Kind.Hash => "hash", _ => "range" };

    /// <summary>Whether partitions are spans of a calendar.</summary>
    internal static bool IsTimed(this Kind kind) => kind is Kind.Time or Kind.Uuid;
}
