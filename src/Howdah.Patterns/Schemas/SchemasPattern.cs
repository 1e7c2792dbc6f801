using Howdah.Engine;

namespace Howdah.Patterns.Schemas;

/// <summary>Schemas and extensions.</summary>
static class SchemasPattern
{
    internal static Pattern Value { get; } = new Pattern<SchemasSpec, SchemasFacts>
    {
        Key = SchemasSpec.Key,
        About = "The declared schemas and extensions are there, owned by whom they should be, in the version they should have.",
        Scope = PatternScope.Database,
        Sections = [SchemasSpec.SchemasSection, SchemasSpec.ExtensionsSection],
        Codes = Codes.All,
        Attacks = [SchemasProver.Create],
        Read = SchemasSpec.Read,
        Validate = SchemasSpec.Validate,
        Inspect = SchemasInspector.InspectAsync,
        Diff = SchemasDiffer.Diff,
        Prove = SchemasProver.ProveAsync,
    };
}
