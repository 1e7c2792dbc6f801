using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>One migration in one place: one call, one round trip, one transaction. Pure.</summary>
static class PlaceBatch
{
    /// <summary>SQLSTATE: the tenant is not here any more, or another run was faster.</summary>
    internal const string Changed = "HW006";

    /// <summary>SQLSTATE: somebody holds the tenant's lock.</summary>
    internal const string Locked = "HW007";

    /// <summary>
    /// The function that does it; a function, so that a thousand calls plan what it asks once. EXECUTE refuses COMMIT and ROLLBACK: nothing
    /// ends the transaction that holds the record, too. Its search_path is pinned, so the one it sets ends with it.
    /// </summary>
    internal static TenancyParts.Part Function(TenancySpec spec) => new("migrate_place",
        "in_place text, in_tenant uuid, in_seen text, in_path text, in_script text, in_version text, in_hash text", "void", "plpgsql", $"""

        declare
          said text;
        begin
          said := set_config('lock_timeout', '200ms', true);
          -- A schema's tenant is locked in this very transaction; a database's by its worker, at home.
          if in_tenant is not null then
            if not pg_try_advisory_xact_lock({TenantLock.ClassId}, hashtext(in_tenant::text)) then
              raise exception using errcode = '{Locked}', message = 'the tenant is being moved';
            end if;
            if not exists (select from howdah.tenants t where t.id = in_tenant and t.place = in_place) then
              raise exception using errcode = '{Changed}', message = 'the tenant is not here any more';
            end if;
          end if;
          if (select coalesce(max(v.version collate "C"), '') from howdah.tenant_versions v where v.place = in_place) <> in_seen then
            raise exception using errcode = '{Changed}', message = 'another run was faster';
          end if;
          if in_script <> '' then
            said := set_config('search_path', in_path, true);
            said := set_config('role', {new Literal(spec.Owner)}, true);
            execute in_script;
            said := set_config('role', 'none', true);
          end if;
          insert into howdah.tenant_versions (place, version, hash) values (in_place, in_version, in_hash) on conflict do nothing;
        end

        """);

    /// <summary>Makes the function in a tenant's database.</summary>
    internal static IEnumerable<Sql> Make(TenancySpec spec)
    {
        var function = Function(spec);
        return [function.Create, Sql.Of($"revoke all on function {function.Address} from public")];
    }

    /// <summary>The call and its parameters.</summary>
    internal static (string Text, IReadOnlyList<object> Parameters) Call(TenancySpec spec, TenantPlace place, string version,
        PlacedMigration script, IReadOnlyDictionary<QName, IReadOnlyList<string>> privileges) =>
        ("select howdah.migrate_place($1, $2, $3, $4, $5, $6, $7)",
        [
            place.Place, place.IsSchema ? place.Tenant : DBNull.Value, version,
            place.IsSchema ? $"{new Ident(place.Place)}, {new Ident(spec.Wanted.Tables[0].Schema)}" : "",
            script.HasWork ? Text(spec, place, script, privileges) : "", script.Migration.Name, script.Migration.Checksum,
        ]);

    static string Text(TenancySpec spec, TenantPlace place, PlacedMigration script, IReadOnlyDictionary<QName,
        IReadOnlyList<string>> privileges) =>
        $"\n{script.In(place.Place).TrimEnd()}\n;{string.Concat(script.Made.SelectMany(table => Finish(spec, place, table,
            privileges.GetValueOrDefault(table) ?? [])).Select(static statement => $"\n{statement};"))}";

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
