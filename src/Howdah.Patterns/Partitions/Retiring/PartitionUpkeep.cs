using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>Looks after the partitions of a database: what a schedule calls.</summary>
public static class PartitionUpkeep
{
    // "HPAR" in ASCII.
    const int Class = 0x48504152;

    /// <summary>The tables whose partitions a database declares, in the file's order.</summary>
    public static IReadOnlyList<string> Of(DatabaseSpec database) =>
        database.Get(PartitionsSpec.Section) is { } tables ? [.. tables.Keys] : [];

    /// <summary>
    /// Ends detachings that were cut off, makes what is missing, empties default partitions into what was made, retires what is too
    /// old, and refreshes the statistics of tables whose partitions changed. Killed anywhere and run again, it ends the same.
    /// </summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="database">The database.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; the next run goes on.</param>
    /// <returns>What was done; <see cref="UpkeepReport.Busy"/> where another upkeep of the database is under way.</returns>
    /// <exception cref="ArgumentException">The table is not declared.</exception>
    public static async Task<UpkeepReport> RunAsync(Session session, DatabaseSpec database, UpkeepOptions options, CancellationToken token)
    {
        if (database.Get(PartitionsSpec.Section) is not { } tables)
            return new(false, []);
        if (options.Table is { } wanted && !tables.ContainsKey(wanted))
            throw new ArgumentException($"partitions of `{wanted}` are not declared; declared are {string.Join(", ", tables.Keys)}");
        var spec = new PartitionsSpec(database.Server, database.Name, $"databases.{database.Name}.{PartitionsSpec.Key}", tables);
        await using var work = await Work.OpenAsync(session.Servers[database.Server], database.Name, token);
        if (!await LockAsync(work, options, token))
            return new(true, []);
        var reports = new List<TableReport>();
        foreach (var (name, wish) in tables.Where(each => options.Table is null || each.Key == options.Table))
            reports.Add(await new TableUpkeep(session, spec, name, wish, work, options).RunAsync(token));
        return new(false, reports);
    }

    // Polled: a session that waits for the lock holds a snapshot, which a detaching in the holder would wait for.
    static async Task<bool> LockAsync(Work work, UpkeepOptions options, CancellationToken token)
    {
        for (var began = options.Time.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(100), options.Time, token))
        {
            if ((await work.ReadAsync(Sql.Of($"select pg_catalog.pg_try_advisory_lock({Class}, 0)"), static row => row.GetBoolean(0),
                token))[0])
                return true;
            if (options.Time.GetElapsedTime(began) >= options.BusyPatience)
                return false;
        }
    }
}
