using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Erasing;
using Howdah.Patterns.Tenancy.Moving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>
/// Loads one table of an archive, in one transaction that is committed only when what stands there has the archive's count and hash. What
/// an earlier run has loaded is left, what it left half is not there.
/// </summary>
/// <param name="reader">The archive.</param>
/// <param name="ground">Where to.</param>
sealed class TableLoad(ArchiveReader reader, TenantGround ground)
{
    internal async Task<bool> RunAsync(ArchivedTable archived, MovedTable table, CancellationToken token)
    {
        var wanted = new RowHash(archived.Rows, archived.Hash);
        await using var connection = await ground.OpenAsync(replay: true, token);
        if (await ground.HashAsync(connection, table, token) == wanted)
            return false;
        await RowRemoval.RunAsync(connection, table.Target, ground.Side.Mine(table), null, token);
        await connection.RunAsync(Sql.Of($"begin"), token);
        await CopyAsync(connection, archived, table, token);
        var loaded = await ground.HashAsync(connection, table, token);
        if (loaded != wanted)
            throw new ArchiveException($"{archived.Plain} has {loaded.Count} rows after it was loaded and {archived.Rows} in the archive, "
                + "or rows with other values: nothing of it was kept; the tables here do not hold what they are given");
        await connection.RunAsync(Sql.Of($"commit"), token);
        return true;
    }

    // COPY FROM is refused where the floor holds; a table of the session's own takes the rows, and INSERT passes them through it.
    async Task CopyAsync(NpgsqlConnection connection, ArchivedTable archived, MovedTable table, CancellationToken token)
    {
        var floor = await connection.OneAsync<bool>(Sql.Of(
            $"select pg_catalog.row_security_active({new Literal(table.Target.ToString())})"), token);
        var target = floor ? new QName("pg_temp", "howdah_staged") : table.Target;
        if (floor)
            await connection.RunAsync(Sql.Of($"""
                create temporary table {target} on commit drop as select {table.StoredList} from {table.Target} with no data
                """), token);
        await StreamAsync(connection, Sql.Of($"copy {target} ({table.StoredList}) from stdin"), archived, token);
        if (floor)
            await connection.RunAsync(Sql.Of($"""
                insert into {table.Target} ({table.StoredList}) overriding system value select {table.StoredList} from {target}
                """), token);
    }

    async Task StreamAsync(NpgsqlConnection connection, Sql copy, ArchivedTable archived, CancellationToken token)
    {
        var gate = new RowGate(archived.Plain, reader.Manifest.Tenant, ground.Side.Tenant, archived.Columns.Count == 1);
        var buffer = new byte[256 * 1024];
        var left = archived.Bytes;
        await using var rows = reader.Open(archived);
        var writer = (Npgsql.NpgsqlCopyTextWriter)await connection.BeginTextImportAsync(copy.ToString(), token);
        try
        {
            while (await rows.ReadAsync(buffer, token) is > 0 and var count)
            {
                if ((left -= count) < 0)
                    throw new ArchiveException($"{archived.Entry} is longer than its manifest says: nothing of it was kept");
                gate.Pass(buffer.AsSpan(0, count));
                await writer.BaseStream.WriteAsync(buffer.AsMemory(0, count), token);
            }
            gate.End();
        }
        catch (Exception failed) when (failed is not PostgresException)
        {
            await writer.CancelAsync();
            throw;
        }
        await writer.DisposeAsync();
    }
}
