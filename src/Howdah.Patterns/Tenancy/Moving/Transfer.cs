using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// The rows' way from one place to another while they are written to: publish, copy, follow, compare. It knows nothing of registries: who
/// may
/// write where is settled by whoever calls it.
/// </summary>
/// <param name="work">The move.</param>
/// <param name="source">From.</param>
/// <param name="target">To.</param>
/// <param name="tables">What, in foreign-key order.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Takes what is worth saying.</param>
sealed class Transfer(Guid work, Side source, Side target, IReadOnlyList<MovedTable> tables, TimeProvider time, Action<string>? tell = null)
{
    internal Guid Work => work;
    internal Side Source => source;
    internal Side Target => target;
    internal IReadOnlyList<MovedTable> Tables => tables;
    internal TimeProvider Time => time;
    internal string SlotName { get; } = SourceSlot.NameOf(work);
    internal SourceSlot Slot { get; } = new(source, SourceSlot.NameOf(work));
    internal Position Position { get; } = new(Position.SchemaOf(work));
    internal ChangeSql ChangeSql { get; } = new(tables.ToDictionary(table => table.Source), source.Tenant);
    internal TouchedRows Touched { get; } = new();

    /// <summary>How many tables are copied at once.</summary>
    internal int Parallel { get; init; } = 4;

    /// <summary>How long a lost connection is tried for.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many changes were applied after the copy.</summary>
    internal long Applied { get; set; }

    internal void Tell(string what) => tell?.Invoke(what);

    /// <summary>What keeps the move from beginning, one sentence each.</summary>
    /// <param name="to">A connection to the target's server: the place itself may have to be made yet.</param>
    /// <param name="token">Cancels.</param>
    internal async Task<IReadOnlyList<string>> ProblemsAsync(NpgsqlConnection to, CancellationToken token)
    {
        var found = Moving.Tables.Problems(tables).ToList();
        await using var from = await source.OpenAdminAsync(token);
        foreach (var table in tables)
            if (await from.OneAsync<bool>(Sql.Of($"""
                select relpersistence = 'u' from pg_catalog.pg_class
                where oid = pg_catalog.to_regclass({new Literal(table.Source.ToString())})
                """), token))
                found.Add($"{table.Home.Plain} is unlogged, so changes of its rows cannot be followed: ALTER TABLE {table.Source.Plain} "
                    + "SET LOGGED");
        if (await from.OneAsync<string>(Sql.Of($"select pg_catalog.current_setting('wal_level')"), token) is not "logical" and var level)
            found.Add($"the log of {source.Where} does not tell rows (wal_level is {level}): ALTER SYSTEM SET wal_level = 'logical', "
                + "then restart that server");
        if (!await from.OneAsync<bool>(Sql.Of(
            $"select rolsuper or rolreplication from pg_catalog.pg_roles where rolname = current_user"), token))
            found.Add($"the role that applies may not read the log of {source.Where}: let a superuser run ALTER ROLE … REPLICATION");
        if (await from.OneAsync<long>(Sql.Of($"""
            select current_setting('max_replication_slots')::bigint - (select count(*) from pg_catalog.pg_replication_slots)
            """), token) <= 0)
            found.Add($"{source.Where} has no replication slot left: drop one, or raise max_replication_slots and restart it");
        if (!await to.OneAsync<bool>(Sql.Of($"""
            select (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
                   or pg_catalog.has_parameter_privilege('session_replication_role', 'SET')
            """), token))
            found.Add($"the role that applies may not let triggers rest at {target.Where}, and they would fire twice: let a superuser run "
                + "GRANT SET ON PARAMETER session_replication_role TO that role");
        if (await from.OneAsync<long>(Sql.Of($"select count(*) from pg_catalog.pg_prepared_xacts"), token) is > 0 and var prepared)
            found.Add($"{prepared} prepared transactions are open at {source.Where} (pg_prepared_xacts), and a slot cannot begin before "
                + "they end: commit or roll them back");
        return found;
    }

    /// <summary>Publishes, makes the slot and copies what was there at its first moment. An earlier try is swept away first.</summary>
    internal async Task<long> CopyAsync(Action<MovedTable, long>? done, Action<string>? fault, CancellationToken token)
    {
        await CleanAsync(token);
        await Position.MakeAsync(target, token);
        fault?.Invoke("position made");
        await BulkCopy.ClearAsync(target, tables, table => table.Target, token);
        await Slot.PublishAsync(tables, token);
        fault?.Invoke("published");
        var (keeper, snapshot, at) = await Slot.MakeAsync(token);
        fault?.Invoke("slot made");
        await using (keeper)
        {
            var rows = await BulkCopy.RunAsync(source, target, snapshot, tables, Parallel, done, token);
            await using var connection = await target.OpenAsync(replay: true, token);
            await Position.BeginAsync(connection, at, token);
            return rows;
        }
    }

    /// <summary>Makes sure that both ends are still made of what the move began with.</summary>
    /// <exception cref="MoveException">A migration came in between.</exception>
    internal async Task SameStructureAsync(CancellationToken token)
    {
        var names = tables.Select(table => (table.Home, table.Source, table.Target)).ToList();
        await using var from = await source.OpenAdminAsync(token);
        await using var to = await target.OpenAdminAsync(token);
        var there = await Moving.Tables.ReadAsync(from, tables[0].TenantColumn, names, asAtHome: false, token);
        var here = await Moving.Tables.ReadAsync(to, tables[0].TenantColumn,
            [.. names.Select(name => (name.Home, name.Target, name.Target))], asAtHome: false, token);
        for (var i = 0; i < tables.Count; i++)
            if (Shape(there[i]) != Shape(tables[i]) || Shape(here[i]) != Shape(tables[i]))
                throw new MoveException($"{tables[i].Home.Plain} got other columns while the tenant was being moved: "
                    + "abort the move (--abort) and begin again");
    }

    // Types of a schema's own are written with its name, which is another one there; what they are is the blueprint's care.
    static string Shape(MovedTable table) => string.Join(',', table.Columns.Select(column =>
        $"{column.Name} {(column.BuiltIn ? column.Type : "")} {column.Generated} {column.IdentityAlways}").Order(StringComparer.Ordinal));

    /// <summary>Takes away slot, publication and position; the rows stay.</summary>
    internal async Task CleanAsync(CancellationToken token)
    {
        await Slot.DropAsync(time, token);
        await Position.RemoveAsync(target, token);
    }
}
