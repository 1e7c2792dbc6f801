using Howdah.Engine.Planning;

namespace Howdah.Patterns.Migrations;

/// <summary>What one rehearsal showed.</summary>
/// <param name="Hazards">Harms, with reasons.</param>
/// <param name="Failure">Why it fails, in words with the line; null where it runs.</param>
/// <param name="NotRehearsed">Why it could not be rehearsed; null where it was.</param>
/// <param name="Made">Indexes it makes.</param>
/// <param name="Gone">Indexes it drops.</param>
/// <param name="TouchesRows">Whether it reads or writes rows of tables that were there before.</param>
sealed record Rehearsal(
    IReadOnlyList<Hazard> Hazards, string? Failure, string? NotRehearsed,
    IReadOnlyList<QName> Made, IReadOnlyList<QName> Gone, bool TouchesRows)
{
    internal static Rehearsal Skipped(string why) => new([], null, why, [], [], true);

    internal static Rehearsal Failed(string why) => new([], why, null, [], [], true);
}
