using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>All tries against one table as one role. Each reaches at most a few rows, whatever the size of the table. Pure.</summary>
static class Arsenal
{
    /// <summary>Tries in a session whose context was never set.</summary>
    internal static IReadOnlyList<Shot> Before(Access access, Stake stake) => access.Reads
        ? [Shot.Count(LiveAttacks.Unset, "read without a tenant", null, Read(access.Table, stake.Foreign))]
        : [];

    /// <summary>Tries with contexts.</summary>
    /// <param name="access">Who may do what.</param>
    /// <param name="stake">The rows.</param>
    /// <param name="contexts">The settings that carry the tenant; none where the role is the tenant.</param>
    internal static IReadOnlyList<Shot> After(Access access, Stake stake, IReadOnlyList<string> contexts)
    {
        var shots = new List<Shot>();
        var table = access.Table;
        var a = stake.ContextA ?? stake.A;
        if (access.Reads)
        {
            shots.Add(Shot.Count(table.Parent == 0 ? LiveAttacks.Own : LiveAttacks.Partition, "read a row of B as A", a,
                Read(table, stake.Foreign)));
            if (contexts.Count > 0)
            {
                shots.Add(Shot.Count(LiveAttacks.Empty, "read with an empty tenant", "", Read(table, stake.Foreign)));
                shots.Add(Shot.Count(LiveAttacks.Wildcard, "read with the tenant %", "%", Read(table, stake.Foreign)));
                shots.Add(Shot.Count(LiveAttacks.Wildcard, "read with the tenant .*", ".*", Read(table, stake.Foreign)));
            }
            shots.Add(new(LiveAttacks.Own, "read with row_security off", a,
                Sql.Of($"set local row_security = off; {Read(table, stake.Foreign)}"),
                Sql.Of($"set local row_security = off; execute {new DollarQuoted(Read(table, stake.Foreign).ToString())} into n;")));
            if (access.Deletes)
                shots.Add(Shot.Change(LiveAttacks.Delete, "delete a row of B as A", a,
                    Sql.Of($"delete from {table.Name} where {stake.Foreign.Where}")));
            if (access.Deletes && stake.Small)
            {
                var all = Sql.Of($"delete from {table.Name}");
                shots.Add(Blind(LiveAttacks.Delete, "delete all rows as A", a, table, all, all));
            }
        }
        shots.AddRange(Locks.Of(access, stake, a));
        shots.AddRange(Upserts.Of(access, stake, Updates(shots, access, stake, a), a));
        Plants(shots, access, stake, a);
        if (access.Reads && stake.Own is { } own)
            Walks(shots, access, stake, own, contexts, a);
        return shots;
    }

    // Tells a column that may be updated; null where none may.
    static Ident? Updates(List<Shot> shots, Access access, Stake stake, string a)
    {
        var (table, tenant) = (access.Table, new Ident(access.Table.TenantColumn.Name));
        var columns = table.Columns.Where(column => access.Update.Contains(column.Number) && !column.Generated
            && !column.Identity).ToList();
        if (columns.Count == 0)
            return null;
        var any = new Ident((columns.FirstOrDefault(column => !column.Unique) ?? columns[0]).Name);
        if (access.Reads)
        {
            shots.Add(Shot.Change(LiveAttacks.Update, "update a row of B as A", a,
                Sql.Of($"update {table.Name} set {any} = {any} where {stake.Foreign.Where}")));
            shots.Add(Shot.Change(LiveAttacks.Update, "merge into a row of B as A", a, Sql.Of($"""
                merge into {table.Name} t using (select 1) s
                on t.tableoid = {new Literal(stake.Foreign.Table)}::pg_catalog.oid and t.ctid = {stake.Foreign.Tid}
                when matched then update set {any} = t.{any}
                """)));
            if (stake.Small && stake.Values.Count > 0)
            {
                // No column is named on the right: then not even the policies for SELECT are asked.
                var blind = Sql.Of($"update {table.Name} set {any} = "
                    + $"{stake.Values[columns.First(column => column.Name == any.Name).Number]}");
                shots.Add(Blind(LiveAttacks.Update, "update all rows as A", a, table, Sql.Of($"update {table.Name} set {any} = …"),
                    blind));
            }
        }
        if (stake.Own is { } own && access.Reads && columns.Exists(column => column.Number == table.TenantColumn.Number))
        {
            var type = Sql.Written(table.TenantColumn.Type);
            var give = Sql.Of($"update {table.Name} set {tenant} = {new Literal(stake.B)}::{type}");
            shots.Add(Shot.Change(LiveAttacks.GiveAway, "give an own row to B", a, Sql.Of($"{give} where {own.Where}"), planted: true));
            var shown = Sql.Of($"{give} where current of …");
            shots.Add(new(LiveAttacks.GiveAway, "give an own row to B through a cursor", a, shown, Sql.Of($"""
                declare mine cursor for select 1 from {table.Name} where {own.Where} for update; begin
                open mine; fetch mine into v;
                if found then {give} where current of mine; get diagnostics n = row_count; end if; end;
                """), Planted: true));
        }
        return any;
    }

    // What is changed without WHERE must be no more than what is seen.
    static Shot Blind(Attack attack, string name, string a, TenantTable table, Sql shown, Sql blind) =>
        new(attack, name, a, shown, Sql.Of($"""
            declare seen pg_catalog.int8; begin
            execute {new DollarQuoted($"select count(*) from {table.Name}")} into seen;
            execute {new DollarQuoted(blind.ToString())}; get diagnostics n = row_count; n := greatest(n - seen, 0); end;
            """));

    static void Plants(List<Shot> shots, Access access, Stake stake, string a)
    {
        if (Row.All(access, stake) is not { } row)
            return;
        var insert = Sql.Of($"insert into {access.Table.Name} ({row.Names})");
        var shown = Sql.Of($"{insert} values (… {new Literal(stake.B)} …)");
        shots.Add(Shot.Change(LiveAttacks.Plant, "plant a row of B as A", a,
            Sql.Of($"{insert} overriding system value values ({row.Values})"), planted: true) with { Statement = shown });
    }

    // Attacks that walk from an own row to a foreign one: they need a context that shows the own row.
    static void Walks(List<Shot> shots, Access access, Stake stake, Place own, IReadOnlyList<string> contexts, string a)
    {
        shots.AddRange(Turns.Of(access, stake, own, a));
        if (contexts.Count == 0)
            return;
        var (table, tenant) = (access.Table, Sql.Of($"{new Ident(access.Table.TenantColumn.Name)}::pg_catalog.text"));
        var both = Sql.Of($"""
            (tableoid = {new Literal(own.Table)}::pg_catalog.oid or tableoid = {new Literal(stake.Foreign.Table)}::pg_catalog.oid)
            and ctid in ({own.Tid}, {stake.Foreign.Tid})
            """);
        var turn = Sql.Join(", ", contexts.Select(name =>
            Sql.Of($"pg_catalog.set_config({new Literal(name)}, {new Literal(stake.TurnB)}, true)")));
        shots.Add(Shot.Count(LiveAttacks.Cursor, "turn to B in the select list", a, Sql.Of($"""
            select count(*) from (select {tenant} as tenant, {turn} from {table.Name} where {both} offset 0) walk
            where tenant = {new Literal(stake.B)}
            """)));
        shots.Add(new(LiveAttacks.Cursor, "turn to B in the middle of a cursor", a,
            Sql.Of($"declare c cursor for select {tenant} from {table.Name}; fetch 1 from c; select {turn}; fetch all from c"), Sql.Of($"""
            open c for execute {new DollarQuoted($"select {tenant} from {table.Name} where {both}")}; fetch c into v;
            {Volley.Contexts(contexts, new(stake.TurnB))}
            n := 0; fetch c into v; if found and v = {new Literal(stake.B)} then n := 1; end if; close c;
            """)));
        var read = Read(table, own);
        shots.Add(new(LiveAttacks.Prepared, "execute as B what was prepared as A", a,
            Sql.Of($"prepare p as {read}; execute p; select {turn}; execute p"), Sql.Of($"""
            begin execute 'deallocate howdah_p'; exception when others then null; end;
            execute {new DollarQuoted($"prepare howdah_p as {read}")}; execute 'execute howdah_p' into n;
            {Volley.Contexts(contexts, new(stake.TurnB))}
            begin execute 'execute howdah_p' into n; exception when others then n := 0; end;
            execute 'deallocate howdah_p';
            """)));
    }

    static Sql Read(TenantTable table, Place place) => Sql.Of($"select count(*) from {table.Name} where {place.Where}");
}
