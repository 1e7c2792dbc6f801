using Howdah.Engine;

namespace Howdah.Patterns.Pipelines;

/// <summary>Pipelines.</summary>
static class PipelinesPattern
{
    internal static Pattern Value { get; } = new Pattern<PipelinesSpec, PipelinesFacts>
    {
        Key = PipelinesSpec.Key,
        About = "Each content is loaded exactly once, every row that was read is accounted for, and what was refused is kept for those who "
            + "may see it.",
        Scope = PatternScope.Database,
        Sections = [PipelinesShapes.Section, PipelinesShapes.Loading],
        Codes = Codes.All,
        Attacks = LoadChecks.All,
        Read = Read,
        Validate = PipelinesValidation.Validate,
        Inspect = PipelinesInspector.InspectAsync,
        Diff = PipelinesDiffer.Diff,
        Prove = PipelinesProver.ProveAsync,
        Chores = PipelineChores.Of,
    };

    internal static PipelinesSpec? Read(Target target) => target.Database!.Get(PipelinesShapes.Section) is { } wanted
        ? new(target.Server.Name, target.Database.Name, target.Database.Owner, $"{target.Path}.{PipelinesSpec.Key}", target.Estate.Folder,
            wanted, target.Database.Get(PipelinesShapes.Loading) ?? LoadingWish.None)
        : null;
}
