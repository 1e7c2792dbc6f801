using System.Collections.Concurrent;

namespace Howdah.Gateway.Upkeep;

/// <summary>
/// How many chores run at once: two of a kind in each database, sixteen on a server, who came first goes first. So connections are bounded,
/// a long load keeps no rollup waiting, and a slow database holds only its own lanes.
/// </summary>
sealed class Lanes : IDisposable
{
    internal const int OfKind = 2;
    internal const int OfServer = 16;

    readonly ConcurrentDictionary<(string Database, string Kind), SemaphoreSlim> databases = [];
    readonly SemaphoreSlim server = new(OfServer);

    /// <summary>Waits for a lane; it is free again when what comes back is disposed.</summary>
    internal async Task<IDisposable> EnterAsync(string database, string kind, CancellationToken token)
    {
        var own = databases.GetOrAdd((database, kind), static _ => new(OfKind));
        await own.WaitAsync(token);
        try
        {
            await server.WaitAsync(token);
        }
        catch
        {
            // Only to give back what was taken; the exception goes on.
            own.Release();
            throw;
        }
        return new Lane(own, server);
    }

    public void Dispose()
    {
        foreach (var each in databases.Values)
            each.Dispose();
        server.Dispose();
    }

    sealed class Lane(SemaphoreSlim own, SemaphoreSlim server) : IDisposable
    {
        public void Dispose()
        {
            server.Release();
            own.Release();
        }
    }
}
