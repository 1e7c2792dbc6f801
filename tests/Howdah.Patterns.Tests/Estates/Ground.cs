using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>A thing that a migration makes and that privileges can be on.</summary>
/// <param name="Key">Where it stands under <c>on</c>: <c>tables</c>, <c>functions</c> …</param>
/// <param name="Name">Its name.</param>
/// <param name="Create">What makes it, with <c>@</c> for its name and <c>%</c> for its schema.</param>
/// <param name="Args">The input types of a function; null for everything else.</param>
sealed record Thing(string Key, QName Name, string Create, string? Args = null)
{
    /// <summary>As the file names it.</summary>
    internal string Text => Name.Plain + (Args is null ? "" : $"({Args})");

    /// <summary>As GRANT names it after ON.</summary>
    internal string Sql =>
        $"{Key[..^1].Replace("function", "routine", StringComparison.Ordinal)} {Name}{(Args is null ? "" : $"({Args})")}";

    /// <summary>The statement that makes it.</summary>
    internal string Statement =>
        Create.Replace("@", Name.ToString(), StringComparison.Ordinal)
            .Replace("%", new Ident(Name.Schema).ToString(), StringComparison.Ordinal);
}

/// <summary>What stays the same while an estate's file and its databases change.</summary>
/// <param name="Databases">The databases.</param>
/// <param name="Things">What their migrations make, in order.</param>
sealed record Ground(IReadOnlyList<string> Databases, IReadOnlyList<Thing> Things)
{
    internal const string Owner = "own";
    internal const string Orders = "orders";
    internal static readonly string[] Schemas = ["app", "S p\"x"];
    internal static readonly string[] AllSchemas = [.. Schemas, "plain"];
    internal static readonly string[] AllDatabases = ["shop", "da\"t a"];
    internal static readonly string[] Extensions = ["citext", "hstore", "pg_trgm"];

    static readonly (string Key, string Name, string? Args, string Create)[] Kinds =
    [
        ("tables", Orders, null, "create table @ (tenant_id uuid not null, id integer, \"wh\"\"at\" text, primary key (tenant_id, id))"),
        ("tables", "T.\"2", null, "create table @ (id integer, \"wh\"\"at\" text)"),
        ("tables", "seen", null, "create view @ as select id, \"wh\"\"at\" from %.orders"),
        ("tables", "kept", null, "create materialized view @ as select 1 as id, 'x'::text as \"wh\"\"at\""),
        ("sequences", "Númb ers", null, "create sequence @"),
        ("functions", "f", "integer", "create function @(integer) returns integer language sql return 1"),
        ("functions", "f", "text, integer[]", "create function @(text, integer[]) returns integer language sql return 1"),
        ("functions", "do\"it", "", "create procedure @() language sql as 'select 1'"),
        ("functions", "most", "integer", "create aggregate @(integer) (sfunc = pg_catalog.int4larger, stype = integer)"),
        ("types", "mood", null, "create type @ as enum ('a')"),
        ("types", "D d", null, "create domain @ as integer"),
        ("types", "pair", null, "create type @ as (a integer)"),
        ("types", "span", null, "create type @ as range (subtype = integer)"),
    ];

    // The first thing of a schema is there in every ground: the tenants' table.
    internal static IReadOnlyList<Thing> AllThings { get; } =
    [
        .. from schema in Schemas
           from each in Kinds
           select new Thing(each.Key, new(schema, each.Name), each.Create, each.Args),
    ];
}
