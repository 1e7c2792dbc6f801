using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Engine.Applying;

/// <summary>
/// Settles what a run that was cut off left in a database: steps outside a transaction that were announced and never recorded. The catalogs
/// say what
/// became of them; the journal only says where to look.
/// </summary>
static class Recovery
{
    internal static async Task SettleAsync(DatabaseRun database, Watcher watcher, ApplyOptions options, CancellationToken token)
    {
        if (!await database.IsDoneAsync("select pg_catalog.to_regclass('howdah.run') is not null", token))
            return;
        foreach (var (pid, start) in await CutOffAsync(database.Connection, database.Run.Estate, token))
        {
            // The lock is ours, so the old session has lost it; its last statement may yet be running.
            while (start is { } time && await watcher.LivesAsync(pid, time, token))
            {
                options.Events?.Report(new(ApplyEventKind.Waiting, null,
                    $"an interrupted run's last statement is still running (pid {pid})"));
                await Task.Delay(TimeSpan.FromMilliseconds(200), options.Time, token);
            }
        }
        foreach (var (id, step, done) in await AnnouncedAsync(database.Connection, database.Run.Estate, token))
        {
            var there = await database.IsDoneAsync(done, token);
            await using var transaction = await database.Connection.BeginTransactionAsync(token);
            await RecordAsync(database.Connection, id, step, there, token);
            await transaction.CommitAsync(token);
            options.Events?.Report(new(ApplyEventKind.Recovered, null,
                $"{step}: {(there ? "was finished" : "was not finished")} by an interrupted run"));
        }
        // Other estates share the maintenance database: their runs are none of ours.
        await using var end = new NpgsqlCommand(
            "update howdah.run set ended = clock_timestamp(), outcome = 'interrupted' where estate = $1 and ended is null",
                database.Connection);
        end.Parameters.Add(new() { Value = database.Run.Estate });
        await end.ExecuteNonQueryAsync(token);
    }

    static async Task<List<(int Pid, DateTime? Start)>> CutOffAsync(
        NpgsqlConnection connection, string estate, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select backend_pid, backend_start from howdah.run where estate = $1 and ended is null order by id", connection);
        command.Parameters.Add(new() { Value = estate });
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<(int, DateTime?)>();
        while (await rows.ReadAsync(token))
            found.Add((rows.GetInt32(0), rows.IsDBNull(1) ? null : rows.GetDateTime(1)));
        return found;
    }

    static async Task<List<(long Id, string Step, string Done)>> AnnouncedAsync(
        NpgsqlConnection connection, string estate, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            """
            select j.id, j.step, j.done_sql from howdah.journal j join howdah.run r on r.id = j.run
            where r.estate = $1 and j.state = 'running' order by j.id
            """, connection);
        command.Parameters.Add(new() { Value = estate });
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<(long, string, string)>();
        while (await rows.ReadAsync(token))
            found.Add((rows.GetInt64(0), rows.GetString(1), rows.GetString(2)));
        return found;
    }

    static async Task RecordAsync(NpgsqlConnection connection, long id, string step, bool there, CancellationToken token)
    {
        await using (var command = new NpgsqlCommand("update howdah.journal set state = $2, ended = clock_timestamp() where id = $1",
            connection))
        {
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = there ? "done" : "superseded" });
            await command.ExecuteNonQueryAsync(token);
        }
        // Intended objects: owned now that they are there, forgotten where they are not.
        var things = new List<OwnedObject>();
        await using (var command = new NpgsqlCommand(
            "delete from howdah.owned where step = $1 and objid = 0 returning identity, object_names, object_args", connection))
        {
            command.Parameters.Add(new() { Value = step });
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                things.Add(new(TypeOf(rows.GetString(0), rows.GetFieldValue<string[]>(1)), rows.GetFieldValue<string[]>(1),
                    rows.GetFieldValue<string[]>(2)));
        }
        if (there)
            await Journal.OwnAsync(connection, step, things, token);
    }

    // "event trigger "x"": the type is what stands before the quoted name.
    static string TypeOf(string identity, string[] name) =>
        identity[..identity.IndexOf(" " + new Ident(name[0]), StringComparison.Ordinal)];
}
