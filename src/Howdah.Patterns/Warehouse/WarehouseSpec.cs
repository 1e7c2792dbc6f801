using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>What a change of an attribute does to the history.</summary>
enum ChangeKind
{
    /// <summary>The first value stays; a change is refused.</summary>
    Keep,
    /// <summary>The newest value stands in all versions.</summary>
    Overwrite,
    /// <summary>A change begins a new version.</summary>
    Version,
}

/// <summary>What a row of a fact table is.</summary>
enum FactKind
{
    /// <summary>Something that happened, once.</summary>
    Transaction,
    /// <summary>A state at a regular time.</summary>
    Periodic,
    /// <summary>A thing on its way through milestones.</summary>
    Accumulating,
}

/// <summary>Over what a measure may be summed.</summary>
enum Additivity
{
    /// <summary>Over everything.</summary>
    Additive,
    /// <summary>Over everything but time: a balance.</summary>
    SemiAdditive,
    /// <summary>Over nothing: a ratio, a price.</summary>
    NonAdditive,
}

/// <summary>What becomes of a fact whose dimension's member is not known.</summary>
enum MissingMember
{
    /// <summary>It points to the unknown member until the member comes.</summary>
    Unknown,
    /// <summary>A member is made of which the key alone is known; it is completed when its event comes, and keeps its key.</summary>
    Infer,
    /// <summary>It is refused.</summary>
    Quarantine,
}

/// <summary>An attribute of a dimension.</summary>
/// <param name="Type">Its type, as the catalogs write it.</param>
/// <param name="Change">What a change does.</param>
/// <param name="About">Its meaning; empty where not told.</param>
sealed record AttributeWish(string Type, ChangeKind Change, string About);

/// <summary>A dimension.</summary>
/// <param name="Key">The natural key: columns with their types.</param>
/// <param name="Attributes">Attributes by name, in the file's order.</param>
/// <param name="Extend">Whether the first version reaches back to all times before.</param>
/// <param name="Junk">Whether it is the combinations of flags that occur, made by the loads of facts.</param>
/// <param name="NotApplicable">Whether there is a member -2 beside the unknown one.</param>
/// <param name="Roles">Names of views under which it is used besides.</param>
/// <param name="Outriggers">Other dimensions that it leads to: by attribute that holds their natural key.</param>
/// <param name="About">Its meaning; empty where not told.</param>
sealed record DimensionWish(IReadOnlyDictionary<string, string> Key, IReadOnlyDictionary<string, AttributeWish> Attributes, bool Extend,
    bool Junk, bool NotApplicable, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, string> Outriggers, string About)
{
    /// <summary>Where each load is a complete copy, how many of a hundred members it may lack at most; null where loads are events.
    /// </summary>
    internal int? Complete { get; init; }
}

/// <summary>The calendar.</summary>
/// <param name="From">Its first day.</param>
/// <param name="To">Its last day.</param>
/// <param name="FiscalStart">The month in which the fiscal year begins; it is named by the year in which it ends.</param>
/// <param name="Holidays">A CSV file of days and names; null where there are none.</param>
sealed record CalendarWish(string From, string To, int FiscalStart, string? Holidays)
{
    /// <summary>Where the fiscal year is one of whole weeks; null where it is one of months.</summary>
    internal FiscalWeeksWish? Weeks { get; init; }
}

/// <summary>A measure of a fact.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Additivity">Over what it may be summed.</param>
/// <param name="About">Its meaning.</param>
sealed record MeasureWish(string Type, Additivity Additivity, string About);

/// <summary>A dimension as a fact refers to it.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="At">The date of the fact at which its version is looked up.</param>
/// <param name="Missing">What becomes of a fact whose member is not known.</param>
sealed record ReferenceWish(string Dimension, string At, MissingMember Missing);

/// <summary>A bridge: groups of a dimension's members, each with its share.</summary>
/// <param name="Group">What tells a group: columns with their types, which its facts have, too.</param>
/// <param name="Dimension">Whose members they are.</param>
/// <param name="About">Its meaning; empty where not told.</param>
sealed record BridgeWish(IReadOnlyDictionary<string, string> Group, string Dimension, string About);

/// <summary>A fact.</summary>
/// <param name="Kind">What a row is.</param>
/// <param name="Grain">The columns that tell one row from every other.</param>
/// <param name="Dates">Its dates, the first one first.</param>
/// <param name="Degenerate">Columns of the source that have no dimension, with their types.</param>
/// <param name="References">Dimensions by role.</param>
/// <param name="Measures">Measures by name.</param>
/// <param name="PartitionBy">The date by which the table is partitioned; null for one table.</param>
/// <param name="Ordered">Whether rows come in the order of their first date, and stay.</param>
/// <param name="ForeignKeys">Whether the server checks each reference of each row.</param>
/// <param name="About">Its meaning.</param>
sealed record FactWish(FactKind Kind, IReadOnlyList<string> Grain, IReadOnlyList<string> Dates,
    IReadOnlyDictionary<string, string> Degenerate, IReadOnlyDictionary<string, ReferenceWish> References,
    IReadOnlyDictionary<string, MeasureWish> Measures, string? PartitionBy, bool Ordered, bool ForeignKeys,
    string About)
{
    /// <summary>The bridges by which its measures are shared out.</summary>
    internal IReadOnlyList<string> Bridges { get; init; } = [];

    /// <summary>How far a thing's rows are apart in a periodic snapshot: day, week, month, quarter or year; null where nobody said.
    /// </summary>
    internal string? Every { get; init; }
}

/// <summary>A rollup.</summary>
/// <param name="Fact">What is summed up.</param>
/// <param name="Date">The date its buckets are cut by.</param>
/// <param name="Every">How long a bucket is: day, week, month, quarter or year.</param>
/// <param name="By">What else tells buckets apart: columns of the fact, or attributes of its dimensions as <c>role.attribute</c>.</param>
/// <param name="Measures">Measures of the fact, with sum, min or max.</param>
/// <param name="Tail">Whether a view adds what is not refreshed yet.</param>
/// <param name="KeepRetired">Whether facts of retired partitions stay counted.</param>
sealed record RollupWish(string Fact, string Date, string Every, IReadOnlyList<string> By, IReadOnlyDictionary<string, string> Measures,
    bool Tail, bool KeepRetired)
{
    /// <summary>How often a host that stays refreshes it.</summary>
    internal TimeSpan Refresh { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a refresh of a host may take; null for as long as it takes.</summary>
    internal TimeSpan? Timeout { get; init; }
}

/// <summary>A warehouse.</summary>
/// <param name="Schema">The schema, which is the warehouse's own.</param>
/// <param name="Zone">The time zone in which a date begins.</param>
/// <param name="Readers">Roles that read.</param>
/// <param name="Loaders">Roles that load, through the procedures only.</param>
/// <param name="Calendar">The calendar; null for none.</param>
/// <param name="Dimensions">Dimensions by name.</param>
/// <param name="Facts">Facts by name.</param>
/// <param name="Rollups">Rollups by name.</param>
sealed record WarehouseWish(string Schema, string Zone, IReadOnlyList<string> Readers, IReadOnlyList<string> Loaders,
    CalendarWish? Calendar, IReadOnlyDictionary<string, DimensionWish> Dimensions, IReadOnlyDictionary<string, FactWish> Facts,
    IReadOnlyDictionary<string, RollupWish> Rollups)
{
    /// <summary>Bridges by name.</summary>
    internal IReadOnlyDictionary<string, BridgeWish> Bridges { get; init; } = new Dictionary<string, BridgeWish>();
}

/// <summary>A warehouse as wanted in one database.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">Its owner, who owns all of the warehouse.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Folder">Where relative paths start.</param>
/// <param name="Schemas">Schemas that the file declares elsewhere.</param>
/// <param name="Wanted">What is declared.</param>
sealed record WarehouseSpec(string Server, string Database, string Owner, string Path, string Folder,
    IReadOnlyCollection<string> Schemas, WarehouseWish Wanted)
{
    internal const string Key = "warehouse";

    internal QName Name(string name) => new(Wanted.Schema, name);
}
