using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy;

/// <summary>How tenants are kept apart.</summary>
enum TenancyModel
{
    /// <summary>One set of tables, rows told apart by a column, kept apart by row-level security.</summary>
    Rows,
    /// <summary>A schema for each tenant.</summary>
    Schemas,
    /// <summary>A database for each tenant.</summary>
    Databases,
}

/// <summary>What stands under <c>tenancy</c>.</summary>
/// <param name="Model">The model.</param>
/// <param name="Column">The tenant column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Context">The setting that carries the tenant, per transaction.</param>
/// <param name="Roles">The roles that applications log in as.</param>
/// <param name="Tables">The tenants' tables.</param>
/// <param name="Shared">Tables that all tenants read and none writes.</param>
/// <param name="Backup">The NOLOGIN role that sees all rows, for backups.</param>
sealed record TenancySection(
    TenancyModel Model, string Column, string Type, string Context,
    IReadOnlyList<string> Roles, IReadOnlyList<QName> Tables, IReadOnlyList<QName> Shared, string? Backup);

/// <summary>Tenancy as wanted in one database.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">Its owner, which owns the tables.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Wanted">What the file says.</param>
/// <param name="HasMigrations">Whether there are migrations, which may make a table that is missing.</param>
sealed record TenancySpec(string Server, string Database, string Owner, string Path, TenancySection Wanted, bool HasMigrations = false)
{
    internal const string Key = "tenancy";
    internal const string Base = "howdah_base";
    internal const string Floor = "howdah_floor";
    internal const string Guard = "howdah_guard";

    internal static Section<TenancySection> Section { get; } = new(SectionScope.Database, Key,
        "Keeps tenants apart: whose rows are whose is enforced by the database, whatever the application does.",
        Shapes.Object<TenancySection>("a tenancy", keys =>
        {
            var model = keys.Required("model",
                Shapes.Choice(("rows", TenancyModel.Rows), ("schemas", TenancyModel.Schemas), ("databases", TenancyModel.Databases)),
                "How tenants are kept apart: rows (row-level security in shared tables); schemas and databases are not in this version.",
                    "rows");
            var column = keys.Optional("column", Shapes.Name, "tenant_id", "The column that says whose a row is.", "tenant_id");
            var type = keys.Optional("type",
                Shapes.Choice(("uuid", "uuid"), ("integer", "integer"), ("bigint", "bigint"), ("text", "text")), "uuid",
                "The column's type. Only types whose equality is leakproof: others let a cheap function see every row.", "uuid");
            var context = keys.Optional("context", Shapes.Parsed("a setting's name with a dot (app.tenant)", Setting), "howdah.tenant",
                "The setting that carries the tenant, set per transaction.", "howdah.tenant",
                    sql: "SELECT set_config('howdah.tenant', $1, true)");
            var roles = keys.Required("roles", Shapes.List(Shapes.Ref("role"), orSingle: true), "The roles that applications log in as.",
                "[shop_app]");
            var tables = keys.Required("tables", Shapes.List(Shapes.QName), "The tables that hold tenants' rows.", "[shop.orders]",
                "ALTER TABLE t FORCE ROW LEVEL SECURITY; CREATE POLICY howdah_floor ON t AS RESTRICTIVE …");
            var shared = keys.Optional<IReadOnlyList<QName>>("shared", Shapes.List(Shapes.QName), [],
                "Tables that all tenants read and none writes.", "[]");
            var backup = keys.Optional<string?>("backup", Shapes.Ref("role")!, null,
                "A NOLOGIN role with bypass_rls, for pg_dump --role: a backup that sees every tenant.", example: "shop_backup");
            return values => new(values.Get(model), values.Get(column), values.Get(type), values.Get(context),
                values.Get(roles), values.Get(tables), values.Get(shared), values.Get(backup));
        }));

    internal static IEnumerable<Diagnostic> Validate(TenancySpec spec)
    {
        if (spec.Wanted.Model != TenancyModel.Rows)
            yield return Diagnostic.Error(Codes.Model, "this version keeps tenants apart by rows only", $"{spec.Path}.model",
                "write model: rows");
        if (spec.Wanted.Tables.Count == 0)
            yield return Diagnostic.Error(Codes.NoTables, "a tenancy without tables protects nothing", $"{spec.Path}.tables",
                "list the tables that hold tenants' rows");
        foreach (var twice in spec.Wanted.Tables.Concat(spec.Wanted.Shared).GroupBy(table => table).Where(group => group.Count() > 1))
            yield return Diagnostic.Error(Codes.Twice, $"{twice.Key.Plain} stands twice under tenancy", $"{spec.Path}.tables",
                "a table is a tenant's or shared, once");
        if (spec.Wanted.Roles.Contains(spec.Owner))
            yield return Diagnostic.Error(Codes.OwnerServes, $"{spec.Owner} owns the tables and may not be what an application logs in as",
                $"{spec.Path}.roles", "an owner can take every protection away; give the application a role of its own");
    }

    // A setting of one's own needs a dot, and only plain parts are safe from being taken for something else.
    static string? Setting(string text) =>
        text.Split('.') is { Length: >= 2 } parts
            && parts.All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')) ? text : null;

    /// <summary>The expression of the floor.</summary>
    internal Sql FloorExpression => Wanted.Type == "text"
        ? Sql.Of($"{new Ident(Wanted.Column)} = (select nullif(pg_catalog.current_setting({new Literal(Wanted.Context)}, true), ''))")
        : Sql.Of($"{new Ident(Wanted.Column)} = (select nullif(pg_catalog.current_setting({new Literal(Wanted.Context)}, true), "
            + $"'')::{new Words(Wanted.Type)})");

    /// <summary>
    /// The same expression as PostgreSQL 15 to 18 write it back (search_path empty); a test asks servers of both ends. The server quotes a
    /// column whose name is a keyword, and which words are keywords changes with its version, so a plain name has two ways to stand there.
    /// </summary>
    /// <param name="domain">Whether the column's type is a domain: it is then written as cast to the type under it.</param>
    internal IReadOnlyList<string> FloorDeparsed(bool domain = false)
    {
        var setting = $"NULLIF(current_setting({new Literal(Wanted.Context)}::text, true), ''::text)";
        var value = Wanted.Type == "text" ? setting : $"({setting})::{Wanted.Type}";
        var quoted = new Ident(Wanted.Column).ToString();
        IEnumerable<string> columns = IsPlain(Wanted.Column) ? [Wanted.Column, quoted] : [quoted];
        return [.. columns.Select(column =>
            $"({(domain ? $"({column})::{Wanted.Type}" : column)} = ( SELECT {value} AS \"nullif\"))")];
    }

    static bool IsPlain(string name) => !char.IsAsciiDigit(name[0])
        && name.All(c => c is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'));
}
