using Howdah.Engine;

namespace Howdah.Patterns.Databases;

/// <summary>Databases, made closed to the public.</summary>
static class DatabasesPattern
{
    internal const string Key = "databases";

    internal static Pattern<DatabasesSpec, DatabasesFacts> Value { get; } = new()
    {
        Key = Key,
        About = "Each database exists with its owner, limits and settings, and at no moment could everybody connect to it.",
        Scope = PatternScope.Server,
        Sections = DatabaseKeys.All,
        Codes = DatabaseCodes.All,
        Read = DatabasesSpec.Read,
        Validate = DatabasesSpec.Validate,
        Inspect = DatabasesInspector.InspectAsync,
        Diff = DatabasesDiffer.Diff,
        Prove = DatabasesProver.ProveAsync,
        Attacks = DatabaseAttacks.All,
    };
}
