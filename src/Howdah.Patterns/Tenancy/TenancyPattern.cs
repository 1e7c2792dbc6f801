using Howdah.Engine;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Sparing;

namespace Howdah.Patterns.Tenancy;

/// <summary>Keeps tenants apart.</summary>
static class TenancyPattern
{
    internal static Pattern Value { get; } = new Pattern<TenancySpec, TenancyFacts>
    {
        Key = TenancySpec.Key,
        About = "No tenant reads, changes or learns of another's rows, whatever the application sends.",
        Scope = PatternScope.Database,
        Sections = [TenancySpec.Section],
        Codes = Codes.All,
        Attacks = TenancyProver.Attacks,
        Read = static target => TenancySpec.Of(target.Database!) is { } spec ? spec with { Files = MigrationFolder.Read(target) } : null,
        Validate = TenancySpec.Validate,
        Inspect = TenancyInspector.InspectAsync,
        Diff = TenancyDiffer.Diff,
        Prove = TenancyProver.ProveAsync,
        Chores = SparesChore.Of,
    };
}
