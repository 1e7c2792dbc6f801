using System.Globalization;
using System.Security.Cryptography;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Applying;

/// <summary>
/// The one connection on which an apply holds its lock and works in a database. Lock and work share it on purpose: a writer that lost its
/// lock
/// has lost its connection too, so two appliers can never both write.
/// </summary>
sealed class DatabaseRun(Session session, ServerAccess server, string? database, RunInfo run, ApplyOptions options, Watcher watcher)
    : IAsyncDisposable
{
    NpgsqlConnection? connection;
    (int Pid, DateTime Start) backend;

    internal NpgsqlConnection Connection => connection ?? throw new InvalidOperationException("not entered");

    internal RunInfo Run => run;

    /// <summary>Connects, takes the lock and makes sure that the connection is one's own.</summary>
    internal async Task EnterAsync(CancellationToken token)
    {
        connection = await server.OpenPlainAsync(database, token);
        await SettleSessionAsync(token);
        backend = await BackendAsync(token);
        // Through a transaction pooler two statements may land on two backends, and a lock would be nobody's.
        for (var i = 0; i < 3; i++)
        {
            if (await BackendAsync(token) != backend)
                throw new ApplyStop(ApplyOutcome.Refused,
                    $"{server.Where} is a transaction pooler: apply needs the server itself; give its direct address as connection");
        }
        if (await IsDoneAsync("select pg_catalog.pg_is_in_recovery()", token))
            throw new ApplyStop(ApplyOutcome.Refused, $"{server.Where} is a standby: apply needs the primary");
        await EstateLock.TakeAsync(connection, run.Estate, watcher, options, token);
    }

    /// <summary>Does one step, trying again where that is safe.</summary>
    internal async Task DoAsync(Step step, CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (step.Transactional)
                    await InTransactionAsync(step, token);
                else
                    await AloneAsync(step, token);
                if (step.Action == StepAction.Run)
                    await SettleSessionAsync(token); // a SET in what a person wrote outlives its transaction
                return;
            }
            catch (PostgresException e) when (!step.Transactional && (PgErrors.IsLock(e) || IsLockWait(e, step)))
            {
                // An index build that was ended leaves an invalid index, which only a new plan knows to remove.
                throw new ApplyStop(ApplyOutcome.Failed,
                    $"{step.Object}: {PgErrors.Tell(e)}; run again: the next plan removes what it left", e);
            }
            catch (PostgresException e) when (!step.Transactional && attempt > 1 && e.SqlState == PostgresErrorCodes.DuplicateTable)
            {
                throw new ApplyStop(ApplyOutcome.Failed,
                    $"{step.Object}: the connection to {server.Where} was lost and the unfinished build is still there; run again: "
                        + "the next plan removes what it left", e);
            }
            catch (PostgresException e) when (PgErrors.IsLock(e) || PgErrors.IsCatalogRace(e) || IsLockWait(e, step))
            {
                if (options.Time.GetElapsedTime(began) > options.LockPatience)
                    throw new ApplyStop(ApplyOutcome.Failed,
                        $"{step.Object}: no lock to be had within {options.LockPatience.TotalSeconds:0} s"
                        + $"{(blocker is null ? "" : $"; {blocker} holds it")}; run again when it has ended", e);
                var pause = Math.Min(2000, 50 * (1 << Math.Min(attempt, 5)));
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(pause / 2, pause)), options.Time, token);
            }
            catch (Exception e) when (PgErrors.IsLost(e) && attempt <= 3 && !token.IsCancellationRequested)
            {
                options.Events?.Report(new(ApplyEventKind.Waiting, step,
                    $"the connection to {server.Where} was lost; looking what became of {step.Object}"));
                await ReenterAsync(step, token);
                if (await new Journal(step).IsDoneAsync(Connection, run, token))
                    return;
            }
        }
    }

    // The last one: a backend whose client is gone must not work on unheard, for the next run waits for its end. Not every platform has it.
    Task SettleSessionAsync(CancellationToken token) => ExecuteAsync(
        """
        reset all; set application_name = 'howdah apply'; set search_path = ''; set idle_session_timeout = 0;
        do $$ begin
          perform pg_catalog.set_config('client_connection_check_interval', '1s', false);
        exception when invalid_parameter_value then null;
        end $$
        """, token);

    async Task InTransactionAsync(Step step, CancellationToken token)
    {
        options.Fault?.Invoke($"{step.Id}: before");
        await using var transaction = await Connection.BeginTransactionAsync(token);
        var journal = new Journal(step);
        try
        {
            await LimitAsync(step, token);
            foreach (var sql in step.Sql)
                await WatchedAsync(step, sql, token);
            options.Fault?.Invoke($"{step.Id}: sent");
            await ExecuteAsync("reset role", token);
            await Journal.BeginRunAsync(Connection, run, token);
            await journal.DoneAsync(Connection, run, token);
            options.Fault?.Invoke($"{step.Id}: before commit");
            await transaction.CommitAsync(token);
            run.Committed();
        }
        catch
        {
            run.RolledBack();
            throw; // the transaction rolls back as it is disposed
        }
        options.Fault?.Invoke($"{step.Id}: committed");
    }

    async Task AloneAsync(Step step, CancellationToken token)
    {
        var journal = new Journal(step);
        options.Fault?.Invoke($"{step.Id}: before");
        await using (var intent = await Connection.BeginTransactionAsync(token))
        {
            await Journal.BeginRunAsync(Connection, run, token);
            await journal.IntendAsync(Connection, run, token);
            await intent.CommitAsync(token);
            run.Committed();
        }
        options.Fault?.Invoke($"{step.Id}: announced");
        if (!await IsDoneAsync(step.Done!.ToString(), token))
        {
            // Session settings, since there is no transaction to carry local ones; the step's own limits and no inherited ones.
            await ExecuteAsync($"set lock_timeout = {Milliseconds(step.Limits.Lock)}", token);
            await ExecuteAsync($"set statement_timeout = {Milliseconds(step.Limits.Statement)}", token);
            if (server.Facts.Major >= 17)
                await ExecuteAsync("set transaction_timeout = 0", token);
            try
            {
                if (step.Work is { } work)
                    await work(session, options, token);
                else
                    await WatchedAsync(step, step.Sql.Single(), token);
            }
            finally
            {
                if (Connection.State == System.Data.ConnectionState.Open)
                    await ExecuteAsync("reset lock_timeout; reset statement_timeout", CancellationToken.None);
            }
            options.Fault?.Invoke($"{step.Id}: sent");
            if (!await IsDoneAsync(step.Done.ToString(), token))
                throw new ApplyStop(ApplyOutcome.Failed, $"{step.Object}: the statement ended, but its effect is not there");
        }
        await using (var settled = await Connection.BeginTransactionAsync(token))
        {
            await journal.SettleAsync(Connection, token);
            await settled.CommitAsync(token);
        }
        options.Fault?.Invoke($"{step.Id}: committed");
    }

    internal async Task<bool> IsDoneAsync(string query, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query, Connection);
        return await command.ExecuteScalarAsync(token) is true;
    }

    internal async Task ExecuteAsync(string sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        await command.ExecuteNonQueryAsync(token);
    }

    string? blocker;

    // While a statement waits, another connection looks who holds it up.
    async Task WatchedAsync(Step step, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.Render(Reveal), Connection) { CommandTimeout = 0 };
        var running = command.ExecuteNonQueryAsync(token);
        while (await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(100), options.Time, token)) != running
            && !token.IsCancellationRequested)
        {
            if (await watcher.LookAsync(look => look.BlockerAsync(backend.Pid, token)) is { } who && who != blocker)
            {
                blocker = who;
                options.Events?.Report(new(ApplyEventKind.Waiting, step, $"{step.Object} waits for {who}"));
            }
        }
        await running;
    }

    async Task LimitAsync(Step step, CancellationToken token)
    {
        var quiet = step.Sql.Any(sql => sql.HasSecret) && server.Facts.IsSuperuser
            ? "; set local log_statement = none; set local log_min_duration_statement = -1; set local log_min_error_statement = panic" : "";
        var whole = server.Facts.Major >= 17 ? "; set local transaction_timeout = 0" : "";
        await ExecuteAsync(
            $"set local lock_timeout = {Milliseconds(step.Limits.Lock)}; set local statement_timeout = "
                + $"{Milliseconds(step.Limits.Statement)}; "
            + $"set local idle_in_transaction_session_timeout = '60s'{whole}{quiet}", token);
    }

    Literal Reveal(SecretHole hole)
    {
        var reference = SecretReference.Parse(hole.Reference);
        var password = server.Secrets.Reveal(hole.Server, hole.Role, reference, out var problem)
            ?? throw new ApplyStop(ApplyOutcome.Failed, $"role {hole.Role}: {problem}");
        return new(hole.Made is { } made ? made(password) : Scram.Verifier(password, RandomNumberGenerator.GetBytes(16)));
    }

    // A statement_timeout is told as "canceling statement"; on a catalog step it means a lock that was waited for in several portions.
    static bool IsLockWait(PostgresException e, Step step) =>
        e.SqlState == PostgresErrorCodes.QueryCanceled && e.MessageText.Contains("lock timeout", StringComparison.Ordinal)
            && step.Limits.Lock > TimeSpan.Zero;

    async Task ReenterAsync(Step step, CancellationToken token)
    {
        await DisposeAsync();
        var old = backend;
        var began = options.Time.GetTimestamp();
        while (true)
        {
            try
            {
                // What the old backend began may still be running: only its end says what became of it.
                await using var look = new Watcher(server);
                if (!await look.LivesAsync(old.Pid, old.Start, token))
                {
                    await EnterAsync(token);
                    if (!await Journal.ResumeRunAsync(Connection, run, old, token))
                        throw new ApplyStop(ApplyOutcome.Failed, $"{step.Object}: the connection to {server.Where} was lost, and meanwhile "
                            + $"another apply of `{run.Estate}` went on here; run again");
                    return;
                }
            }
            catch (Exception e) when (PgErrors.IsLost(e))
            {
                // The server may be restarting: looked at again below.
                if (options.Time.GetElapsedTime(began) >= options.ReconnectPatience)
                    throw new ApplyStop(ApplyOutcome.Failed, $"{step.Object}: {PgErrors.Tell(e)}, for "
                        + $"{options.ReconnectPatience.TotalSeconds:0} s; run again when it can be reached: the next run finds out whether "
                        + "this step was done", e);
            }
            if (options.Time.GetElapsedTime(began) > options.ReconnectPatience + options.LockPatience)
                throw new ApplyStop(ApplyOutcome.Failed,
                    $"the connection to {server.Where} was lost and its backend (pid {old.Pid}) still works: run again when it has ended");
            await Task.Delay(TimeSpan.FromMilliseconds(200), options.Time, token);
        }
    }

    async Task<(int, DateTime)> BackendAsync(CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select pid, backend_start from pg_catalog.pg_stat_activity where pid = pg_catalog.pg_backend_pid()", Connection);
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return (row.GetInt32(0), row.GetDateTime(1));
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        connection = null;
    }

    static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
