namespace Howdah.Patterns.Data;

/// <summary>What is known of loads.</summary>
/// <param name="HasTable">Whether howdah.loads is there.</param>
sealed record DataFacts(bool HasTable);
