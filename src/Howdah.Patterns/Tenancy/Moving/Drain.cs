using System.Globalization;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// Waits for the writers that were under way when a fence was laid. Whoever comes to a table later sees the fence; whoever had locked it
/// before may still commit, and is waited for.
/// </summary>
/// <param name="connection">A connection to the place, outside a transaction.</param>
/// <param name="tables">The tables.</param>
/// <param name="time">The clock.</param>
sealed class Drain(NpgsqlConnection connection, IReadOnlyList<QName> tables, TimeProvider time)
{
    static readonly CatalogQuery Writers = CatalogQuery.Load(typeof(Drain), "writers.sql");
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>A transaction that writes.</summary>
    internal readonly record struct Writer(string Id, int Process, string Role, long Milliseconds);

    /// <summary>Waits until all that write now have ended; the ones that have not, where patience ended first.</summary>
    internal async Task<IReadOnlyList<Writer>> WaitAsync(TimeSpan patience, CancellationToken token)
    {
        var began = time.GetTimestamp();
        var before = (await NowAsync(token)).Select(Key).ToHashSet();
        while (before.Count > 0)
        {
            var now = await NowAsync(token);
            before.IntersectWith(now.Select(Key));
            if (before.Count == 0)
                break;
            if (time.GetElapsedTime(began) >= patience)
                return [.. now.Where(writer => before.Contains(Key(writer)))];
            await Task.Delay(Pause, time, token);
        }
        return [];
    }

    /// <summary>Waits until nobody has been writing for long: a fence laid now will not have to wait. Gives up after a while; the fence
    /// has a
    /// patience of its own.</summary>
    internal async Task CalmAsync(TimeSpan patience, CancellationToken token)
    {
        var began = time.GetTimestamp();
        while ((await NowAsync(token)).Any(static writer => writer.Milliseconds > 200) && time.GetElapsedTime(began) < patience)
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, token);
    }

    /// <summary>Who is waited for, for people.</summary>
    internal static string Tell(IReadOnlyList<Writer> writers) => string.Join(", ", writers.Select(static writer => string.Create(
        CultureInfo.InvariantCulture, $"process {writer.Process} of {writer.Role} (writing for {writer.Milliseconds / 1000.0:0.0} s)")));

    static (string, int) Key(Writer writer) => (writer.Id, writer.Process);

    async Task<List<Writer>> NowAsync(CancellationToken token)
    {
        await using var command = Moving.Tables.Asking(connection, Writers, tables);
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<Writer>();
        while (await rows.ReadAsync(token))
            found.Add(new(rows.GetString(0), rows.GetInt32(1), rows.GetString(2), rows.GetInt64(3)));
        return found;
    }
}
