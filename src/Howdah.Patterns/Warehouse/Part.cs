using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>A part of a warehouse in the database: what the catalogs say of it when it is right, and what makes it so.</summary>
/// <param name="Key">Its kind and name, as the inspector gives them.</param>
/// <param name="Expected">What the inspector gives for it.</param>
/// <param name="Detail">What it is for, for the plan.</param>
/// <param name="Sql">What makes it or puts it right.</param>
sealed record Part(string Key, string Expected, string Detail, IReadOnlyList<Sql> Sql)
{
    /// <summary>The key of the table that it belongs to, in whose step it is made with it; null for a part of its own.</summary>
    internal string? With { get; init; }

    /// <summary>Whether the statement that makes the table makes it too.</summary>
    internal bool Inline { get; init; }

    /// <summary>The one statement that makes it while the table is used, if it cannot run in a transaction.</summary>
    internal Sql? Online { get; init; }

    /// <summary>For a constraint that is added without looking at the rows: what reads them afterwards, while others write.</summary>
    internal Sql? Validate { get; init; }

    /// <summary>For a part of a partitioned table that is made in each partition first; null where it is made at once.</summary>
    internal Leafwise? Leafwise { get; init; }

    /// <summary>Says whether <see cref="Online"/> is done.</summary>
    internal Sql? Done { get; init; }

    /// <summary>What it costs where the table has rows already.</summary>
    internal Hazard? Hazard { get; init; }

    /// <summary>Whether it is told and left alone where it differs: types of columns.</summary>
    internal bool Told { get; init; }

    /// <summary>What Howdah owns by making it; null for what goes with its table.</summary>
    internal OwnedObject? Owns { get; init; }

    internal static Sql Columns(string alias, IEnumerable<string> columns) =>
        Engine.Planning.Sql.Join(", ", columns.Select(column => Engine.Planning.Sql.Of($"{new Words(alias)}.{new Ident(column)}")));

    internal static Sql List(IEnumerable<string> columns) => Engine.Planning.Sql.List(columns.Select(static column => new Ident(column)));

    /// <summary>A type that the file's reader let through: one of a closed list.</summary>
    internal static Sql Type(string type) => Engine.Planning.Sql.Written(type);
}

/// <summary>How a part of a partitioned table is made in each of its partitions.</summary>
/// <param name="Table">The table.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">What stands after the table's name (an index) or the constraint's.</param>
/// <param name="Kind"><c>index</c> or <c>constraint</c>.</param>
sealed record Leafwise(QName Table, QName Name, Sql Definition, string Kind);
