using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Leaves;

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

          with made as (
            insert into howdah.tenants (name) values (tenant) on conflict (name) do nothing returning id, name
          ), told as (
            insert into howdah.tenant_events (tenant, name, action) select id, name, 'create' from made
          )
          select id from made union all select id from howdah.tenants where name = tenant limit 1;

        """;

    // The same where each tenant has leaves of its own.
    const string RegisterLeaves =
        """

        declare
          made uuid;
        begin
          insert into howdah.tenants (name) values (tenant) on conflict (name) do nothing returning id into made;
          if made is null then
            return (select id from howdah.tenants where name = tenant);
          end if;
          insert into howdah.tenant_events (tenant, name, action) values (made, register_tenant.tenant, 'create');
          perform howdah.make_leaves(made);
          return made;
        end

        """;

    /// <summary>The functions as they should be, the fence among them.</summary>
    internal static IReadOnlyList<Part> For(TenancySpec spec, IReadOnlyList<Guid> closed, bool grouped = false)
    {
        var list = Fence.List(closed);
        return
        [
            new("lift_floor", "", "pg_catalog.regclass[]", "plpgsql", Lift) { Grantees = [spec.Owner] },
            new("restore_floor", "lifted pg_catalog.regclass[]", "void", "plpgsql", Restore) { Grantees = [spec.Owner] },
            .. LeafFunctions.For(spec),
            PlaceBatch.Function(spec),
            new("register_tenant", "tenant text", "uuid", spec.Wanted.Partitioned ? "plpgsql" : "sql",
                spec.Wanted.Partitioned ? RegisterLeaves : Register)
            { Definer = true, Grantees = [spec.Owner] },
            new("refuse_tenant", "", "uuid", "plpgsql", Fence.Refuse) { Volatility = "stable", Parallel = "safe", Grantees = ["public"] },
            .. closed.Count > Fence.Inline(spec) ? (Part[])[UnlessClosed(spec, list)] : [],
            .. spec.Wanted.Signed ? (Part[])[Verified(spec, grouped)] : [],
            CurrentTenant(spec, closed.Count, list),
            Locate("locate", "uuid", "t.id = tenant", spec, grouped),
            Locate("locate_name", "text", "t.name = tenant", spec, grouped),
            new("guard", "", "event_trigger", "plpgsql", Guard(spec)),
        ];
    }

    /// <summary>The functions that a login may call: those that a floor calls, and, for the application's, those that look a tenant up.
    /// </summary>
    internal static string[] Open(bool caller) =>
        ["current_tenant", "unless_closed", "refuse_tenant", .. caller ? (string[])["locate", "locate_name", "verified_tenant"] : []];

    // No SET and no SECURITY DEFINER: only so does the planner put the body in place of the call.
    internal static Part CurrentTenant(TenancySpec spec, int closed, string list) =>
        new("current_tenant", "", spec.Wanted.Type, "sql", Fence.Body(spec, closed, list))
        { Volatility = "stable", Parallel = spec.Wanted.Signed ? "restricted" : "safe", Pinned = false, Grantees = ["public"] };

    // Runs as the tables' owner, who may read the key; which backend asks is known to the leader of a parallel query only.
    static Part Verified(TenancySpec spec, bool grouped) => new("verified_tenant", "", "uuid", "plpgsql", Fence.Verify(spec))
    { Definer = true, Owned = true, Volatility = "stable", Parallel = "restricted", Grantees = spec.Callers(grouped) };

    internal static Part UnlessClosed(TenancySpec spec, string list) => new("unless_closed", "tenant uuid", "uuid", "plpgsql",
        Fence.Lookup(spec, list))
    { Volatility = "stable", Parallel = "safe", Grantees = ["public"] };

    // Runs as the tables' owner, who may read the registry and is nobody's login: a function that applications call must not run as the
    // role that applies, which may be a superuser.
    static Part Locate(string name, string type, string which, TenancySpec spec, bool grouped) =>
        new(name, $"tenant {type}", "table (id uuid, state text, model text, server text, database text, place text, role text, "
            + "epoch bigint)", "sql",
            $"""

              select t.id, t.state, t.model, t.server,
                     case when t.model = 'databases' then t.place else pg_catalog.current_database()::text end, t.place,
                     coalesce(t.place, {new Literal(spec.Wanted.Roles[0])}), t.epoch
              from howdah.tenants t where {which};

            """)
        { Definer = true, Owned = true, Volatility = "stable", Grantees = spec.Callers(grouped) };

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
    /// <param name="Body">Its body.</param>
    internal sealed record Part(string Name, string Arguments, string Returns, string Language, string Body)
    {
        /// <summary>Whether it runs with its owner's rights.</summary>
        internal bool Definer { get; init; }

        /// <summary>Whether the tables' owner owns it, not the role that applies.</summary>
        internal bool Owned { get; init; }

        /// <summary><c>volatile</c> or <c>stable</c>.</summary>
        internal string Volatility { get; init; } = "volatile";

        /// <summary><c>unsafe</c>, <c>restricted</c> or <c>safe</c>.</summary>
        internal string Parallel { get; init; } = "unsafe";

        /// <summary>Whether its search_path is pinned.</summary>
        internal bool Pinned { get; init; } = true;

        /// <summary>Who may call it, other than its owner; nobody where the server does.</summary>
        internal IReadOnlyList<string> Grantees { get; init; } = [];

        /// <summary>The key among the facts.</summary>
        internal string Key => $"function {Name}({Arguments.Replace("pg_catalog.", "", StringComparison.Ordinal)})";

        /// <summary>What the catalogs say of it when it is unchanged.</summary>
        /// <param name="apart">Whether the role that applies is another one than the owner.</param>
        internal string Expected(bool apart) => string.Join(' ', ((string?[])[Language, Definer ? "definer" : "invoker",
            Volatility == "volatile" ? null : Volatility, Parallel == "unsafe" ? null : Parallel, Owned && apart ? "owned" : null,
            Pinned ? "{\"search_path=pg_catalog, pg_temp\"}" : null, Body]).Where(static part => part is not null));

        internal Sql Create => Sql.Of($"""
            create or replace function {new QName("howdah", Name)}({Sql.Written(Arguments)}) returns {Sql.Written(Returns)}
            language {new Words(Language)} {new Words(Volatility)} parallel {new Words(Parallel)} security {new Words(Definer ? "definer"
            : "invoker")} {(Pinned ? Sql.Of($"set search_path = pg_catalog, pg_temp") : null)}
            as {new DollarQuoted(Body)}
            """);

        internal Sql Address => Sql.Of($"{new QName("howdah", Name)}({Sql.Written(Arguments)})");
    }
}
