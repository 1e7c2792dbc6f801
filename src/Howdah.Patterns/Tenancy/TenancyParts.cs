using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy;

/// <summary>Tenancy's own functions in schema howdah: their text, and the text by which the catalogs show that they are
/// unchanged.</summary>
static class TenancyParts
{
    const string Lift =
        """

        declare
          t regclass;
          lifted regclass[] := '{}';
        begin
          -- Only in the transaction that calls it, only on tables of the caller:
          -- ALTER TABLE is both undone by a rollback and unseen by others.
          for t in select c.oid from pg_class c
                   where c.relforcerowsecurity and c.relkind in ('r', 'p')
                     and c.relowner = (select oid from pg_roles where rolname = current_user)
                   order by c.oid
          loop
            execute format('alter table %s no force row level security', t);
            lifted := lifted || t;
          end loop;
          return lifted;
        end

        """;

    const string Restore =
        """

        declare
          t regclass;
        begin
          foreach t in array lifted loop
            if exists (select from pg_class where oid = t) then
              execute format('alter table %s force row level security', t);
            end if;
          end loop;
        end

        """;

    const string Register =
        """

          insert into howdah.tenants (name) values (tenant) on conflict (name) do nothing;
          select id from howdah.tenants where name = tenant;

        """;

    internal static IReadOnlyList<Part> For(TenancySpec spec) =>
    [
        new("lift_floor", "", "pg_catalog.regclass[]", "plpgsql", false, Lift),
        new("restore_floor", "lifted pg_catalog.regclass[]", "void", "plpgsql", false, Restore, "regclass[]"),
        new("register_tenant", "tenant text", "uuid", "sql", true, Register, "text"),
        new("guard", "", "event_trigger", "plpgsql", false, Guard(spec)),
    ];

    // Deny by default: enabled without a policy, a new table answers nobody but its owner, whom no login can become. Not forced yet, so
    // that the
    // migration that makes it can also fill it; the next apply lays the floor.
    static string Guard(TenancySpec spec)
    {
        var schemas = Sql.Join(", ", spec.Wanted.Tables.Select(table => table.Schema).Distinct().Order(StringComparer.Ordinal)
            .Select(schema => Sql.Of($"{new Literal(schema)}")));
        var shared = Sql.Join(", ", spec.Wanted.Shared.Order(QName.Ordinal)
            .Select(table => Sql.Of($"{new Literal($"{table.Schema}.{table.Name}")}")));
        return $"""

            declare
              t record;
            begin
              for t in select c.oid::regclass as name
                       from pg_event_trigger_ddl_commands() d
                       join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid
                       join pg_namespace n on n.oid = c.relnamespace
                       where c.relkind in ('r', 'p') and not c.relrowsecurity
                         and n.nspname::text = any(array[{schemas}]::text[])
                         and n.nspname || '.' || c.relname <> all(array[{shared}]::text[])
              loop
                execute format('alter table %s enable row level security', t.name);
              end loop;
            end

            """;
    }

    /// <summary>One function.</summary>
    /// <param name="Name">Its name in schema howdah.</param>
    /// <param name="Arguments">Its parameters.</param>
    /// <param name="Returns">Its result type.</param>
    /// <param name="Language">Its language.</param>
    /// <param name="Definer">Whether it runs with its owner's rights.</param>
    /// <param name="Body">Its body.</param>
    /// <param name="Types">Its argument types, for its address.</param>
    internal sealed record Part(string Name, string Arguments, string Returns, string Language, bool Definer, string Body,
        params string[] Types)
    {
        /// <summary>The key among the facts.</summary>
        internal string Key => $"function {Name}({Arguments.Replace("pg_catalog.", "", StringComparison.Ordinal)})";

        /// <summary>What the catalogs say of it when it is unchanged.</summary>
        internal string Expected => $"{Language} {(Definer ? "definer" : "invoker")} {{\"search_path=pg_catalog, pg_temp\"}} {Body}";

        /// <summary>Guards are called by the server, the others by the owner of the tables.</summary>
        internal bool Granted => Name != "guard";

        internal Sql Create => Sql.Of($"""
            create or replace function {new QName("howdah", Name)}({Sql.Written(Arguments)}) returns {Sql.Written(Returns)}
            language {new Words(Language)} security {new Words(Definer ? "definer" : "invoker")} set search_path = pg_catalog, pg_temp
            as {new DollarQuoted(Body)}
            """);

        internal Sql Address => Sql.Of($"{new QName("howdah", Name)}({Sql.Written(Arguments)})");
    }
}
