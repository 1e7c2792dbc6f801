namespace Howdah.Patterns.Partitions;

/// <summary>The diagnostics of partitions.</summary>
static class Codes
{
    internal const string NoZone = "HOW0901";
    internal const string Unpartitioned = "HOW0902";
    internal const string OtherKey = "HOW0903";
    internal const string Many = "HOW0904";
    internal const string BadName = "HOW0905";
    internal const string Default = "HOW0906";
    internal const string NoArchive = "HOW0907";
    internal const string Referred = "HOW0908";
    internal const string Unclear = "HOW0909";
    internal const string Undeclared = "HOW0910";
    internal const string OtherModulus = "HOW0911";
    internal const string KeyLacks = "HOW0912";
    internal const string Locks = "HOW0913";

    internal static (string, string)[] All { get; } =
    [
        (NoZone, "There is no such time zone."),
        (Unpartitioned, "A table whose partitions are declared is not partitioned."),
        (OtherKey, "A table is partitioned otherwise than declared."),
        (Many, "A table has, or would get, so many partitions that planning and locks suffer."),
        (BadName, "A key under `partitions` is no `schema.table`."),
        (Default, "A table has a default partition, which makes every new partition wait for its readers."),
        (NoArchive, "A retention does not say what it needs: how long, or where archives go."),
        (Referred, "Foreign keys refer to a table whose partitions are to be retired."),
        (Unclear, "It is not clear how a table is divided into partitions."),
        (Undeclared, "A partition holds values that are not declared, or are declared apart."),
        (OtherModulus, "A table is divided by hash into another number of partitions than is declared."),
        (KeyLacks, "A unique index does not hold the column that partitions are divided by again."),
        (Locks, "A table has more partitions than the server has room for locks."),
    ];
}
