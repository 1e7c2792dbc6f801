using System.Security.Cryptography;
using System.Text;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Blueprint;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>The statements that make a place of a tenant's own. Pure.</summary>
static class PlaceScript
{
    /// <summary>The constraint by which nothing foreign can stand in a place.</summary>
    internal const string Only = "howdah_tenant_only";

    /// <summary>The lock under which the role that all tenants' roles are members of is made: "HOWG".</summary>
    const int Lock = 0x484F5747;

    /// <summary>Makes the tenant's role.</summary>
    internal static Sql Role(string place, string verifier, string? group, bool open) => Sql.Of(
        $"create role {new Ident(place)} {new Words(open ? "login" : "nologin")} password {new Literal(verifier)}{(group is null ? null
            : Sql.Of($" in role {new Ident(group)}"))}");

    /// <summary>The role that holds what all tenants with a schema may do at home: shared tables, functions, asking where they live.
    /// Its comment tells which grants it has, so that making a tenant changes no catalog row that another tenant's making
    /// changes.</summary>
    internal static Sql Group(TenancySpec spec, Structure structure)
    {
        var group = new Ident(spec.Group);
        Sql[] grants =
        [
            Sql.Of($"grant connect on database {new Ident(spec.Database)} to {group}"),
            Sql.Of($"grant usage on schema howdah to {group}"),
            Sql.Of($"grant execute on function howdah.locate(uuid), howdah.locate_name(text) to {group}"),
            .. spec.Wanted.Signed ? (Sql[])[Sql.Of($"grant execute on function howdah.verified_tenant() to {group}")] : [],
            .. structure.AroundGrants.Select(grant => Sql.Of($"{grant} {group}")),
        ];
        var no = Sql.Of($"{new Literal("{}")}");
        var told = $"Howdah: tenants of {spec.Database}, grants {Hash(grants)}";
        return Sql.Of($"do {new DollarQuoted(Sql.Of($"""

            begin
              if pg_catalog.shobj_description(pg_catalog.to_regrole({new Literal(group.ToString())}), 'pg_authid')
                  is not distinct from {new Literal(told)} then
                return;
              end if;
              perform pg_catalog.pg_advisory_xact_lock({Lock}, 0);
              if pg_catalog.to_regrole({new Literal(group.ToString())}) is null then
                create role {group} nologin;
              elsif not exists (select from howdah.owned where objid = pg_catalog.to_regrole({new Literal(group.ToString())})
                  and classid = 'pg_catalog.pg_authid'::pg_catalog.regclass) then
                raise exception 'there is a role {group} that Howdah did not make: rename it, and try again';
              end if;
              insert into howdah.owned (identity, classid, objid, object_names, object_args, step)
              values ({new Literal($"role {group}")}, 'pg_catalog.pg_authid'::pg_catalog.regclass,
                      pg_catalog.to_regrole({new Literal(group.ToString())}), array[{new Literal(group.Name)}], {no}, 'tenancy/group')
              on conflict (identity) do nothing;
              {Sql.Join(";\n  ", grants)};
              comment on role {group} is {new Literal(told)};
            end

            """).ToString())}");
    }

    /// <summary>Makes the tables in a schema; in one transaction.</summary>
    internal static IEnumerable<Sql> Schema(TenancySpec spec, Structure structure, Guid tenant, string place)
    {
        var home = Structure.TenantSchemas(spec)[0];
        var (role, schema) = (new Ident(place), new Ident(place));
        yield return Sql.Of($"alter role {role} in database {new Ident(spec.Database)} set search_path = {schema}, {new Ident(home)}");
        yield return Sql.Of($"set local role {new Ident(spec.Owner)}");
        yield return Sql.Of($"create schema {schema}");
        yield return Sql.Of($"set local search_path = {schema}, {new Ident(home)}");
        foreach (var statement in structure.Statements)
            yield return statement;
        foreach (var statement in Bind(spec, tenant, table => new(place, table.Name)))
            yield return statement;
        yield return Sql.Of($"grant usage on schema {schema} to {role}");
        foreach (var grant in structure.Grants)
            yield return Sql.Of($"{grant} {role}");
        yield return Sql.Of($"reset role");
        yield return Sql.Of($"reset search_path");
    }

    /// <summary>Makes the tables in a template database, which is nobody's yet.</summary>
    internal static IEnumerable<Sql> Template(TenancySpec spec, Structure structure)
    {
        yield return Sql.Of($"set local search_path = ''");
        yield return Sql.Of($"revoke all on schema public from public");
        foreach (var schema in Structure.Schemas(spec))
            yield return Sql.Of($"create schema if not exists {new Ident(schema)} authorization {new Ident(spec.Owner)}");
        foreach (var statement in structure.Around.Where(static each => each.ToString().StartsWith("create extension",
            StringComparison.Ordinal)))
            yield return statement;
        yield return Sql.Of($"set local role {new Ident(spec.Owner)}");
        yield return Sql.Of($"set local check_function_bodies = off");
        foreach (var statement in structure.Around.Where(static each => !each.ToString().StartsWith("create extension",
            StringComparison.Ordinal)))
            yield return statement;
        foreach (var statement in structure.Shared.Concat(structure.Statements))
            yield return statement;
        foreach (var statement in structure.AroundLate)
            yield return statement;
        yield return Sql.Of($"reset role");
    }

    /// <summary>Binds a copy of the template to a tenant and lets its role in.</summary>
    internal static IEnumerable<Sql> Database(TenancySpec spec, Structure structure, Guid tenant, string place)
    {
        yield return Sql.Of($"set local role {new Ident(spec.Owner)}");
        yield return Sql.Of($"set local search_path = ''");
        yield return Empty(spec);
        foreach (var statement in Bind(spec, tenant, static table => table))
            yield return statement;
        foreach (var grant in structure.AroundGrants.Concat(structure.Grants))
            yield return Sql.Of($"{grant} {new Ident(place)}");
        yield return Sql.Of($"reset role");
    }

    // What stands in a database before it is a tenant's would be somebody else's.
    static Sql Empty(TenancySpec spec) => Sql.Of($"do {new DollarQuoted(Sql.Of($"""

        begin
          if {Sql.Join("\n    or ", spec.Wanted.Tables.Concat(spec.Wanted.Shared).Select(static table =>
              Sql.Of($"exists (select from {table})")))} then
            raise exception 'the new database holds rows already: call create again, which makes another';
          end if;
        end

        """).ToString())}");

    static IEnumerable<Sql> Bind(TenancySpec spec, Guid tenant, Func<QName, QName> place)
    {
        var column = new Ident(spec.Wanted.Column);
        foreach (var table in spec.Wanted.Tables.Select(place))
            yield return Sql.Of($"alter table {table} alter column {column} set default {new Literal(tenant.ToString())}, "
                + $"add constraint {new Ident(Only)} check ({column} = {new Literal(tenant.ToString())})");
    }

    internal static string Hash(IEnumerable<Sql> statements) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Join('\n', statements))))[..16];
}
