using Howdah.Engine.Planning;

namespace Howdah.Prover.Tests.Random;

/// <summary>One mistake, or one change that is none, made by plain SQL to a generated database.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Sql">What makes it.</param>
/// <param name="Expect">The attacks that must break by it; none for a change that opens nothing.</param>
/// <param name="On">The table that it is about; null where it is about the whole: two mistakes on one table hide each other.</param>
/// <param name="Undo">What takes back what is not in the database.</param>
sealed record Mutation(string Name, string Sql, IReadOnlyList<string> Expect, Table? On = null, string Undo = "")
{
    /// <summary>All that can be made to a database.</summary>
    internal static List<Mutation> For(Schema s, string database, int major) =>
        [.. s.Tables.SelectMany(table => OnTable(s, table)), .. OnWhole(s, new(database), major)];

    static IEnumerable<Mutation> OnTable(Schema s, Table t)
    {
        Mutation Made(string name, string sql, params string[] expect) => new($"{name} on {t.Name.Plain}", sql, expect, t);
        QName Own(string name) => s.In($"{name} {t.Name.Name}");
        var app = s.Holder;
        yield return Made("row-level security off", $"alter table {t.Name} disable row level security", "TEN-A07");
        yield return Made("not forced", $"alter table {t.Name} no force row level security", "TEN-A01");
        yield return Made("rights of triggers", $"grant references, trigger on {t.Name} to {app}", "TEN-C07");
        yield return Made("view of the superuser",
            $"create view {Own("leak")} as select * from {t.Name}; grant select on {Own("leak")} to {app}", "TEN-C01");
        yield return Made("materialized view", $"create materialized view {Own("kept")} as select * from {t.Name}; "
            + $"grant select on {Own("kept")} to {app}", "TEN-C01");
        yield return Made("copy", $"create table {Own("copy")} as select * from {t.Name}; grant select on {Own("copy")} to {app}",
            "TEN-A11");
        yield return Made("function with its owner's rights, not pinned", $"set role {s.Owner}; create function {Own("peek")}() returns "
            + $"bigint language sql stable security definer as $$ select count(*) from {t.Name} $$; "
            + $"grant execute on function {Own("peek")}() to {app}; reset role", "TEN-C03");
        yield return Made("belongs to a login", $"alter table {t.Name} owner to {s.App}", "TEN-A03");
        if (!t.Random)
            yield return Made("sequence read", $"grant select on sequence {Schema.Sequence(t)} to {app}", "TEN-C11");
        if (t.Parted)
            yield return Made("partition open", $"alter table {t.Part(2)} no force row level security, disable row level security; "
                + string.Concat(Policies(t).Select(policy => $"drop policy {policy} on {t.Part(2)}; "))
                + $"grant select on {t.Part(2)} to {app}", "TEN-C05");
        if (t.Extras.Contains("note text"))
            yield return Made("key without the tenant", t.Parted ? "select 1" : $"create unique index on {t.Name} (note)",
                t.Parted ? [] : ["TEN-D01"]);
        if (t.Parent is { Random: true })
            yield return Made("foreign key without the tenant",
                $"alter table {t.Name} add foreign key (parent_id) references {t.Parent.Name} (id)", "TEN-D02");
        foreach (var mutation in OnPolicies(s, t, Made))
            yield return mutation;
        yield return Made("index", $"create index on {t.Name} ({s.Column}, id)");
        yield return Made("column", $"alter table {t.Name} add column later text");
        yield return Made("view of the reader", $"create view {Own("fine")} with (security_invoker = true) as select * from {t.Name}; "
            + $"grant select on {Own("fine")} to {app}");
        yield return Made("policy that narrows", $"create policy narrow on {t.Name} as restrictive for delete using ({s.Mine})");
        if (!t.Parted)
            yield return Made("new name", $"alter table {t.Name} rename to {new Ident("renamed " + t.Name.Name)}");
    }

    static IEnumerable<Mutation> OnPolicies(Schema s, Table t, Func<string, string, string[], Mutation> made)
    {
        var unset = $"(select current_setting('{s.Context}', true)) is null or {s.Mine}";
        switch (t.Guard)
        {
            case Guarding.Floor:
                yield return made("floor gone", $"drop policy floor on {t.Name}", ["TEN-B18"]);
                yield return made("open without a tenant", $"alter policy floor on {t.Name} using ({unset})", ["TEN-B05"]);
                yield return made("another base", $"create policy more on {t.Name} for select to {s.Holder} using (true)", []);
                break;
            case Guarding.One:
                yield return made("policy that widens", $"create policy wide on {t.Name} for select to {s.Holder} using (true)",
                    ["TEN-B18"]);
                yield return made("open without a tenant", $"alter policy own on {t.Name} using ({unset})", ["TEN-B05"]);
                yield return made("or true", $"alter policy own on {t.Name} using ({s.Mine} or true)", ["TEN-B18"]);
                break;
            default:
                yield return made("check of nothing", $"alter policy ins on {t.Name} with check (true)", ["TEN-B20"]);
                yield return made("a tenant by name", $"alter policy sel on {t.Name} using ({s.Mine} or {s.Column} = {s.Tenant(2)})",
                    ["TEN-B14"]);
                break;
        }
        if (!s.ByFunction)
        {
            var each = $"{s.Column} = {s.Value}";
            yield return made("asked for each row", t.Guard == Guarding.Each
                ? $"alter policy sel on {t.Name} using ({each})"
                : $"alter policy {(t.Guard == Guarding.Floor ? "floor" : "own")} on {t.Name} using ({each}) with check ({each})",
                ["TEN-F08"]);
        }
        if (s.Type == "text" && t.Guard == Guarding.One)
            yield return made("like", $"alter policy own on {t.Name} using ({s.Column} like (select {s.Value}))", ["TEN-B21"]);
    }

    static string[] Policies(Table t) => t.Guard switch
    {
        Guarding.Floor => ["base", "floor"], Guarding.One => ["own"], _ => ["sel", "ins", "upd", "del"],
    };

    static IEnumerable<Mutation> OnWhole(Schema s, Ident database, int major)
    {
        yield return new("member of the owner", $"grant {s.Owner} to {s.App}", ["TEN-A02"], null, $"revoke {s.Owner} from {s.App}");
        yield return new("exempt", $"alter role {s.App} bypassrls", ["TEN-A04"], null, $"alter role {s.App} nobypassrls");
        var exempt = new Ident(s.Owner.Name + " exempt");
        yield return new("can become exempt", $"create role {exempt} nologin bypassrls; grant {exempt} to {s.App}", ["TEN-A05"], null,
            $"drop role {exempt}");
        yield return new("temporary tables", $"grant temporary on database {database} to public", ["TEN-E07"]);
        yield return new("a tenant from the start", $"alter role {s.App} in database {database} set {s.Context} = "
            + $"'{s.Tenant(1).Trim('\'')}'", ["TEN-E13"]);
        yield return new("public open", "grant create on schema public to public", ["SEC-08"]);
        yield return new("born open", $"alter default privileges for role {s.Owner} grant select on tables to public", ["SEC-05"]);
        // Before 16 it makes itself a member of every role, and so of one above the policies.
        yield return new("makes roles", $"alter role {s.App} createrole", [major < 16 ? "TEN-A05" : "SEC-03"], null,
            $"alter role {s.App} nocreaterole");
        yield return new("another schema", "create schema beside; create table beside.facts (id int primary key, tag text); "
            + $"grant usage on schema beside to {s.App}; grant select on beside.facts to {s.App}", []);
        yield return new("function of the reader", $"create function {s.In("add")}(a int, b int) returns int language sql immutable "
            + $"set search_path = pg_catalog, pg_temp as 'select a + b'; grant execute on function {s.In("add")}(int, int) to {s.App}", []);
        yield return new("types and comments", $"create type {s.In("mood")} as enum ('sad', 'ok'); "
            + $"comment on table {s.Tables[0].Name} is 'what is bought'", []);
    }
}
