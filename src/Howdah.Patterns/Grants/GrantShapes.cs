using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>How grants and default privileges stand in the file.</summary>
static class GrantShapes
{
    static readonly Shape<IReadOnlyList<string>> Roles = Shapes.List(Shapes.Ref("role", "public"), orSingle: true);
    static readonly Shape<IReadOnlyList<string>> Names = Shapes.List(Shapes.Name, orSingle: true);
    static readonly Shape<IReadOnlyList<QName>> QNames = Shapes.List(Shapes.QName, orSingle: true);

    static readonly Shape<GrantOn> On = Shapes.Object<GrantOn>("what a grant is on", keys =>
    {
        var database = keys.Optional("database", Shapes.Bool, false, "The database itself.", "false", sql: "GRANT p ON DATABASE d TO r");
        var schema = keys.Optional("schema", Names, [], "Schemas.", example: "store", sql: "GRANT p ON SCHEMA s TO r");
        var tables = keys.Optional("tables", QNames, [], "Tables and views.", example: "[store.orders]", sql: "GRANT p ON TABLE t TO r");
        var columns = keys.Optional("columns", Shapes.Map(Names), new Dictionary<string, IReadOnlyList<string>>(),
            "Columns of tables and views.",
            example: "{ store.customers: [id, name] }", sql: "GRANT p (c) ON TABLE t TO r");
        var allTables = keys.Optional("all_tables", Names, [], "All tables and views of schemas, also those to come.", example: "store");
        var sequences = keys.Optional("sequences", QNames, [], "Sequences.", sql: "GRANT p ON SEQUENCE q TO r");
        var allSequences = keys.Optional("all_sequences", Names, [], "All sequences of schemas, also those to come.");
        var functions = keys.Optional("functions",
            Shapes.List(Shapes.Parsed("schema.function(type, type)", RoutineName.Parse, @"^.+\..+\(.*\)$"), orSingle: true), [],
            "Functions and procedures by name and input types.", example: "[\"store.total(int, text)\"]",
                sql: "GRANT EXECUTE ON ROUTINE f TO r");
        var allFunctions = keys.Optional("all_functions", Names, [], "All functions and procedures of schemas, also those to come.");
        var types = keys.Optional("types", QNames, [], "Types and domains.", sql: "GRANT USAGE ON TYPE t TO r");
        var parameters = keys.Optional("parameters", Names, [], "Parameters of the server; they concern all its databases.",
            example: "[log_statement]",
            sql: "GRANT SET ON PARAMETER p TO r");
        return values =>
        {
            var split = new List<(QName, IReadOnlyList<string>)>();
            foreach (var (table, names) in values.Get(columns))
            {
                if (QName.Parse(table) is { } name)
                    split.Add((name, names));
                else
                    values.Reading.Error(Codes.BadName, values.Node, $"`{table}` is not a qualified name", "write schema.table");
            }
            return new(values.Get(database), values.Get(schema), values.Get(tables), split, values.Get(allTables), values.Get(sequences),
                values.Get(allSequences), values.Get(functions), values.Get(allFunctions), values.Get(types),
                [.. values.Get(parameters).Select(static name => name.ToLowerInvariant())]);
        };
    });

    internal static Shape<GrantWish> Grant { get; } = Shapes.Object<GrantWish>("a grant", keys =>
    {
        var to = keys.Required("to", Roles, "Who gets it: a role, a list of roles, or public for everybody.", "store_app");
        var on = keys.Required("on", On, "On what.", "{ tables: [store.orders] }");
        var privileges = keys.Required("privileges", PrivilegeWords.Shape, "Which; all means all that the server knows for such objects.",
            "[select, insert]");
        var grantable = keys.Optional("grantable", Shapes.Bool, false, "Whether they may pass it on.", "false", sql: "WITH GRANT OPTION");
        return values => new(values.Get(to), values.Get(on), Known(values.Get(privileges)), values.Get(grantable), values.Node.Path,
            values.Node.Place);
    });

    internal static Shape<DefaultWish> Default { get; } = Shapes.Object<DefaultWish>("a default privilege", keys =>
    {
        var creators = keys.Optional<IReadOnlyList<string>?>("for", Shapes.List(Shapes.Ref("role"), orSingle: true)!, null,
            "The roles that make the objects; the database's owner if not said.", example: "store_migrator",
                sql: "ALTER DEFAULT PRIVILEGES FOR ROLE r");
        var schemas = keys.Optional<IReadOnlyList<string>?>("in", Names!, null, "Only in these schemas.", example: "store",
            sql: "IN SCHEMA s");
        var to = keys.Required("to", Roles, "Who gets it: a role, a list of roles, or public for everybody.", "store_app");
        var on = keys.Required("on", Shapes.List(Shapes.Choice(("tables", ObjectKind.Table), ("sequences", ObjectKind.Sequence),
            ("functions", ObjectKind.Function), ("types", ObjectKind.Type), ("schemas", ObjectKind.Schema)), orSingle: true), "On what.",
                "tables");
        var privileges = keys.Required("privileges", PrivilegeWords.Shape, "Which; all means all that the server knows for such objects.",
            "[select]");
        var grantable = keys.Optional("grantable", Shapes.Bool, false, "Whether they may pass it on.", "false", sql: "WITH GRANT OPTION");
        return values => new(values.Get(creators), values.Get(schemas), values.Get(to), values.Get(on), Known(values.Get(privileges)),
            values.Get(grantable), values.Node.Path);
    });

    static IReadOnlyList<string>? Known(IReadOnlyList<string> privileges) => privileges.Contains(PrivilegeWords.All) ? null : privileges;
}
