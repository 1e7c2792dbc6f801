namespace Howdah.Patterns.Warehouse;

/// <summary>What is seen of a warehouse.</summary>
/// <param name="Parts">What the catalogs say of each part, by its key.</param>
/// <param name="Owned">Tables, views and schemas that Howdah made, by the same keys.</param>
/// <param name="Exclusion">Whether overlaps can be excluded: btree_gist is there or can be had.</param>
sealed record WarehouseFacts(IReadOnlyDictionary<string, string> Parts, IReadOnlySet<string> Owned, bool Exclusion);
