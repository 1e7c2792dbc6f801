namespace Howdah.Patterns.Warehouse;

/// <summary>The diagnostics of warehouses.</summary>
static class Codes
{
    internal const string Schema = "HOW0701";
    internal const string Name = "HOW0702";
    internal const string Unknown = "HOW0703";
    internal const string Grain = "HOW0704";
    internal const string Empty = "HOW0705";
    internal const string Additivity = "HOW0706";
    internal const string Calendar = "HOW0707";
    internal const string Floating = "HOW0708";
    internal const string Type = "HOW0709";
    internal const string Overlap = "HOW0710";

    internal static (string, string)[] All { get; } =
    [
        (Schema, "A warehouse needs a schema of its own."),
        (Name, "A name that stands twice in a warehouse, or that the warehouse gives itself."),
        (Unknown, "A warehouse's reference to something that it does not declare."),
        (Grain, "A grain that cannot be a key: without the column that the table is partitioned by, or of columns there are not."),
        (Empty, "A part of a warehouse that says too little to be made."),
        (Additivity, "A rollup that sums what cannot be summed."),
        (Calendar, "A calendar that cannot be made: its days or its file of holidays."),
        (Floating, "A measure whose sum depends on the order of the rows."),
        (Type, "A column of a warehouse has another type than declared; it is never rewritten."),
        (Overlap, "The overlap of versions is prevented by the procedures and the proof alone: the server has no btree_gist."),
    ];
}
