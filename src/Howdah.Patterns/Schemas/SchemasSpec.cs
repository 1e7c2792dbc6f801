using Howdah.Engine;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Schemas;

/// <summary>One schema as wanted.</summary>
/// <param name="Owner">Its owner; null for the database's.</param>
/// <param name="Adopt">Whether one that Howdah did not make is taken over.</param>
sealed record SchemaWish(string? Owner, bool Adopt) : IOwned;

/// <summary>One extension as wanted.</summary>
/// <param name="Version">The version; null for whatever the server installs and has.</param>
/// <param name="Schema">Where its objects go; null for where it goes by itself.</param>
/// <param name="Adopt">Whether one that Howdah did not make is taken over.</param>
sealed record ExtensionWish(string? Version, string? Schema, bool Adopt);

/// <summary>Schemas and extensions as wanted in one database.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Path">The YAML path of the database.</param>
/// <param name="Schemas">Schemas by name, in the file's order.</param>
/// <param name="Extensions">Extensions by name, in the file's order.</param>
sealed record SchemasSpec(string Server, string Database, string Owner, string Path,
    IReadOnlyDictionary<string, SchemaWish> Schemas, IReadOnlyDictionary<string, ExtensionWish> Extensions)
{
    internal const string Key = "schemas";

    internal static Section<IReadOnlyDictionary<string, SchemaWish>> SchemasSection { get; } = new(SectionScope.Database, "schemas",
        "The schemas of the database: a list of names, or names with owner and adopt.",
        new NamesOr<SchemaWish>(Shapes.Object<SchemaWish>("a schema", keys =>
        {
            var owner = keys.Optional<string?>("owner", Shapes.Ref("role")!, null, "Its owner; the database's where left out.",
                sql: "CREATE SCHEMA s AUTHORIZATION r");
            var adopt = keys.Optional("adopt", Shapes.Bool, false, "Take over a schema of this name that Howdah did not make.", "false");
            return values => new(values.Get(owner), values.Get(adopt));
        }), new(null, false), "schema"));

    internal static Section<IReadOnlyDictionary<string, ExtensionWish>> ExtensionsSection { get; } = new(SectionScope.Database,
        "extensions",
        "The extensions of the database: a list of names, or names with version and schema.",
        new NamesOr<ExtensionWish>(Shapes.Object<ExtensionWish>("an extension", keys =>
        {
            var version = keys.Optional<string?>("version", Shapes.Setting!, null,
                "The version to have; whatever is there where left out.", example: "\"1.6\"",
                sql: "ALTER EXTENSION e UPDATE TO '1.6'");
            var schema = keys.Optional<string?>("schema", Shapes.Name!, null, "Where its objects go.", example: "public");
            var adopt = keys.Optional("adopt", Shapes.Bool, false, "Take over an extension that Howdah did not install.", "false");
            return values => new(values.Get(version), values.Get(schema), values.Get(adopt));
        }), new(null, null, false), "extension"));

    internal static SchemasSpec? Read(Target target)
    {
        var schemas = target.Database!.Get(SchemasSection);
        var extensions = target.Database.Get(ExtensionsSection);
        return schemas is null && extensions is null ? null
            : new(target.Server.Name, target.Database.Name, target.Database.Owner, target.Path,
            schemas ?? new Dictionary<string, SchemaWish>(), extensions ?? new Dictionary<string, ExtensionWish>());
    }

    internal static IEnumerable<Diagnostic> Validate(SchemasSpec spec)
    {
        foreach (var name in spec.Schemas.Keys.Where(name => name.StartsWith("pg_", StringComparison.Ordinal)
            || name is "information_schema" or "howdah"))
            yield return Diagnostic.Error(Codes.Reserved, $"the schema name `{name}` is reserved", $"{spec.Path}.schemas",
                "choose another name");
    }
}
