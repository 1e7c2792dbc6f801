using Npgsql;

namespace Howdah.Prover.Pooled;

/// <summary>How clients come to one server connection.</summary>
enum Sharing
{
    /// <summary>Not at all: every client has its own, as without a pooler.</summary>
    Nothing,
    /// <summary>One after the other: the next gets it when the last has left (session pooling).</summary>
    InTurn,
    /// <summary>By turns of transactions while both are there (transaction pooling).</summary>
    Interleaved,
    /// <summary>There is a pooler, but no two clients were seen on one server connection.</summary>
    Unseen,
}

/// <summary>What lies between the application and the server: finds out how it shares, and gets a client to where another was.</summary>
/// <param name="most">The most clients open at a time.</param>
sealed class Pool(string connectionString, int most) : IAsyncDisposable
{
    // A busy pool may give the server connection we want to somebody else first.
    const int Rounds = 3;

    readonly NpgsqlDataSource patient = Client.Way(connectionString, null);
    readonly NpgsqlDataSource hasty = Client.Way(connectionString, 2 * Client.Patience);

    /// <summary>How clients come to one server connection; known after <see cref="FindOutAsync"/>.</summary>
    internal Sharing Sharing { get; private set; }

    /// <summary>The database that it leads to.</summary>
    internal string Database { get; private set; } = "";

    /// <summary>The role that logs in.</summary>
    internal string Role { get; private set; } = "";

    internal Task<Client> OpenAsync(CancellationToken token) => Client.OpenAsync(patient, token);

    /// <summary>Finds out how it shares.</summary>
    internal async Task FindOutAsync(CancellationToken token)
    {
        var seen = new HashSet<Backend>();
        bool pooled;
        var first = await OpenAsync(token);
        await using (first)
        {
            var home = await first.BeginAsync(token) ?? throw new NpgsqlException("the pooler had no server connection to give");
            Database = await first.AskAsync<string>(Questions.Database, token) ?? "";
            Role = await first.AskAsync<string>(Questions.Role, token) ?? "";
            await first.CommitAsync(token);
            seen.Add(home);
            // A server tells its own process id at login; a pooler, whose clients have no process of their own, makes one up.
            pooled = first.Told != home.Pid;
            // While the first does nothing, does anybody get its place?
            var reached = await ReachAsync(home, seen, token);
            var moved = false;
            if (reached.Client is not null)
                await LeaveAsync(reached.Client);
            else if (await first.BeginAsync(token) is { } again)
            {
                moved = again != home;
                seen.Add(again);
                await first.RollbackAsync(token);
            }
            if (reached.Client is not null || moved)
            {
                Sharing = Sharing.Interleaved;
                return;
            }
        }
        var next = await OpenAsync(token);
        await using (next)
        {
            var backend = await next.BeginAsync(token);
            Sharing = backend is { } place && seen.Contains(place) ? Sharing.InTurn
                : pooled || backend is null || !await EndedAsync(next, seen, token) ? Sharing.Unseen : Sharing.Nothing;
            await next.RollbackAsync(token);
        }
    }

    /// <summary>
    /// Gets a client to a server connection, in a transaction. Clients that land elsewhere stay there in open transactions meanwhile, so
    /// that the
    /// next must land on another; then they leave.
    /// </summary>
    internal Task<Reached> ReachAsync(Backend backend, CancellationToken token) => ReachAsync(backend, [], token);

    async Task<Reached> ReachAsync(Backend backend, HashSet<Backend> seen, CancellationToken token)
    {
        for (var round = 0; ; round++)
        {
            var elsewhere = new List<Client>();
            try
            {
                while (elsewhere.Count < most - 1)
                {
                    var client = await KnockAsync(token);
                    if (client is not null)
                        elsewhere.Add(client);
                    if (client is null || await client.BeginAsync(token) is not { } found)
                        // The pool is full; it may be that what we look for was only just ending.
                        return new(null, elsewhere.FirstOrDefault(static each => each.Open) is { } last
                            && !await last.SeesAsync(backend, token));
                    seen.Add(found);
                    if (found == backend)
                    {
                        elsewhere.Remove(client);
                        return new(client, false);
                    }
                    if (!await client.SeesAsync(backend, token))
                        return new(null, true);
                }
            }
            finally
            {
                foreach (var client in elsewhere)
                    await LeaveAsync(client);
            }
            if (round == Rounds - 1)
                return new(null, false);
        }
    }

    /// <summary>Whether server connections ended with their clients, as they do where nothing lies between; a server takes a moment.
    /// </summary>
    static async Task<bool> EndedAsync(Client client, IEnumerable<Backend> backends, CancellationToken token)
    {
        var left = backends.ToList();
        for (var tries = 0; tries < 40; tries++)
        {
            while (left.Count > 0 && !await client.SeesAsync(left[^1], token))
                left.RemoveAt(left.Count - 1);
            if (left.Count == 0)
                return true;
            await client.RunAsync(Questions.Moment, token);
        }
        return false;
    }

    /// <summary>Logs in; null where a full pool lets nobody in (pgpool does not), and that takes too long.</summary>
    async Task<Client?> KnockAsync(CancellationToken token)
    {
        try
        {
            return await Client.OpenAsync(hasty, token);
        }
        catch (NpgsqlException late) when (late.InnerException is TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Gives up the ways in.</summary>
    public async ValueTask DisposeAsync()
    {
        await patient.DisposeAsync();
        await hasty.DisposeAsync();
    }

    /// <summary>Rolls back before leaving: a pooler ends the server connection of whoever leaves in the middle.</summary>
    static async Task LeaveAsync(Client client)
    {
        await using (client)
        {
            try
            {
                await client.RollbackAsync(CancellationToken.None);
            }
            catch (NpgsqlException)
            {
                // Lost; then nothing is left to roll back.
            }
        }
    }
}

/// <summary>Whether a client got to where another was.</summary>
/// <param name="Client">In a transaction there; null where none got there.</param>
/// <param name="Gone">Whether that server connection was ended, so that nobody will ever get there.</param>
readonly record struct Reached(Client? Client, bool Gone);
