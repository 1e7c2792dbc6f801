using Howdah.Engine.Planning;
using Npgsql;
using Npgsql.Replication;
using NpgsqlTypes;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>The publication and the slot of a move at its source; both have the same name, and none of them outlives the move.</summary>
/// <param name="source">The source.</param>
/// <param name="name">Their name.</param>
sealed class SourceSlot(Side source, string name)
{
    /// <summary>The name for a move.</summary>
    internal static string NameOf(Guid work) => $"howdah_move_{work:n}"[..32];

    /// <summary>Publishes this tenant's rows of the tables, and no other's: the server filters.</summary>
    /// <remarks>TRUNCATE knows no filter; it empties the table of all tenants, so of this one, and is replayed as such.</remarks>
    internal async Task PublishAsync(IReadOnlyList<MovedTable> tables, CancellationToken token)
    {
        await using var connection = await source.OpenAdminAsync(token);
        var listed = Sql.Join(", ", tables.Select(table => source.Shared
            ? Sql.Of($"table {table.Source} where ({source.Mine(table)})") : Sql.Of($"table {table.Source}")));
        await connection.RunAsync(Sql.Of($"set role {new Ident(source.Owner)}"), token);
        await connection.RunAsync(Sql.Of($"drop publication if exists {new Ident(name)}"), token);
        await connection.RunAsync(Sql.Of($"set lock_timeout = {new Literal("10s")}"), token);
        await connection.RunAsync(Sql.Of($"""
            create publication {new Ident(name)} for {listed}
            with (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)
            """), token);
    }

    /// <summary>Makes the slot. The snapshot is exactly what was committed before the slot's first change, and is there as long as the
    /// connection
    /// is.</summary>
    internal async Task<(LogicalReplicationConnection Keeper, string Snapshot,
        NpgsqlLogSequenceNumber At)> MakeAsync(CancellationToken token)
    {
        var keeper = new LogicalReplicationConnection(source.PinnedString);
        try
        {
            await keeper.Open(token);
            var slot = await keeper.CreatePgOutputReplicationSlot(name, temporarySlot: false, LogicalSlotSnapshotInitMode.Export,
                cancellationToken: token);
            return (keeper, slot.SnapshotName!, slot.ConsistentPoint);
        }
        catch
        {
            // Only to close what was half opened; the exception goes on.
            await keeper.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes a message into the log and waits until the log is on disk up to it: when it comes out of the slot, all that was
    /// committed
    /// before has come out.</summary>
    internal static async Task<string> MarkAsync(NpgsqlConnection connection, string text, CancellationToken token)
    {
        await connection.RunAsync(Sql.Of($"""
            select pg_catalog.pg_logical_emit_message(true, {new Literal(ChangeStream.Prefix)}, {new Literal(text)})
            """), token);
        return text;
    }

    /// <summary>Takes slot and publication away; does nothing where they are gone. A reader of the slot that is still there is ended: it
    /// is an
    /// earlier run of this move.</summary>
    internal async Task DropAsync(TimeProvider time, CancellationToken token)
    {
        await using var connection = await source.OpenAdminAsync(token);
        for (var attempt = 0; ; attempt++)
            try
            {
                await connection.RunAsync(Sql.Of($"""
                    select pg_catalog.pg_terminate_backend(active_pid) from pg_catalog.pg_replication_slots
                    where slot_name = {new Literal(name)} and active
                    """), token);
                await connection.RunAsync(Sql.Of($"""
                    select pg_catalog.pg_drop_replication_slot(slot_name) from pg_catalog.pg_replication_slots
                    where slot_name = {new Literal(name)} and not active
                    """), token);
                if (await connection.OneAsync<bool>(Sql.Of(
                    $"select not exists (select from pg_catalog.pg_replication_slots where slot_name = {new Literal(name)})"), token))
                    break;
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, token);
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && attempt < 200)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, token);
            }
        await connection.RunAsync(Sql.Of($"set role {new Ident(source.Owner)}"), token);
        await connection.RunAsync(Sql.Of($"drop publication if exists {new Ident(name)}"), token);
    }
}
