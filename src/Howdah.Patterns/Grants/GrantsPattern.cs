using Howdah.Engine;

namespace Howdah.Patterns.Grants;

/// <summary>Who may do what.</summary>
static class GrantsPattern
{
    internal static Pattern Value { get; } = new Pattern<GrantsSpec, GrantsFacts>
    {
        Key = GrantsDiffer.Key,
        About = "Everybody may do what is declared on the estate's objects, and nothing else.",
        Scope = PatternScope.Database,
        Sections = [GrantsSpec.GrantsKey],
        Codes = GrantCodes.All,
        Attacks = GrantsProver.Attacks,
        Read = GrantsSpec.Read,
        Validate = GrantsValidation.Grants,
        Inspect = GrantsInspector.InspectAsync,
        Diff = GrantsDiffer.Diff,
        Prove = GrantsProver.ProveAsync,
    };
}
