using Howdah.Engine.Proving;

namespace Howdah.Prover;

/// <summary>What a check came to.</summary>
/// <param name="Database">The database.</param>
/// <param name="Server">Its server's version: <c>PostgreSQL 18.1</c>.</param>
/// <param name="By">Who looked.</param>
/// <param name="Guesses">What was inferred about tenants, in sentences.</param>
/// <param name="Notes">What limits the result, in sentences.</param>
/// <param name="Findings">The findings, gravest first, in a stable order.</param>
public sealed record CheckResult(
    string Database, string Server, string By, IReadOnlyList<string> Guesses, IReadOnlyList<string> Notes, IReadOnlyList<Finding> Findings);
