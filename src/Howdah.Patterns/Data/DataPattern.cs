using Howdah.Engine;

namespace Howdah.Patterns.Data;

/// <summary>Data that comes with the estate.</summary>
static class DataPattern
{
    internal static Pattern Value { get; } = new Pattern<DataSpec, DataFacts>
    {
        Key = DataSpec.Key,
        About = "Every declared file is loaded, exactly once.",
        Scope = PatternScope.Database,
        Sections = [DataSpec.Section],
        Codes = [(DataSpec.Missing, "A data file or its steps is not there.")],
        Attacks = [DataProver.Loaded],
        Read = Read,
        Validate = DataSpec.Validate,
        Inspect = DataInspector.InspectAsync,
        Diff = DataDiffer.Diff,
        Prove = DataProver.ProveAsync,
    };

    internal static DataSpec? Read(Target target) => target.Database!.Get(DataSpec.Section) is { } files
        ? new(target.Server.Name, target.Database.Name, target.Database.Owner, $"{target.Path}.{DataSpec.Key}", target.Estate.Folder, files)
        : null;
}
