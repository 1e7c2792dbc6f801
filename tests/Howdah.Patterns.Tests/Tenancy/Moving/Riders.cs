using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Moving;

/// <summary>
/// Clients of one tenant who never stop writing and reading, and a book of what was acknowledged to them. They know the registry's word
/// only:
/// where it sends them they go, and where they are refused they ask again.
/// </summary>
sealed class Riders : IAsyncDisposable
{
    readonly Caravan caravan;
    readonly string tenant;
    readonly Guid id;
    readonly int[] acknowledged;
    readonly long[] last;
    readonly ConcurrentQueue<string> violations = new();
    readonly CancellationTokenSource stop = new();
    readonly List<Task> tasks = [];
    long longest;
    int reads;
    volatile string refusal = "";

    internal Riders(Caravan caravan, string tenant, Guid id, int clients = 3)
    {
        this.caravan = caravan;
        this.tenant = tenant;
        this.id = id;
        acknowledged = new int[clients + 1];
        last = new long[clients + 1];
        for (var client = 1; client <= clients; client++)
        {
            var me = client;
            tasks.Add(Task.Run(() => WriteAsync(me)));
            tasks.Add(Task.Run(() => ReadAsync(me)));
        }
    }

    /// <summary>The longest time between two acknowledgements to one client.</summary>
    internal TimeSpan LongestWait => TimeSpan.FromMilliseconds(Interlocked.Read(ref longest));

    /// <summary>How many writes were acknowledged.</summary>
    internal int Acknowledged => acknowledged.Sum();

    /// <summary>Waits until everybody was acknowledged something more.</summary>
    internal async Task GoOnAsync(int more = 3)
    {
        var goal = acknowledged.Select(count => count + more).ToArray();
        var began = Stopwatch.GetTimestamp();
        while (Enumerable.Range(1, acknowledged.Length - 1).Any(client => Volatile.Read(ref acknowledged[client]) < goal[client]))
        {
            if (tasks.FirstOrDefault(static task => task.IsFaulted) is { } failed)
                await failed;
            Assert.Empty(violations);
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(2), $"nothing is acknowledged any more: {refusal}");
            await Task.Delay(5);
        }
    }

    /// <summary>Stops, and looks into the book: each acknowledged write is there once and in order, and nothing else is.</summary>
    internal async Task CheckAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(tasks);
        Assert.Empty(violations);
        Assert.True(reads > 0, "nobody read anything");
        var (connection, _) = (await caravan.LocateAsync(tenant, CancellationToken.None))!.Value;
        await using var session = await OpenAsync(connection, CancellationToken.None);
        await using var transaction = await session.BeginTransactionAsync();
        await ContextAsync(session);
        for (var client = 1; client < acknowledged.Length; client++)
        {
            await using var command = new NpgsqlCommand("""
                select c.n, count(e.n)::int, coalesce(min(e.n), 0), coalesce(max(e.n), 0), count(distinct e.serial)::int
                from counters c left join entries e using (tenant_id, client)
                where c.tenant_id = $1 and c.client = $2 group by c.n
                """, session);
            command.Parameters.Add(new() { Value = id });
            command.Parameters.Add(new() { Value = client });
            await using var row = await command.ExecuteReaderAsync();
            Assert.True(await row.ReadAsync());
            var there = (row.GetInt32(0), row.GetInt32(1), row.GetInt32(3), row.GetInt32(4));
            var told = acknowledged[client];
            Assert.True(there == (told, told, told, told), $"client {client}: {told} acknowledged, there is {there}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default);
        stop.Dispose();
    }

    async Task WriteAsync(int client)
    {
        NpgsqlConnection? connection = null;
        var unsure = false;
        while (!stop.IsCancellationRequested || unsure)
            try
            {
                connection ??= await ArriveAsync();
                if (connection is null)
                    continue;
                var next = acknowledged[client] + 1;
                if (unsure)
                {
                    // Was the write whose answer was lost done? Both can be; anything else is a loss or a doubling.
                    var there = await CounterAsync(connection, client);
                    if (there == next)
                        Acknowledge(client);
                    else if (there != next - 1)
                        violations.Enqueue($"client {client}: {next - 1} or {next} must be there, there is {there}");
                    unsure = false;
                    continue;
                }
                unsure = true;
                await using (var transaction = await connection.BeginTransactionAsync())
                {
                    await ContextAsync(connection);
                    var changed = await RunAsync(connection,
                        "update counters set n = $3 where tenant_id = $1 and client = $2 and n = $3 - 1", client, next);
                    if (changed != 1)
                        violations.Enqueue($"client {client}: the counter is not at {next - 1}");
                    await RunAsync(connection, "insert into entries (tenant_id, client, n, what) values ($1, $2, $3, 'w')", client, next);
                    if (next % 10 == 0)
                        await RunAsync(connection,
                            "update things set v = v || 'z' where tenant_id = $1 and id < 300 and id % 50 = $2 and $3 > 0",
                            client, next);
                    if (next % 25 == 0)
                        await RunAsync(connection, "insert into things (tenant_id, kind, v) select $1, 'b', 'new' where $2 > 0 and $3 > 0",
                            client, next);
                    if (next % 40 == 0)
                        await RunAsync(connection, "delete from things where tenant_id = $1 and id % 97 = $2 and $3 > 0", client, next);
                    await transaction.CommitAsync();
                }
                unsure = false;
                Acknowledge(client);
                await Task.Delay(1);
            }
            catch (Exception refused) when (refused is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
            {
                refusal = refused.Message;
                await LeaveAsync(connection);
                connection = null;
                await Task.Delay(3);
            }
        await LeaveAsync(connection);
    }

    async Task ReadAsync(int client)
    {
        NpgsqlConnection? connection = null;
        while (!stop.IsCancellationRequested)
            try
            {
                connection ??= await ArriveAsync();
                if (connection is null)
                    continue;
                var least = Volatile.Read(ref acknowledged[client]);
                var seen = await CounterAsync(connection, client);
                if (seen < least)
                    violations.Enqueue($"client {client}: {least} was acknowledged before, {seen} is read");
                Interlocked.Increment(ref reads);
                await Task.Delay(2);
            }
            catch (Exception refused) when (refused is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
            {
                refusal = refused.Message;
                await LeaveAsync(connection);
                connection = null;
                await Task.Delay(3);
            }
        await LeaveAsync(connection);
    }

    void Acknowledge(int client)
    {
        Volatile.Write(ref acknowledged[client], acknowledged[client] + 1);
        var now = Stopwatch.GetTimestamp();
        if (last[client] != 0)
        {
            var waited = (long)Stopwatch.GetElapsedTime(last[client], now).TotalMilliseconds;
            while (Interlocked.Read(ref longest) is var known && waited > known)
                Interlocked.CompareExchange(ref longest, waited, known);
        }
        last[client] = now;
    }

    async Task<NpgsqlConnection?> ArriveAsync()
    {
        if (await caravan.LocateAsync(tenant, CancellationToken.None) is not { } place)
        {
            await Task.Delay(5);
            return null;
        }
        return await OpenAsync(place.Connection, CancellationToken.None);
    }

    static async Task<NpgsqlConnection> OpenAsync(string text, CancellationToken token)
    {
        var connection = new NpgsqlConnection(text);
        await connection.OpenAsync(token);
        return connection;
    }

    static async Task LeaveAsync(NpgsqlConnection? connection)
    {
        if (connection is not null)
            await connection.DisposeAsync();
    }

    async Task<int> CounterAsync(NpgsqlConnection connection, int client)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await ContextAsync(connection);
        await using var command = new NpgsqlCommand("select n from counters where tenant_id = $1 and client = $2", connection);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = client });
        var n = await command.ExecuteScalarAsync() is int found ? found : -1;
        await transaction.CommitAsync();
        return n;
    }

    async Task ContextAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand($"select pg_catalog.set_config('howdah.tenant', '{id}', true)", connection);
        await command.ExecuteNonQueryAsync();
    }

    async Task<int> RunAsync(NpgsqlConnection connection, string sql, int client, int next)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in (object[])[id, client, next])
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync();
    }
}
