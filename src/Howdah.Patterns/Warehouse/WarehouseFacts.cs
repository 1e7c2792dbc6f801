using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>A warehouse as it is.</summary>
/// <param name="Parts">Its parts by kind and name, with what the catalogs say of them.</param>
/// <param name="Owned">Those that Howdah made.</param>
/// <param name="Exclusion">Whether overlaps can be excluded: btree_gist is there or can be had.</param>
/// <param name="Leaves">Partitions with what they have.</param>
sealed record WarehouseFacts(IReadOnlyDictionary<string, string> Parts, IReadOnlySet<string> Owned, bool Exclusion,
    IReadOnlyList<LeafFacts> Leaves);

/// <summary>A partition, or an index or foreign key of it.</summary>
/// <param name="Table">Its partitioned table.</param>
/// <param name="Leaf">The partition.</param>
/// <param name="Kind"><c>leaf</c>, <c>index</c> or <c>constraint</c>.</param>
/// <param name="Name">The name of what it has; empty for the partition.</param>
/// <param name="Valid">Whether that is valid.</param>
/// <param name="Of">The index of the table that it is part of; empty for none.</param>
sealed record LeafFacts(string Table, QName Leaf, string Kind, string Name, bool Valid, string Of);
