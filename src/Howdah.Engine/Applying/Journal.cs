using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Engine.Applying;

/// <summary>Writes what was done beside the effect, in the same transaction; schema <c>howdah</c> of the same database.</summary>
sealed class Journal(Step step)
{
    // Which indexes a migration makes is known from its rehearsal; in earnest one may be missing, and is then nobody's.
    const string Own =
        """
        insert into howdah.owned (identity, classid, objid, object_names, object_args, step)
        select $1, a.classid, a.objid, i.object_names, i.object_args, $5
        from (select $2::text as type
              where $2 <> 'index' or pg_catalog.to_regclass(pg_catalog.format('%I.%I', variadic $3::text[])) is not null) there,
             lateral pg_catalog.pg_get_object_address(there.type, $3, $4) a,
             lateral pg_catalog.pg_identify_object_as_address(a.classid, a.objid, 0) i
        on conflict (identity) do update
        set classid = excluded.classid, objid = excluded.objid, object_names = excluded.object_names, object_args = excluded.object_args,
            step = excluded.step, at = now()
        """;

    // objid 0: the object is not there yet. If we are cut off, the next run knows whose it is.
    const string Intend =
        """
        insert into howdah.owned (identity, classid, objid, object_names, object_args, step)
        values ($1, 0, 0, $3, $4, $5) on conflict (identity) do nothing
        """;

    internal static async Task BeginRunAsync(NpgsqlConnection connection, RunInfo run, CancellationToken token)
    {
        if (run.Id is not null)
            return;
        await using var command = new NpgsqlCommand(
            """
            insert into howdah.run (estate, spec_hash, fingerprint, tool, host, pid, backend_start)
            select $1, $2, $3, $4, $5, $6, (select backend_start from pg_catalog.pg_stat_activity where pid = pg_catalog.pg_backend_pid())
            returning id
            """, connection);
        foreach (var value in (object[])[run.Estate, run.SpecHash, run.Fingerprint, run.Tool, Environment.MachineName,
            Environment.ProcessId])
            command.Parameters.Add(new() { Value = value });
        run.Pending = (long)(await command.ExecuteScalarAsync(token))!;
    }

    internal async Task DoneAsync(NpgsqlConnection connection, RunInfo run, CancellationToken token)
    {
        await using (var command = new NpgsqlCommand(
            """
            insert into howdah.journal (run, step, object, action, sql, state, ended) values ($1, $2, $3, $4, $5, 'done', clock_timestamp())
            """, connection))
        {
            foreach (var value in (object[])[run.Current, step.Id, step.Object, Action, step.SqlText])
                command.Parameters.Add(new() { Value = value });
            await command.ExecuteNonQueryAsync(token);
        }
        await OwnAsync(connection, token);
    }

    internal async Task IntendAsync(NpgsqlConnection connection, RunInfo run, CancellationToken token)
    {
        // A new attempt takes the place of the one before.
        await using (var before = new NpgsqlCommand(
            "update howdah.journal set state = 'superseded', ended = clock_timestamp() where step = $1 and state = 'running'", connection))
        {
            before.Parameters.Add(new() { Value = step.Id });
            await before.ExecuteNonQueryAsync(token);
        }
        await using (var command = new NpgsqlCommand(
            "insert into howdah.journal (run, step, object, action, sql, done_sql, state) values ($1, $2, $3, $4, $5, $6, 'running')",
                connection))
        {
            foreach (var value in (object[])[run.Current, step.Id, step.Object, Action, step.SqlText, step.Done!.ToString()])
                command.Parameters.Add(new() { Value = value });
            await command.ExecuteNonQueryAsync(token);
        }
        foreach (var thing in step.Owns)
            await RecordAsync(connection, Intend, step.Id, thing, token);
    }

    internal async Task SettleAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using (var command = new NpgsqlCommand(
            "update howdah.journal set state = 'done', ended = clock_timestamp() where step = $1 and state = 'running'", connection))
        {
            command.Parameters.Add(new() { Value = step.Id });
            await command.ExecuteNonQueryAsync(token);
        }
        await OwnAsync(connection, token);
    }

    /// <summary>Whether this run has recorded the step as done: the answer to a COMMIT whose own answer was lost.</summary>
    internal async Task<bool> IsDoneAsync(NpgsqlConnection connection, RunInfo run, CancellationToken token)
    {
        if (run.Id is not { } id)
            return false;
        await using var command = new NpgsqlCommand(
            "select exists (select from howdah.journal where run = $1 and step = $2 and state = 'done')", connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = step.Id });
        return await command.ExecuteScalarAsync(token) is true;
    }

    /// <summary>
    /// Goes on with the run on a new connection, in place of a lost one. The row may have been committed without anybody having heard so:
    /// its old backend tells whose it is. False where another apply has ended the run meanwhile.
    /// </summary>
    internal static async Task<bool> ResumeRunAsync(
        NpgsqlConnection connection, RunInfo run, (int Pid, DateTime Start) old, CancellationToken token)
    {
        await using var present = new NpgsqlCommand("select pg_catalog.to_regclass('howdah.run') is not null", connection);
        if (await present.ExecuteScalarAsync(token) is not true)
            return run.Id is null;
        await using var command = new NpgsqlCommand(
            """
            update howdah.run set backend_pid = a.pid, backend_start = a.backend_start
            from pg_catalog.pg_stat_activity a
            where a.pid = pg_catalog.pg_backend_pid() and ended is null and run.backend_pid = $1 and run.backend_start = $2
            returning run.id
            """, connection);
        command.Parameters.Add(new() { Value = old.Pid });
        command.Parameters.Add(new() { Value = old.Start });
        var known = run.Id is not null;
        run.Id = await command.ExecuteScalarAsync(token) is long id ? id : null;
        return !known || run.Id is not null;
    }

    string Action => step.Action.ToString().ToLowerInvariant();

    /// <summary>Records objects as owned, with the oid they have now.</summary>
    internal static async Task OwnAsync(NpgsqlConnection connection, string step, IEnumerable<OwnedObject> things, CancellationToken token)
    {
        foreach (var thing in things)
            await RecordAsync(connection, Own, step, thing, token);
    }

    async Task OwnAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await OwnAsync(connection, step.Id, step.Owns, token);
        foreach (var thing in step.Disowns)
        {
            await using var command = new NpgsqlCommand("delete from howdah.owned where identity = $1", connection);
            command.Parameters.Add(new() { Value = thing.Identity });
            await command.ExecuteNonQueryAsync(token);
        }
    }

    static async Task RecordAsync(
        NpgsqlConnection connection, string statement, string step, OwnedObject thing, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        foreach (var value in (object[])[thing.Identity, thing.Type, thing.Name.ToArray(), thing.Args.ToArray(), step])
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(token);
    }
}

/// <summary>The run as one database knows it.</summary>
sealed class RunInfo(string estate, string specHash, string tool)
{
    internal string Estate => estate;
    internal string SpecHash => specHash;
    /// <summary>The plan's fingerprint; known once it is made, after the locks are taken.</summary>
    internal string Fingerprint { get; set; } = "";

    internal string Tool => tool;

    /// <summary>The row's id once it is committed.</summary>
    internal long? Id { get; set; }

    /// <summary>The row's id inside the transaction that inserts it.</summary>
    internal long? Pending { get; set; }

    internal long Current => Id ?? Pending ?? throw new InvalidOperationException("no run row");

    internal void Committed() => (Id, Pending) = (Current, null);

    internal void RolledBack() => Pending = null;
}
