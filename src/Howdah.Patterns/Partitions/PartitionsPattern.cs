using Howdah.Engine;

namespace Howdah.Patterns.Partitions;

/// <summary>Partitions by time, made ahead.</summary>
static class PartitionsPattern
{
    internal static Pattern Value { get; } = new Pattern<PartitionsSpec, PartitionsFacts>
    {
        Key = PartitionsSpec.Key,
        About = "Every declared table has a partition for every time up to the declared one ahead, each like its parent.",
        Scope = PatternScope.Database,
        Sections = [PartitionsSpec.Section],
        Codes = Codes.All,
        Attacks = PartitionsProver.All,
        Read = PartitionsSpec.Read,
        Validate = PartitionsSpec.Validate,
        Inspect = PartitionsInspector.InspectAsync,
        Diff = PartitionsDiffer.Diff,
        Prove = PartitionsProver.ProveAsync,
        Chores = PartitionsChore.Of,
    };
}
