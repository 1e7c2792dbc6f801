using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Howdah.Loading;
using Npgsql;

namespace Howdah.Patterns.Pipelines.Streaming;

/// <summary>
/// Several connections that copy one source at once, into tables of the load's own. What they commit is nothing to anybody until the load's
/// one transaction takes it, and drops the tables: so a load is there once and whole, or not at all, as over one connection.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="spec">The pipelines.</param>
/// <param name="pipeline">The pipeline.</param>
/// <param name="count">How many connections; 1 for none beside the load's own.</param>
sealed class LoadStreams(ServerAccess server, PipelinesSpec spec, string pipeline, int count) : IAsyncDisposable
{
    internal const int Most = 16;

    readonly List<LoadSession> sessions = [];
    Staging? made;

    /// <summary>Whether there are any.</summary>
    internal bool Any => count > 1;

    /// <summary>Opens the connections and makes the tables.</summary>
    /// <param name="main">The load's own transaction, which has a number.</param>
    /// <param name="columns">The staged columns.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="LoadException">There may not be so many connections, or no schema.</exception>
    internal async Task<Staging> OpenAsync(LoadSession main, Sql columns, CancellationToken token)
    {
        var number = await main.ScalarAsync(Sql.Of($"select pg_catalog.pg_current_xact_id()::pg_catalog.text::pg_catalog.int8"), token);
        var staging = new Staging((long)number!);
        try
        {
            while (sessions.Count < count)
                sessions.Add(await LoadSession.JoinAsync(spec, spec.Pipelines[pipeline].Format.Zone ?? "UTC",
                    await server.OpenAdminAsync(spec.Database, token), token));
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            throw new LoadException($"{count} streams need {count + 1} connections to {server.Where}, which lets no more than "
                + $"{sessions.Count + 1} in ({full.MessageText}): load with fewer streams, or raise that limit", full);
        }
        try
        {
            made = staging;
            await sessions[0].RunAsync(staging.Create(columns), token);
            foreach (var guest in await sessions[0].NumbersAsync(staging.Guests(), int.MaxValue, token))
                await sessions[0].RunAsync(await RevokeAsync(staging, guest[0], token), token);
            await sessions[0].CommitAsync(token);
            await sessions[0].AgainAsync(token);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new LoadException($"streams put rows into a schema of the load's own first, and this role may make none in database "
                + $"{spec.Database}: run it as a member of {spec.Owner}, grant it create on the database, or load with one stream",
                refused);
        }
        return staging;
    }

    async Task<Sql> RevokeAsync(Staging staging, long guest, CancellationToken token) => guest == 0
        ? Sql.Of($"revoke all on schema {staging.Schema} from public")
        : Sql.Of($"revoke all on schema {staging.Schema} from {new Ident((string)(await sessions[0].ScalarAsync(
            Sql.Of($"select pg_catalog.pg_get_userbyid({guest}::pg_catalog.oid)::pg_catalog.text"), token))!)}");

    /// <summary>Copies, and commits what was copied: from then on the load's own transaction sees it.</summary>
    /// <exception cref="LoadException">The source cannot be read, or a connection was lost.</exception>
    internal async Task<LoadCounts> CopyAsync(LoadInput input, LoadJob job, Func<RejectedBatch, CancellationToken, ValueTask> rejected,
        IProgress<LoadProgress>? progress, CancellationToken token)
    {
        try
        {
            var counts = await CopyLoad.RunAsync([.. sessions.Select(static each => each.Connection)], input, job, rejected, progress,
                token);
            foreach (var session in sessions)
                await session.CommitAsync(token);
            // One is kept, to drop the tables where the load fails.
            foreach (var session in sessions.Skip(1))
                await session.DisposeAsync();
            return counts;
        }
        catch (NpgsqlException lost) when (lost is not PostgresException)
        {
            throw new LoadException($"one of the {count} connections of the load was lost ({lost.Message.TrimEnd('.')}); nothing is "
                + "loaded: run it again", lost);
        }
    }

    /// <summary>The tables went with the load's transaction.</summary>
    internal LoadReport Done(LoadReport report)
    {
        made = null;
        return report;
    }

    /// <summary>Drops what other loads left behind.</summary>
    internal async Task SweepAsync(CancellationToken token)
    {
        try
        {
            await Leftovers.DropAsync(server, spec, token);
        }
        catch (NpgsqlException)
        {
            // It is no business of this load, which can do without; upkeep tries again, and tells.
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The copies of the others hold the tables.
        foreach (var session in sessions.Skip(1))
            await session.DisposeAsync();
        if (made is { } staging && !await DropAsync(staging, () => Task.FromResult(sessions[0])))
            await DropAsync(staging, async () => await LoadSession.JoinAsync(spec, "UTC",
                await server.OpenAdminAsync(spec.Database, CancellationToken.None), CancellationToken.None));
        if (sessions.Count > 0)
            await sessions[0].DisposeAsync();
    }

    // Not to be canceled: who cancels a load wants its tables gone, too.
    static async Task<bool> DropAsync(Staging staging, Func<Task<LoadSession>> by)
    {
        try
        {
            await using var session = await by();
            await session.AgainAsync(CancellationToken.None);
            return await Leftovers.DropAsync(session, staging, CancellationToken.None);
        }
        catch (Exception away) when (away is NpgsqlException or InvalidOperationException or IOException)
        {
            // What ended the load has ended this connection, too; in the end the next load finds what is left, or upkeep does.
            return false;
        }
    }
}
