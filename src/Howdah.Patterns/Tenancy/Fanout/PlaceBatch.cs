using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>The statements of one migration in one place: one round trip, one transaction. Pure.</summary>
static class PlaceBatch
{
    /// <summary>SQLSTATE: the tenant is not here any more, or another run was faster.</summary>
    internal const string Changed = "HW006";

    /// <summary>SQLSTATE: somebody holds the tenant's lock.</summary>
    internal const string Locked = "HW007";

    internal static IEnumerable<Sql> Of(TenancySpec spec, TenantPlace place, string version, PlaceScript script,
        IReadOnlyDictionary<QName, IReadOnlyList<string>> privileges)
    {
        yield return Sql.Of($"select pg_catalog.set_config('lock_timeout', '200ms', true), "
            + $"pg_catalog.set_config('statement_timeout', '0', true)");
        yield return Guard(place, version);
        if (script.HasWork)
        {
            yield return Settings(spec, place);
            // EXECUTE refuses COMMIT and ROLLBACK: nothing ends the transaction that holds the record, too.
            yield return Sql.Of($"do {new DollarQuoted(Sql.Of($"""
                begin execute {new DollarQuoted("\n" + script.In(place.Place).TrimEnd() + "\n")}; end
                """).ToString())}");
            foreach (var table in script.Made)
            {
                foreach (var statement in Finish(spec, place, table, privileges.GetValueOrDefault(table) ?? []))
                    yield return statement;
            }
            yield return Sql.Of($"select pg_catalog.set_config('role', 'none', true), pg_catalog.set_config('search_path', '', true)");
        }
        yield return PlaceVersions.Record(place.Place, script.Migration);
    }

    /// <summary>What holds while a migration runs in a place: its owner's role, its own tables first.</summary>
    static Sql Settings(TenancySpec spec, TenantPlace place)
    {
        var path = place.IsSchema ? $"{new Ident(place.Place)}, {new Ident(spec.Wanted.Tables[0].Schema)}" : "";
        return Sql.Of($"select pg_catalog.set_config('search_path', {new Literal(path)}, true), "
            + $"pg_catalog.set_config('role', {new Literal(spec.Owner)}, true)");
    }

    // A schema's tenant is locked in this very transaction; a database's by its worker, at home.
    static Sql Guard(TenantPlace place, string version)
    {
        var seen = Sql.Of($"(select coalesce(max(version collate {new Ident("C")}), '') "
            + $"from howdah.tenant_versions where place = {new Literal(place.Place)})");
        var here = place.IsSchema ? Sql.Of($"""
            if not pg_catalog.pg_try_advisory_xact_lock({TenantLock.Key(place.Tenant)}) then
              raise exception using errcode = 'HW007', message = 'the tenant is being moved';
            end if;
            if not exists (select from howdah.tenants where id = {new Literal(place.Tenant.ToString())} and place = {new Literal(
                place.Place)}) then
              raise exception using errcode = 'HW006', message = 'the tenant is not here any more';
            end if;
            """) : null;
        return Sql.Of($"do {new DollarQuoted(Sql.Of($"""

            begin
            {here}
              if {seen} <> {new Literal(version)} then
                raise exception using errcode = 'HW006', message = 'another run was faster';
              end if;
            end

            """).ToString())}");
    }

    // A new table becomes the tenant's as all of its tables are: nothing foreign can stand in it, and its role may do what applications
    // may.
    static IEnumerable<Sql> Finish(TenancySpec spec, TenantPlace place, QName table, IReadOnlyList<string> privileges)
    {
        var here = place.IsSchema ? table with { Schema = place.Place } : table;
        var (column, id) = (new Ident(spec.Wanted.Column), new Literal(place.Tenant.ToString()));
        yield return Sql.Of($"alter table {here} alter column {column} set default {id}, "
            + $"add constraint howdah_tenant_only check ({column} = {id})");
        if (privileges.Count == 0)
            yield break;
        yield return Sql.Of($"grant {Sql.List(privileges.Select(static each => new Words(each)))} on {here} to {new Ident(place.Place)}");
        if (privileges.Contains("INSERT"))
            yield return Sql.Of($"do {new DollarQuoted(Sql.Of($"""

                declare
                  own pg_catalog.regclass;
                begin
                  for own in
                    select d.objid from pg_catalog.pg_depend d join pg_catalog.pg_class c on c.oid = d.objid and c.relkind = 'S'
                    where d.refobjid = {new Literal(here.ToString())}::pg_catalog.regclass and d.deptype = 'a' order by 1
                  loop
                    execute pg_catalog.format('grant usage on sequence %s to %I', own, {new Literal(place.Place)});
                  end loop;
                end

                """).ToString())}");
    }
}
