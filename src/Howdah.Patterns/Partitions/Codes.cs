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
    ];
}
