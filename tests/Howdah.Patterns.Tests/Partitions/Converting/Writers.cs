using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions.Converting;

/// <summary>
/// Clients that never stop writing, each its own rows, and each with a book of what was acknowledged to it: which rows must be there, with
/// what time and note. A statement that failed is in nobody's book: the client asks what became of it.
/// </summary>
sealed class Writers : IAsyncDisposable
{
    readonly Ledger ledger;
    readonly CancellationTokenSource stop = new();
    readonly List<Task> tasks = [];
    readonly ConcurrentDictionary<long, (DateTime At, string Note)>[] books;
    readonly ConcurrentQueue<string> troubles = new();
    long longest;
    int acknowledged;

    /// <param name="ledger">Where they write.</param>
    /// <param name="clients">How many.</param>
    /// <param name="seed">Of what they do.</param>
    internal Writers(Ledger ledger, int clients, int seed)
    {
        this.ledger = ledger;
        books = [.. Enumerable.Range(0, clients).Select(static _ => new ConcurrentDictionary<long, (DateTime, string)>())];
        for (var client = 0; client < clients; client++)
        {
            var me = client;
            tasks.Add(Task.Run(() => WriteAsync(me, new Random(seed + me))));
        }
    }

    /// <summary>The longest that one statement took.</summary>
    internal TimeSpan Longest => TimeSpan.FromMilliseconds(Interlocked.Read(ref longest));

    /// <summary>How many writes were acknowledged.</summary>
    internal int Acknowledged => Volatile.Read(ref acknowledged);

    /// <summary>Waits until some more were acknowledged.</summary>
    internal async Task GoOnAsync(int more = 30)
    {
        var goal = Acknowledged + more;
        await Testing.Patience.UntilAsync("writers are acknowledged more", () =>
        {
            Assert.Empty(troubles);
            return Task.FromResult(Acknowledged >= goal || tasks.Any(static task => task.IsFaulted));
        });
        if (tasks.FirstOrDefault(static task => task.IsFaulted) is { } failed)
            await failed;
    }

    /// <summary>Stops them, and looks: every row of every book is there once and as acknowledged, and no other is.</summary>
    internal async Task CheckAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(tasks);
        Assert.Empty(troubles);
        for (var client = 0; client < books.Length; client++)
        {
            var there = new List<(long Id, DateTime At, string Note)>();
            await using var connection = await ledger.Server.OpenAsync(ledger.Name);
            await using var command = new NpgsqlCommand(
                $"select id, at, note from app.events where client = {1000 + client} order by id", connection);
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
                there.Add((rows.GetInt64(0), rows.GetDateTime(1), rows.GetString(2)));
            Assert.Equal(books[client].OrderBy(static row => row.Key).Select(static row => (row.Key, row.Value.At, row.Value.Note)), there);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default);
        stop.Dispose();
    }

    async Task WriteAsync(int client, Random random)
    {
        var book = books[client];
        await using var connection = await ledger.Server.OpenAsync(ledger.Name);
        // Prepared on the server, as pools do: what was planned for the table as it was must find the new one.
        await using var update = await PreparedAsync(connection,
            $"update app.events set note = $2, at = $3{ledger.Cut.Move} where id = $1");
        await using var delete = await PreparedAsync(connection, "delete from app.events where id = $1");
        var number = 0;
        while (!stop.IsCancellationRequested)
        {
            // Rows in the way of the copy, too: with all months that there are.
            var at = new DateTime(2026, 1, 11, 0, 0, 0, DateTimeKind.Utc).AddMinutes(random.Next(200_000));
            var note = $"{client} {++number}";
            var began = Stopwatch.GetTimestamp();
            if (book.IsEmpty || random.Next(3) == 0)
            {
                await using var insert = new NpgsqlCommand($"""
                    insert into app.events (at, client, account, amount, note) values ($1, {1000 + client}, 1, 1, $2) returning id
                    """, connection);
                insert.Parameters.Add(new() { Value = at });
                insert.Parameters.Add(new() { Value = note });
                book[(long)(await insert.ExecuteScalarAsync())!] = (at, note);
            }
            else if (random.Next(5) == 0)
            {
                var id = book.Keys.ElementAt(random.Next(book.Count));
                delete.Parameters[0].Value = id;
                if (await delete.ExecuteNonQueryAsync() != 1)
                    troubles.Enqueue($"{id} of client {client} was not there to be deleted");
                book.TryRemove(id, out _);
            }
            else if (random.Next(4) == 0)
            {
                // As an upsert that stays right on both sides of the switch does it: in one statement, by the numbered key.
                var id = book.Keys.ElementAt(random.Next(book.Count));
                await using var upsert = new NpgsqlCommand($"""
                    insert into app.events (id, at, number, client, account, amount, note{ledger.Cut.Extra})
                    select id, at, number, client, account, amount, $2{ledger.Cut.Extra} from app.events where id = $1
                    on conflict ({ledger.Cut.Numbered}) do update set note = excluded.note
                    """, connection);
                upsert.Parameters.Add(new() { Value = id });
                upsert.Parameters.Add(new() { Value = note });
                await upsert.ExecuteNonQueryAsync();
                book[id] = (book[id].At, note);
            }
            else
            {
                var id = book.Keys.ElementAt(random.Next(book.Count));
                (update.Parameters[0].Value, update.Parameters[1].Value) = (id, note);
                at = random.Next(2) == 0 ? book[id].At : at;
                update.Parameters[2].Value = at;
                if (await update.ExecuteNonQueryAsync() != 1)
                    troubles.Enqueue($"{id} of client {client} was not there to be changed");
                book[id] = (at, note);
            }
            var took = (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            while (Interlocked.Read(ref longest) is var known && took > known)
                Interlocked.CompareExchange(ref longest, took, known);
            Interlocked.Increment(ref acknowledged);
            await Task.Delay(1); // the pace of a client that does something between two writes
        }
    }

    static async Task<NpgsqlCommand> PreparedAsync(NpgsqlConnection connection, string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint });
        if (sql.Contains("$3", StringComparison.Ordinal))
        {
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            command.Parameters.Add(new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        }
        await command.PrepareAsync();
        return command;
    }
}
