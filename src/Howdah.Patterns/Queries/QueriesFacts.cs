using Howdah.Engine.Planning;

namespace Howdah.Patterns.Queries;

/// <summary>What is seen of the tables that queries prune.</summary>
/// <param name="Tables">Those there are.</param>
sealed record QueriesFacts(IReadOnlyDictionary<QName, PrunedFacts> Tables);

/// <summary>A table whose partitions a query chooses from.</summary>
/// <param name="Key">By what it is partitioned, as <c>RANGE (at)</c>; null where it is not.</param>
/// <param name="Leaves">The partitions that hold its rows, at any depth.</param>
sealed record PrunedFacts(string? Key, IReadOnlySet<QName> Leaves);
