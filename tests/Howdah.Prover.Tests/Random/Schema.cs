using System.Globalization;
using System.Text;
using Howdah.Engine.Planning;

namespace Howdah.Prover.Tests.Random;

/// <summary>How policies keep tenants apart; each is well made.</summary>
enum Guarding
{
    /// <summary>A base that opens and a restrictive floor that closes.</summary>
    Floor,
    /// <summary>One permissive policy for everything.</summary>
    One,
    /// <summary>A permissive policy for each command.</summary>
    Each,
}

/// <summary>A table of tenants' rows.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Random">Whether its key is a random uuid, else a number beside the tenant.</param>
/// <param name="Parent">The table that its foreign key points at; null where it has none.</param>
/// <param name="Parted">Whether it is partitioned by tenant.</param>
/// <param name="Guard">How its policies are written.</param>
/// <param name="Extras">Columns besides key, tenant and parent.</param>
sealed record Table(QName Name, bool Random, Table? Parent, bool Parted, Guarding Guard, IReadOnlyList<string> Extras)
{
    internal QName Part(int tenant) => new(Name.Schema, $"{Name.Name} {tenant}");
}

/// <summary>A database as a careful team would make it, of any shape.</summary>
sealed class Schema
{
    static readonly string[] Columns = ["tenant_id", "org_id", "workspace_id", "account_id"];
    static readonly string[] Types = ["uuid", "integer", "bigint", "text"];
    static readonly string[] Names = ["orders", "Line Items", "user", "fées", "t\"q", "notes_2", "a.b", "select"];
    static readonly string[] ExtraColumns =
    [
        "note text", "total numeric(12,2) not null default 0 check (total >= 0)", "tags text[]", "due date",
        "\"At\" timestamptz not null default now()", "data jsonb not null default '{}'", "flag boolean not null default false",
        "size integer generated always as (3) stored",
    ];

    internal Schema(Dice dice, string prefix)
    {
        Owner = new($"{prefix}owner");
        Place = dice.One(["app", "Shop Floor", "public2", "étage"]);
        Column = new(dice.One(Columns));
        Type = dice.One(Types);
        Context = dice.One(["app.tenant_id", "my.org", "x.current_tenant"]);
        ByFunction = dice.Once(3);
        var tables = new List<Table>();
        foreach (var name in dice.Some(Names, 2 + dice.Below(3)))
        {
            var parted = dice.Once(5);
            var parent = tables.Count > 0 && dice.Once(2) ? dice.One(tables) : null;
            tables.Add(new(new(Place, name), !parted && dice.Once(3), parent, parted, (Guarding)dice.Below(3),
                dice.Some(ExtraColumns, dice.Below(4))));
        }
        Tables = tables;
        App = new($"{prefix}app");
        Report = dice.Once(2) ? new Ident($"{prefix}report") : null;
        Group = dice.Once(3) ? new Ident($"{prefix}group") : null;
        Registry = dice.Once(2);
        View = dice.Once(2);
        Shared = dice.Once(2);
        Call = dice.Once(3);
        Rows = 1 + dice.Below(12);
    }

    internal Ident Owner { get; }
    internal string Place { get; }
    internal Ident Column { get; }
    internal string Type { get; }
    internal string Context { get; }
    internal bool ByFunction { get; }
    internal IReadOnlyList<Table> Tables { get; }
    internal Ident App { get; }
    internal Ident? Report { get; }
    internal Ident? Group { get; }
    internal bool Registry { get; }
    internal bool View { get; }
    internal bool Shared { get; }
    internal bool Call { get; }
    internal int Rows { get; }

    /// <summary>Who holds the application's rights: itself, or a group it is in.</summary>
    internal Ident Holder => Group ?? App;

    internal IEnumerable<Ident> Readers => Report is { } report ? [Holder, report] : [Holder];

    internal IEnumerable<Ident> Logins => Report is { } report ? [App, report] : [App];

    internal QName In(string name) => new(Place, name);

    internal string Tenant(int n) => Type switch
    {
        "uuid" => $"'{n}{n}{n}{n}{n}{n}{n}{n}-1111-4111-8111-111111111111'", "text" => $"'tenant-{n}'",
        _ => (100 + n).ToString(CultureInfo.InvariantCulture),
    };

    internal string Value => Type == "text" ? $"nullif(current_setting('{Context}', true), '')"
        : $"nullif(current_setting('{Context}', true), '')::{Type}";

    /// <summary>What a row must fulfill to be the tenant's.</summary>
    internal string Mine => $"{Column} = (select {(ByFunction ? $"{In("current_tenant")}()" : Value)})";

    internal string Cluster => string.Join('\n', Logins.Select(static login => $"create role {login} login;"))
        + $"\ncreate role {Owner} nologin;" + (Group is { } group ? $"\ncreate role {group} nologin; grant {group} to {App};" : "");

    internal string Undo => string.Join('\n', Logins.Append(Owner).Concat(Group is { } group ? [group] : [])
        .Select(static role => $"drop role {role};"));

    /// <summary>The database.</summary>
    internal string Sql()
    {
        var sql = new StringBuilder($"""
            revoke all on schema public from public;
            create schema {new Ident(Place)} authorization {Owner};
            alter default privileges revoke execute on functions from public;
            alter default privileges for role {Owner} revoke execute on functions from public;
            set role {Owner};
            grant usage on schema {new Ident(Place)} to {List(Readers)};

            """);
        if (ByFunction)
            sql.Append($"create function {In("current_tenant")}() returns {Type} language sql stable\n"
                + $"  set search_path = pg_catalog, pg_temp as $$ select {Value} $$;\n"
                + $"grant execute on function {In("current_tenant")}() to {List(Readers)};\n");
        if (Registry)
            sql.Append($"create table {In("registry")} (id {Type} primary key, label text not null);\n"
                + $"insert into {In("registry")} select * from (values ({Tenant(1)}::{Type}, 'one'), ({Tenant(2)}::{Type}, 'two')) v;\n");
        if (Shared)
            sql.Append($"create table {In("countries")} (code char(2) primary key, name text not null);\n"
                + $"insert into {In("countries")} values ('FR', 'France');\ngrant select on {In("countries")} to {List(Readers)};\n");
        foreach (var table in Tables)
            Make(sql, table);
        if (View)
            sql.Append($"create view {In("seen")} with (security_invoker = true) as select * from {Tables[0].Name};\n"
                + $"grant select on {In("seen")} to {List(Readers)};\n");
        if (Call)
            sql.Append($"create function {In("count_all")}() returns bigint language sql stable set search_path = pg_catalog, pg_temp\n"
                + $"  as $$ select count(*) from {Tables[0].Name} $$;\ngrant execute on function {In("count_all")}() to {Holder};\n");
        return sql.Append("reset role;\n").ToString();
    }

    internal string After(string database) =>
        $"revoke all on database {new Ident(database)} from public; grant connect on database {new Ident(database)} to {List(Logins)};";

    void Make(StringBuilder sql, Table table)
    {
        var columns = new List<string>
        {
            $"{Column} {Type} not null" + (Registry ? $" references {In("registry")} (id)" : ""),
            table.Random ? "id uuid not null default gen_random_uuid()" : "id bigint generated by default as identity",
        };
        if (table.Parent is { } parent)
            columns.Add($"parent_id {(parent.Random ? "uuid" : "bigint")}");
        columns.AddRange(table.Extras);
        columns.Add(table.Random ? "primary key (id)" : $"primary key ({Column}, id)");
        if (table.Random)
            columns.Add($"unique ({Column}, id)");
        if (table.Parent is { } points)
            columns.Add($"foreign key ({Column}, parent_id) references {points.Name} ({Column}, id)");
        sql.Append($"create table {table.Name} (\n  {string.Join(",\n  ", columns)}\n)"
            + (table.Parted ? $" partition by list ({Column});\n" : ";\n"));
        for (var n = 1; table.Parted && n < 3; n++)
            sql.Append($"create table {table.Part(n)} partition of {table.Name} for values in ({Tenant(n)});\n");
        for (var n = 1; n < 3; n++)
            sql.Append($"insert into {table.Name} ({Column}) select {Tenant(n)} from generate_series(1, {Rows});\n");
        foreach (var each in table.Parted ? [table.Name, table.Part(1), table.Part(2)] : (QName[])[table.Name])
            sql.Append($"alter table {each} enable row level security;\nalter table {each} force row level security;\n"
                + Policies(table, each));
        sql.Append($"grant select, insert, update, delete on {table.Name} to {Holder};\n");
        if (!table.Random)
            sql.Append($"grant usage on sequence {Sequence(table)} to {Holder};\n");
        if (Report is { } report)
            sql.Append($"grant select on {table.Name} to {report};\n");
    }

    // A floor holds for whoever is granted something later; a permissive policy names whom it lets in.
    string Policies(Table table, QName on) => table.Guard switch
    {
        Guarding.Floor => $"create policy base on {on} to {List(Readers)} using (true) with check (true);\n"
            + $"create policy floor on {on} as restrictive using ({Mine}) with check ({Mine});\n",
        Guarding.One => $"create policy own on {on} to {List(Readers)} using ({Mine}) with check ({Mine});\n",
        _ => $"create policy sel on {on} for select to {List(Readers)} using ({Mine});\n"
            + $"create policy ins on {on} for insert to {Holder} with check ({Mine});\n"
            + $"create policy upd on {on} for update to {Holder} using ({Mine}) with check ({Mine});\n"
            + $"create policy del on {on} for delete to {Holder} using ({Mine});\n",
    };

    internal static QName Sequence(Table table) => new(table.Name.Schema, $"{table.Name.Name}_id_seq");

    static string List(IEnumerable<Ident> names) => string.Join(", ", names);
}
