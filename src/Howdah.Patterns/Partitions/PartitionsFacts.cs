using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Aging;
using Howdah.Patterns.Partitions.Dividing;

namespace Howdah.Patterns.Partitions;

/// <summary>What is seen of the declared tables.</summary>
/// <param name="Tables">The tables there are.</param>
/// <param name="Today">The date in each declared zone: the clock, as a fact.</param>
/// <param name="Taken">Names taken in each table's schema.</param>
/// <param name="Memory">Whether there is a memory of retired partitions.</param>
sealed record PartitionsFacts(IReadOnlyDictionary<QName, TableFacts> Tables, IReadOnlyDictionary<string, DateOnly> Today,
    ILookup<string, string> Taken, bool Memory)
{
    /// <summary>How partitions that hold rows are kept; read only of tables that declare it by age.</summary>
    internal IReadOnlyDictionary<QName, KeptFacts> Kept { get; init; } = new Dictionary<QName, KeptFacts>();

    /// <summary>For how many locks the server has room; 0 where that is not known.</summary>
    internal long Locks { get; init; }
}

/// <summary>A declared table.</summary>
/// <param name="Partitioned">Whether it is partitioned at all.</param>
/// <param name="Strategy">How: range, list or hash; empty where it is not.</param>
/// <param name="Key">The column it is partitioned by; null for several, or an expression.</param>
/// <param name="Type">That column's type.</param>
/// <param name="Columns">Columns that can be written.</param>
/// <param name="BadIndexes">Indexes that some partition lacks.</param>
/// <param name="Leaves">Its partitions.</param>
sealed record TableFacts(bool Partitioned, string Strategy, string? Key, string Type, IReadOnlyList<string> Columns,
    IReadOnlyList<string> BadIndexes, IReadOnlyList<LeafFacts> Leaves)
{
    /// <summary>A foreign key of another table that refers to it; null where there is none.</summary>
    internal string? Referrer { get; init; }

    /// <summary>
    /// About how far numbers have come: to the step, so that a plan does not grow stale with every row. The highest that the sequence gave,
    /// or the last number of the last partition that has a file with something in it; null where there is neither.
    /// </summary>
    internal long? Highest { get; init; }

    /// <summary>How many indexes it has.</summary>
    internal int Indexes { get; init; }

    /// <summary>Its unique indexes, each with its columns; read only where partitions are divided again.</summary>
    internal IReadOnlyList<UniqueFacts> Unique { get; init; } = [];

    /// <summary>Its partitions and theirs.</summary>
    internal IEnumerable<LeafFacts> All => Leaves.Concat(Leaves.SelectMany(static leaf => leaf.Leaves));
}

/// <summary>A partition.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bounds">What it holds, where that is time.</param>
/// <param name="IsDefault">Whether it is the default.</param>
/// <param name="Pending">Whether its detaching was cut off.</param>
/// <param name="Differs">In what it differs from its parent: <c>owner</c>, <c>row security</c>, <c>replica identity</c>,
/// <c>privileges</c>.</param>
sealed record LeafFacts(QName Name, Bounds Bounds, bool IsDefault, bool Pending, IReadOnlyList<string> Differs)
{
    /// <summary>The lower bound of a range, in the catalog's words; null where it has no beginning.</summary>
    internal string? Low { get; init; }

    /// <summary>The upper bound of a range; null where it has no end.</summary>
    internal string? High { get; init; }

    /// <summary>Its bound in the catalog's words, where that is no range.</summary>
    internal string? Bound { get; init; }

    /// <summary>How it is divided itself: range, list or hash; null where it is not.</summary>
    internal string? Strategy { get; init; }

    /// <summary>The column it is divided by itself.</summary>
    internal string? Key { get; init; }

    /// <summary>The partitions it is divided into.</summary>
    internal IReadOnlyList<LeafFacts> Leaves { get; init; } = [];

    /// <summary>What it holds, where that is numbers.</summary>
    internal NumberBounds Numbers => NumberRange.Parse(Low, High);
}

/// <summary>A unique index of a partitioned table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The constraint it is: <c>PRIMARY KEY</c>, <c>UNIQUE</c>; empty where it is none.</param>
/// <param name="Columns">Its columns; empty for expressions.</param>
sealed record UniqueFacts(string Name, string Kind, IReadOnlyList<string> Columns);
