using System.Text.Json.Nodes;
using CsCheck;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>Something done by hand.</summary>
/// <param name="Database">Where.</param>
/// <param name="Sql">What; what the server refuses did not happen.</param>
sealed record Drift(string Database, string Sql);

/// <summary>Random plain SQL that an apply must mend.</summary>
static class RandomDrift
{
    internal static Gen<Drift> In(Ground ground, JsonObject estate, int major)
    {
        var roles = estate["roles"]!.AsObject().Select(static role => role.Key).ToList();
        return from database in Picks.One(ground.Databases)
               from sql in Sql(ground, database, roles, major)
               select new Drift(database, sql);
    }

    static Gen<string> Sql(Ground ground, string database, IReadOnlyList<string> roles, int major)
    {
        var role = Picks.One(roles).Select(static name => new Ident(name).ToString());
        var anybody = Picks.One([.. roles.Select(static name => new Ident(name).ToString()), "public"]);
        var schema = Picks.One(Ground.AllSchemas).Select(static name => new Ident(name).ToString());
        var own = new Ident(Ground.Owner);
        return Gen.Frequency(
            (6, Privilege(ground, database, anybody, role, major)),
            (2, from kind in Picks.One(["tables", "sequences", "functions", "types", "schemas"])
                from maker in role
                from place in schema
                from within in Picks.Once(2)
                from to in anybody
                from privilege in Words(kind, major)
                from give in Picks.Once(2)
                select $"alter default privileges for role {maker}{(within && kind != "schemas" ? $" in schema {place}" : "")} "
                    + $"{(give ? "grant" : "revoke")} {privilege} on {kind} {(give ? "to" : "from")} {to}"),
            (2, from who in role
                from change in Picks.One(["createdb", "nocreatedb", "login", "nologin", "bypassrls", "connection limit 7", "noinherit",
                    "inherit", "replication", "createrole", "valid until '2039-01-01'", "password null", "set work_mem = '5MB'",
                    "set search_path = app, 'S p\"x'", "reset all", "set row_security = off"])
                select $"alter role {who} {change}"),
            (1, from who in role
                from change in Picks.One(["set work_mem = '6MB'", "set howdah.tenant = 'x'", "reset all"])
                select $"alter role {who} in database {new Ident(database)} {change}"),
            (2, from member in role
                from of in role
                from options in Picks.One(major >= 16 ? ["", " with admin option", " with inherit false, set false"]
                    : (string[])["", " with admin option"])
                from give in Picks.Once(2)
                select give ? $"grant {of} to {member}{options}" : $"revoke {of} from {member} cascade"),
            (2, from change in Picks.One(["connection limit 51", "set timezone = 'Europe/Rome'", "set work_mem = '5MB'", "reset all"])
                select $"alter database {new Ident(database)} {change}"),
            (1, from to in role select $"alter database {new Ident(database)} owner to {to}"),
            (1, from place in schema from to in role select $"alter schema {place} owner to {to}"),
            (1, Gen.Const("drop schema plain")),
            (2, from extension in Picks.One(Ground.Extensions)
                from place in schema
                from change in Picks.One(["drop extension @", "alter extension @ set schema %"])
                select change.Replace("@", extension, StringComparison.Ordinal).Replace("%", place, StringComparison.Ordinal)),
            (3, from place in schema
                from to in anybody
                from change in Picks.One(["disable row level security", "no force row level security", "drop howdah_floor",
                    "drop howdah_base", "alter howdah_floor using (true)", "alter howdah_base to %", "create drift"])
                select Floor($"{place}.orders", change, to)),
            (1, Picks.One(["drop event trigger howdah_guard", "alter event trigger howdah_guard disable",
                "grant execute on all functions in schema howdah to public",
                "create or replace function howdah.lift_floor() returns regclass[] language sql as 'select null::regclass[]'"])),
            (1, from maker in role
                from place in schema
                from number in Gen.Int[1, 9]
                select $"set role {own}; create table {place}.drift_{number} (id integer); "
                    + $"create function {place}.drift_{number}() returns integer language sql return 1; reset role"));
    }

    static string Floor(string table, string change, string to) => change switch
    {
        "drop howdah_floor" or "drop howdah_base" => $"drop policy {change[5..]} on {table}",
        "alter howdah_floor using (true)" => $"alter policy howdah_floor on {table} using (true)",
        "alter howdah_base to %" => $"alter policy howdah_base on {table} to {to}",
        "create drift" => $"create policy drift on {table} as permissive for select to {to} using (id > 0)",
        _ => $"alter table {table} {change}",
    };

    static Gen<string> Words(string kind, int major) => Picks.Some([.. RandomGrants.Privileges(kind, major), "all"], 2)
        .Select(static some => some.Contains("all") ? "all" : string.Join(", ", some));

    static Gen<string> Privilege(Ground ground, string database, Gen<string> anybody, Gen<string> role, int major) =>
        from thing in Picks.One(ground.Things)
        from place in Picks.One(["thing", "thing", "thing", "columns", "columns", "database", "schema", "whole"])
        from schema in Picks.One(Ground.AllSchemas)
        let kind = place == "columns" && thing.Key == "tables" ? "columns" : place is "database" or "schema" ? place : thing.Key
        let target = place == "whole" ? Whole(thing, kind) : Target(thing, kind, database, schema)
        from some in Picks.Some(RandomGrants.Privileges(kind, major), 3)
        from column in Picks.One(["id", "\"wh\"\"at\""])
        let words = string.Join(", ", kind == "columns" ? some.Select(word => $"{word} ({column})") : some)
        from to in anybody
        from giver in role
        from next in role
        from how in Picks.One(["grant", "grant", "pass", "pass", "revoke", "option"])
        select how switch
        {
            "grant" => $"grant {words} on {target} to {to}",
            "option" => $"grant {words} on {target} to {giver} with grant option",
            "revoke" => $"revoke {words} on {target} from {to} cascade",
            // The giver passes on what it got, and so may the next.
            _ => $"grant {words} on {target} to {giver} with grant option; "
                + $"set role {giver}; grant {words} on {target} to {next} with grant option; reset role; "
                + $"set role {next}; grant {words} on {target} to {to}; reset role",
        };

    static string Target(Thing thing, string kind, string database, string schema) => kind switch
    {
        "database" => $"database {new Ident(database)}",
        "schema" => $"schema {new Ident(schema)}",
        _ => thing.Sql,
    };

    static string Whole(Thing thing, string kind) => kind == "types" ? thing.Sql
        : $"all {kind.Replace("function", "routine", StringComparison.Ordinal)} in schema {new Ident(thing.Name.Schema)}";
}
