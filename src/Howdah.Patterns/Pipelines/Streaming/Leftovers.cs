using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Pipelines.Streaming;

/// <summary>Drops what loads that were killed have left behind: by the next load, and by upkeep.</summary>
static class Leftovers
{
    const int Most = 1000;

    /// <summary>Looks for them in a transaction that may be any load's.</summary>
    internal static async Task<IReadOnlyList<Staging>> FindAsync(LoadSession session, CancellationToken token) =>
        [.. (await session.NumbersAsync(Staging.Left(), Most, token)).Select(static row => new Staging(row[0]))];

    /// <summary>Drops them, over a connection of its own: what a load drops in its transaction comes back where that is rolled back.
    /// </summary>
    /// <returns>How many were dropped, and how many somebody still holds, as a backend that has not yet seen that its client is gone.
    /// </returns>
    internal static async Task<(int Dropped, int Held)> DropAsync(ServerAccess server, PipelinesSpec spec, CancellationToken token)
    {
        await using var session = await LoadSession.JoinAsync(spec, "UTC", await server.OpenAdminAsync(spec.Database, token), token);
        var (dropped, held) = (0, 0);
        foreach (var left in await FindAsync(session, token))
        {
            if (await DropAsync(session, left, token))
                dropped++;
            else
                held++;
        }
        return (dropped, held);
    }

    /// <summary>Drops one, and begins another transaction.</summary>
    /// <returns>Whether it is gone; not where somebody holds it for longer than a moment.</returns>
    internal static async Task<bool> DropAsync(LoadSession session, Staging staging, CancellationToken token)
    {
        await session.RunAsync(Sql.Of($"set local lock_timeout = '2s'"), token);
        var gone = true;
        try
        {
            await session.RunAsync(staging.Drop(), token);
            await session.CommitAsync(token);
        }
        catch (PostgresException held) when (held.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            await session.RollbackAsync(token);
            gone = false;
        }
        await session.AgainAsync(token);
        return gone;
    }
}
