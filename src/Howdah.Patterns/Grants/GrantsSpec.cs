using System.Collections;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>What the estate wants of privileges in one database.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Schemas">The declared schemas with their owners; their objects are a closed world.</param>
/// <param name="Roles">The declared roles: what objects of theirs are born with is a closed world.</param>
/// <param name="Grants">The grants.</param>
/// <param name="Defaults">The default privileges.</param>
/// <param name="Parameters">The grants on parameters of the server, which one database of it carries for all.</param>
/// <param name="MigrationFiles">How many migrations there are: while some are to run, a missing table may still come.</param>
sealed record GrantsSpec(
    string Server, string Database, string Owner, IReadOnlyDictionary<string, string> Schemas, IReadOnlyList<string> Roles,
    IReadOnlyList<GrantWish> Grants,
    IReadOnlyList<DefaultWish> Defaults, IReadOnlyList<GrantWish> Parameters, int MigrationFiles)
{
    internal static Section<IReadOnlyList<GrantWish>> GrantsKey { get; } = new(SectionScope.Database, "grants",
        "Who may do what with which objects; whatever is not said here is taken away.", Shapes.List(GrantShapes.Grant));

    internal static Section<IReadOnlyList<DefaultWish>> DefaultsKey { get; } = new(SectionScope.Database, "default_privileges",
        "Privileges that objects are born with, for each role that makes them; whatever is not said here is taken away.",
        Shapes.List(GrantShapes.Default));

    internal static GrantsSpec Read(Target target)
    {
        var database = target.Database!;
        // Names and owners are all that is needed of other patterns' sections.
        var schemas = database.Sections.GetValueOrDefault("schemas") is not IDictionary map ? []
            : map.Keys.Cast<string>().ToDictionary(static name => name, name => (map[name] as IOwned)?.Owner ?? database.Owner);
        var roles = target.Estate.Sections.GetValueOrDefault("roles") is IDictionary declared ? declared.Keys.Cast<string>().ToList() : [];
        var neighbors = target.Estate.Databases.Where(each => each.Server == database.Server).ToList();
        var carrier = neighbors.FirstOrDefault(static each =>
            each.Get(GrantsKey)?.Any(static grant => grant.On.Parameters.Count > 0) == true);
        return new(target.Server.Name, database.Name, database.Owner, schemas, roles, database.Get(GrantsKey) ?? [],
            database.Get(DefaultsKey) ?? [],
            carrier?.Name != database.Name ? []
                : [.. neighbors.SelectMany(static each => each.Get(GrantsKey) ?? []).Where(static grant => grant.On.Parameters.Count > 0)],
            Migrations(target));
    }

    static int Migrations(Target target) => target.Database!.Sections.GetValueOrDefault("migrations") is string folder
        && Path.Combine(target.Estate.Folder, folder) is var path && Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.sql")
            .Count() : 0;
}

/// <summary>One entry of <c>grants</c>.</summary>
/// <param name="To">Who gets it; <c>public</c> is everybody.</param>
/// <param name="On">On what.</param>
/// <param name="Privileges">Which; null means all there are.</param>
/// <param name="Grantable">Whether they may pass it on.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Place">Where it stands.</param>
sealed record GrantWish(IReadOnlyList<string> To, GrantOn On, IReadOnlyList<string>? Privileges, bool Grantable, string Path, Place Place);

/// <summary>What a grant is on.</summary>
sealed record GrantOn(
    bool Database, IReadOnlyList<string> Schemas, IReadOnlyList<QName> Tables,
        IReadOnlyList<(QName Table, IReadOnlyList<string> Names)> Columns,
    IReadOnlyList<string> AllTables, IReadOnlyList<QName> Sequences, IReadOnlyList<string> AllSequences,
        IReadOnlyList<RoutineName> Functions,
    IReadOnlyList<string> AllFunctions, IReadOnlyList<QName> Types, IReadOnlyList<string> Parameters)
{
    /// <summary>The objects that are named, with a column where one is meant.</summary>
    internal IEnumerable<(ObjectName Name, string Column)> Named(string database) =>
    [
        .. Database ? new[] { (new ObjectName(ObjectKind.Database, "", database), "") } : [],
        .. Schemas.Select(static name => (new ObjectName(ObjectKind.Schema, "", name), "")),
        .. Tables.Select(static name => (new ObjectName(ObjectKind.Table, name.Schema, name.Name), "")),
        .. Columns.SelectMany(static each =>
            each.Names.Select(column => (new ObjectName(ObjectKind.Table, each.Table.Schema, each.Table.Name), column))),
        .. Sequences.Select(static name => (new ObjectName(ObjectKind.Sequence, name.Schema, name.Name), "")),
        .. Functions.Select(static each => (new ObjectName(ObjectKind.Function, each.Name.Schema, each.Name.Name, each.Args), "")),
        .. Types.Select(static name => (new ObjectName(ObjectKind.Type, name.Schema, name.Name), "")),
    ];

    /// <summary>The schemas all of whose objects of a kind are meant.</summary>
    internal IEnumerable<(ObjectKind Kind, string Schema)> Whole =>
    [
        .. AllTables.Select(static schema => (ObjectKind.Table, schema)),
        .. AllSequences.Select(static schema => (ObjectKind.Sequence, schema)),
        .. AllFunctions.Select(static schema => (ObjectKind.Function, schema)),
    ];
}

/// <summary>One entry of <c>default_privileges</c>.</summary>
/// <param name="For">Who makes the objects; null means the database's owner.</param>
/// <param name="In">In which schemas; null means in all.</param>
/// <param name="To">Who gets it.</param>
/// <param name="On">On what: tables, sequences, functions, types or schemas.</param>
/// <param name="Privileges">Which; null means all there are.</param>
/// <param name="Grantable">Whether they may pass it on.</param>
/// <param name="Path">The YAML path.</param>
sealed record DefaultWish(
    IReadOnlyList<string>? For, IReadOnlyList<string>? In, IReadOnlyList<string> To, IReadOnlyList<ObjectKind> On,
        IReadOnlyList<string>? Privileges,
    bool Grantable, string Path);
