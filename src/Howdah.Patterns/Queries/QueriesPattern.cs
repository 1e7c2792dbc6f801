using Howdah.Engine;

namespace Howdah.Patterns.Queries;

/// <summary>Declared queries.</summary>
static class QueriesPattern
{
    internal static Pattern Value { get; } = new Pattern<QueriesSpec, QueriesFacts>
    {
        Key = QueriesSpec.Key,
        About = "Every declared query may run as its role and touches no more partitions than it says.",
        Scope = PatternScope.Database,
        Sections = [QueriesSpec.Section],
        Codes = Codes.All,
        Attacks = QueriesProver.All,
        Read = QueriesSpec.Read,
        Validate = QueriesSpec.Validate,
        Inspect = QueriesInspector.InspectAsync,
        Diff = QueriesDiffer.Diff,
        Prove = QueriesProver.ProveAsync,
    };
}
