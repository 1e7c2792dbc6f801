using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Patterns.Tenancy;

/// <summary>What stands under <c>tenancy</c>.</summary>
/// <param name="Model">The model of tenants for which nothing else is said.</param>
/// <param name="Column">The tenant column.</param>
/// <param name="Type">Its type.</param>
/// <param name="Context">The setting that carries the tenant, per transaction.</param>
/// <param name="Roles">The roles that applications log in as.</param>
/// <param name="Tables">The tenants' tables.</param>
/// <param name="Shared">Tables that all tenants read and none writes.</param>
/// <param name="Backup">The NOLOGIN role that sees all rows, for backups.</param>
/// <param name="Servers">Where databases of tenants are made; home's server where empty.</param>
/// <param name="Key">The secret from which tenants' passwords and the key of signed contexts come.</param>
/// <param name="Signed">Whether the context carries a signature that the floor checks.</param>
/// <param name="Partitioned">Whether the tables are partitioned by tenant, one partition each.</param>
/// <param name="Spares">How many databases are kept made ahead for tenants to come, on each server where they are made.</param>
sealed record TenancySection(
    TenancyModel Model, string Column, string Type, string Context,
    IReadOnlyList<string> Roles, IReadOnlyList<QName> Tables, IReadOnlyList<QName> Shared, string? Backup,
    IReadOnlyList<string>? Servers = null, SecretRef? Key = null, bool Signed = false, bool Partitioned = false,
    int Spares = 0);

/// <summary>Tenancy as wanted in one database.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">Its owner, which owns the tables.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Wanted">What the file says.</param>
/// <param name="HasMigrations">Whether there are migrations, which may make a table that is missing.</param>
sealed record TenancySpec(string Server, string Database, string Owner, string Path, TenancySection Wanted, bool HasMigrations = false)
{
    /// <summary>The migrations in the home database's folder, so that a plan can say what they will do in tenants' places.</summary>
    internal IReadOnlyList<HomeMigration> Files { get; init; } = [];

    internal const string Key = "tenancy";
    internal const string Base = "howdah_base";
    internal const string Floor = "howdah_floor";
    internal const string Guard = "howdah_guard";

    /// <summary>What the setting carries for a tenant's id: the id itself, or with a signature.</summary>
    internal Func<string, string> Said { get; init; } = static tenant => tenant;

    /// <summary>One that is signed rightly and must be refused all the same; for proofs.</summary>
    internal Func<string, Attacks.ForgedContext, string> Forged { get; init; } = static (tenant, _) => tenant;

    internal static Section<TenancySection> Section { get; } = new(SectionScope.Database, Key,
        "Keeps tenants apart: whose rows are whose is enforced by the database, whatever the application does.",
        Shapes.Object<TenancySection>("a tenancy", keys =>
        {
            var model = keys.Required("model",
                Shapes.Choice(("rows", TenancyModel.Rows), ("schemas", TenancyModel.Schemas), ("databases", TenancyModel.Databases)),
                "How tenants are kept apart if nothing else is said for one: rows (row-level security in shared tables), schemas (a schema "
                    + "and a role for each) or databases (a database and a role for each).", "rows");
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
            var servers = keys.Optional<IReadOnlyList<string>>("servers", Shapes.List(Shapes.Ref("server"), orSingle: true), [],
                "The servers on which tenants' databases are made; the home database's where none is said.", example: "[main, second]");
            var key = keys.Optional<SecretRef?>("key", Shapes.Secret(generated: true)!, Generated,
                "The secret from which the passwords of tenants' roles and the key of signed contexts are made.", "\"${generated}\"");
            var signed = keys.Optional("signed", Shapes.Bool, false,
                "Whether the context must carry a signature with an expiry, so that no injected SQL can become another tenant.", "false");
            var partitioned = keys.Optional("partitioned", Shapes.Bool, false,
                "Whether migrations make the tables PARTITION BY LIST of the tenant column; each tenant in rows then gets partitions "
                    + "of its own.", "false");
            var spares = keys.Optional("spares", Shapes.Int(0, 100), 0,
                "How many databases are kept made ahead on each server, empty and closed, so that a new tenant need not wait for "
                    + "CREATE DATABASE.", "0", sql: "CREATE DATABASE … TEMPLATE … ALLOW_CONNECTIONS false");
            return values => new(values.Get(model), values.Get(column), values.Get(type), values.Get(context),
                values.Get(roles), values.Get(tables), values.Get(shared), values.Get(backup), values.Get(servers), values.Get(key),
                values.Get(signed), values.Get(partitioned), values.Get(spares));
        }));

    /// <summary>The tenancy of a database; null where none is declared.</summary>
    internal static TenancySpec? Of(DatabaseSpec database) => database.Get(Section) is { } wanted
        ? new(database.Server, database.Name, database.Owner, $"databases.{database.Name}.{Key}", wanted,
            database.Sections.ContainsKey("migrations"))
        : null;

    internal static IEnumerable<Diagnostic> Validate(TenancySpec spec)
    {
        foreach (var (key, why, hint) in Unserved(spec.Wanted, spec.Wanted.Model))
            yield return Diagnostic.Error(Codes.Model, why, $"{spec.Path}.{key}", hint);
        foreach (var (_, why, hint) in spec.Wanted is { Spares: > 0, Model: not TenancyModel.Databases }
            ? Unserved(spec.Wanted, TenancyModel.Databases) : [])
            yield return Diagnostic.Error(Codes.Model, why, $"{spec.Path}.spares", hint);
        if (spec.Wanted is { Signed: true, Type: not "uuid" })
            yield return Diagnostic.Error(Codes.Model, "signed contexts carry ids of the registry, which are uuids", $"{spec.Path}.signed",
                "leave `signed` out, or let the column be a uuid");
        if (spec.Wanted is { Partitioned: true, Type: not "uuid" })
            yield return Diagnostic.Error(Codes.Model, "partitions are made for tenants of the registry, whose ids are uuids",
                $"{spec.Path}.partitioned", "leave `partitioned` out, or let the column be a uuid");
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

    /// <summary>What a model needs and this tenancy does not have: key, why, hint.</summary>
    internal static IEnumerable<(string Key, string Why, string Hint)> Unserved(TenancySection wanted, TenancyModel model)
    {
        if (model == TenancyModel.Rows)
            yield break;
        if (wanted.Type != "uuid")
            yield return ("type", $"a tenant can have a {(model == TenancyModel.Schemas ? "schema" : "database")} of its own only where "
                + $"ids are the registry's: `type` is {wanted.Type}", "let the tenant column be a uuid, or write model: rows");
        if (model == TenancyModel.Schemas && wanted.Tables.Concat(wanted.Shared).Select(table => table.Schema).Distinct().Count() > 1)
            yield return ("tables", "a tenant's schema stands for one schema of the home database, and these tables are in several",
                "keep tenants' and shared tables in one schema, or write model: databases");
    }

    /// <summary>Who may ask where a tenant lives: the application's roles, and tenants' own roles by way of one they are all members of.
    /// </summary>
    /// <param name="grouped">Whether that one is there: it is made with the first tenant that gets a schema.</param>
    internal IReadOnlyList<string> Callers(bool grouped) =>
        [.. Wanted.Roles.Concat(grouped ? [Group] : []).Order(StringComparer.Ordinal)];

    /// <summary>The role that every tenant's role with a schema of its own is a member of.</summary>
    internal string Group => System.Text.Encoding.UTF8.GetByteCount(Database) <= Ident.MaxBytes - GroupPrefix.Length
        ? $"{GroupPrefix}{Database}" : $"{GroupPrefix}{Placing.PlaceScript.Hash([Sql.Of($"{new Ident(Database)}")])}";

    const string GroupPrefix = "howdah_tenants_";

    /// <summary>The secret's reference where the file says none.</summary>
    internal static SecretRef Generated { get; } = new("generated", "");

    /// <summary>The expression of the floor. The function's body is the fence: see <see cref="Fence"/>.</summary>
    internal Sql FloorExpression => Sql.Of($"{new Ident(Wanted.Column)} = (select howdah.current_tenant())");

    /// <summary>
    /// The same expression as PostgreSQL 15 to 18 write it back (search_path empty); a test asks servers of both ends. The server quotes a
    /// column whose name is a keyword, and which words are keywords changes with its version, so a plain name has two ways to stand there.
    /// </summary>
    /// <param name="domain">Whether the column's type is a domain: it is then written as cast to the type under it.</param>
    internal IReadOnlyList<string> FloorDeparsed(bool domain = false)
    {
        var quoted = new Ident(Wanted.Column).ToString();
        IEnumerable<string> columns = IsPlain(Wanted.Column) ? [Wanted.Column, quoted] : [quoted];
        return [.. columns.Select(column =>
            $"({(domain ? $"({column})::{Wanted.Type}" : column)} = ( SELECT howdah.current_tenant() AS current_tenant))")];
    }

    static bool IsPlain(string name) => !char.IsAsciiDigit(name[0])
        && name.All(c => c is '_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'));
}
