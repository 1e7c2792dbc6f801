using System.Text.Json.Nodes;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Databases;

/// <summary>The locale of a new database.</summary>
/// <param name="Provider"><c>libc</c>, <c>icu</c> or <c>builtin</c>.</param>
/// <param name="Name">The locale's name; null where only the parts are said.</param>
/// <param name="Collate">LC_COLLATE; null where the name says it.</param>
/// <param name="Ctype">LC_CTYPE; null where the name says it.</param>
sealed record LocaleSpec(string Provider, string? Name, string? Collate, string? Ctype);

/// <summary>A number or a flag where a key's absence is known by null.</summary>
/// <param name="Value">The value.</param>
sealed record Said<T>(T Value);

/// <summary>The keys that stand under a database.</summary>
static class DatabaseKeys
{
    internal static Section<string> Encoding { get; } = new(SectionScope.Database, "encoding",
        "The encoding; UTF8 if not said. Chosen when the database is made and never changed.", Shapes.Text);

    internal static Section<LocaleSpec> Locale { get; } = new(SectionScope.Database, "locale",
        "The locale; template0's if not said. Chosen when the database is made and never changed.",
            Shapes.Object<LocaleSpec>("a locale", keys =>
        {
            var provider = keys.Optional("provider", Shapes.Choice(("libc", "libc"), ("icu", "icu"), ("builtin", "builtin")), "libc",
                "Who sorts and folds: the operating system, ICU, or (PostgreSQL 17 and newer) PostgreSQL itself.", "libc");
            var name = keys.Optional<string?>("name", Shapes.Text!, null, "The locale's name.", example: "C.UTF-8");
            var collate = keys.Optional<string?>("lc_collate", Shapes.Text!, null, "LC_COLLATE, where it is not the name's.", example: "C");
            var ctype = keys.Optional<string?>("lc_ctype", Shapes.Text!, null, "LC_CTYPE, where it is not the name's.", example: "C");
            return values => new(values.Get(provider), values.Get(name), values.Get(collate), values.Get(ctype));
        }));

    internal static Section<string> Template { get; } = new(SectionScope.Database, "template",
        "The database it is copied from; template0 if not said, which has nothing of anybody's in it.", Shapes.Name);

    internal static Section<string> Tablespace { get; } = new(SectionScope.Database, "tablespace",
        "The tablespace it is made in; Howdah does not move a database.", Shapes.Name);

    internal static Section<Said<int>> ConnectionLimit { get; } = new(SectionScope.Database, "connection_limit",
        "Connections at once; -1, the default, means no limit.", new SaidShape<int>(Shapes.Int(-1, 262143)));

    internal static Section<IReadOnlyDictionary<string, IReadOnlyList<string>>> Settings { get; } = new(SectionScope.Database, "settings",
        "Settings for all sessions in it; others stored for it are reset.", ServerSetting.Shape);

    internal static Section<Said<bool>> Adopt { get; } = new(SectionScope.Database, "adopt",
        "Whether to take over a database of this name that Howdah did not make.", new SaidShape<bool>(Shapes.Bool));

    internal static IReadOnlyList<Section> All { get; } = [Encoding, Locale, Template, Tablespace, ConnectionLimit, Settings, Adopt];

    sealed class SaidShape<T>(Shape<T> inner) : Shape<Said<T>>
    {
        public override string Wants => inner.Wants;
        public override JsonObject ToJsonSchema() => inner.ToJsonSchema();
        public override Said<T>? Read(Node node, Reading reading) => new(inner.Read(node, reading)!);
    }
}
