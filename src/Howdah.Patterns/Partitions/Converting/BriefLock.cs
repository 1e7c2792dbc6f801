using System.Globalization;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>
/// Short work under a lock that stands in the way of writers. A lock that is not had at once makes everybody wait who comes later: so it is
/// asked for only while nobody holds the table for long, given up after a moment, and tried again.
/// </summary>
/// <param name="home">The database.</param>
/// <param name="options">How.</param>
/// <param name="tell">Told who is waited for.</param>
sealed class BriefLock(Home home, ConvertOptions options, Action<string> tell)
{
    static readonly CatalogQuery Holders = CatalogQuery.Load(typeof(BriefLock), "holders.sql");

    /// <summary>The longest time from asking for a lock until it was let go: no writer was made to wait for longer.</summary>
    internal TimeSpan Longest { get; private set; }

    /// <summary>Does work in one transaction that begins with a lock on a table.</summary>
    /// <param name="conversion">The conversion, where the time is written down.</param>
    /// <param name="table">The table.</param>
    /// <param name="exclusive">Whether readers, too, have to be kept out.</param>
    /// <param name="before">Done before the lock is asked for, in the same transaction; null for nothing.</param>
    /// <param name="work">Done under the lock; false to undo it all.</param>
    /// <param name="token">Cancels.</param>
    internal async Task RunAsync(Conversion conversion, QName table, bool exclusive, Func<NpgsqlConnection, Task>? before,
        Func<NpgsqlConnection, Task<bool>> work, CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        var connection = home.Main;
        var told = "";
        var wait = (int)options.LockWait.TotalMilliseconds;
        for (var pause = 50; ; pause = Math.Min(2 * pause, 1000))
        {
            var who = await HolderAsync(connection, table, exclusive, token);
            if (who is null)
            {
                await using var transaction = await connection.BeginTransactionAsync(token);
                var asked = 0L;
                try
                {
                    await connection.ExecuteAsync(Sql.Of($"set local lock_timeout = {wait}"), token);
                    // An autovacuum gives way to whoever waits for it this long. Only a superuser may say so; without it one is waited for.
                    await connection.ExecuteAsync(Sql.Of($"""
                        do $$ begin
                          perform pg_catalog.set_config('deadlock_timeout', '20ms', true);
                        exception when insufficient_privilege then null;
                        end $$
                        """), token);
                    if (before is not null)
                        await before(connection);
                    asked = options.Time.GetTimestamp();
                    await connection.ExecuteAsync(exclusive ? Sql.Of($"lock table {table} in access exclusive mode")
                        : Sql.Of($"lock table {table} in share row exclusive mode"), token);
                    if (await work(connection))
                        await transaction.CommitAsync(token);
                    else
                        await transaction.RollbackAsync(token);
                    await NoteAsync(conversion, options.Time.GetElapsedTime(asked), token);
                    return;
                }
                catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable
                    or PostgresErrorCodes.DeadlockDetected)
                {
                    await transaction.RollbackAsync(CancellationToken.None);
                    if (asked != 0)
                        await NoteAsync(conversion, options.Time.GetElapsedTime(asked), token);
                    who = "others that hold it for a moment each";
                }
            }
            if (who != told)
                tell($"waiting for {who}");
            told = who;
            if (options.Time.GetElapsedTime(began) > options.LockPatience)
                throw new ConvertException($"no lock on {table.Plain} was to be had within {options.LockPatience.TotalMinutes:0.#} min: "
                    + $"{who} had it; go on with --resume when that has ended, or give up with --abort");
            await Task.Delay(TimeSpan.FromMilliseconds(pause), options.Time, token);
        }
    }

    async Task NoteAsync(Conversion conversion, TimeSpan held, CancellationToken token)
    {
        if (held <= Longest)
            return;
        Longest = held;
        await home.Main.ExecuteAsync(Sql.Of($"""
            update howdah.conversion set longest_ms = greatest(longest_ms, {(long)Math.Ceiling(held.TotalMilliseconds)})
            where id = {conversion.Id}
            """), token);
    }

    static async Task<string?> HolderAsync(NpgsqlConnection connection, QName table, bool exclusive, CancellationToken token)
    {
        var oid = await connection.OneAsync<uint>(Sql.Of($"select pg_catalog.to_regclass({new Literal(table.ToString())})::oid"), token);
        return (await connection.ListAsync(Holders, static row => string.Create(CultureInfo.InvariantCulture,
            $"process {row.GetInt32(0)} of {row.GetString(1)} (in its transaction for {row.GetDouble(2):0} s)"), token, oid, !exclusive))
            .FirstOrDefault();
    }
}
