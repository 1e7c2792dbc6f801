using Howdah.Engine;
using Howdah.Engine.Files;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>A pipeline that <c>howdah serve</c> runs.</summary>
/// <param name="Pipeline">Its name.</param>
/// <param name="When">When it runs, in words of the file.</param>
/// <param name="Next">When it runs next; null where it waits for others, or where nobody has served it yet.</param>
/// <param name="Last">When its last run ended; null where there was none.</param>
/// <param name="Outcome"><c>done</c> or <c>failed</c>; null where there was none.</param>
/// <param name="Failures">How many times in a row it failed.</param>
/// <param name="Message">What the last run did, or why it failed.</param>
public sealed record ScheduledPipeline(string Pipeline, string When, DateTimeOffset? Next, DateTimeOffset? Last, string? Outcome,
    int Failures, string? Message);

/// <summary>Which pipelines <c>howdah serve</c> runs, when, and how it went.</summary>
public static class PipelineSchedule
{
    /// <summary>The pipelines of a database that run by themselves, each after those it waits for.</summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="database">The database.</param>
    /// <param name="token">Cancels.</param>
    public static async Task<IReadOnlyList<ScheduledPipeline>> ListAsync(Session session, DatabaseSpec database, CancellationToken token)
    {
        var spec = PipelineLoad.Spec(session, database, null);
        var names = PipelineChores.Names(spec);
        if (names.Count == 0)
            return [];
        var rows = new Dictionary<string, ScheduledPipeline>();
        await using var connection = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
        await using var command = new NpgsqlCommand("""
            select pipeline, dealt, finished, outcome, failures, message, case when failures > 0 then began end, pg_catalog.now()
            from howdah.load_run
            """, connection);
        await using var row = await command.ExecuteReaderAsync(token);
        while (await row.ReadAsync(token))
        {
            if (!spec.Pipelines.TryGetValue(row.GetString(0), out var wish))
                continue;
            var dealt = row.GetFieldValue<DateTimeOffset>(1);
            var left = MissedTimes.LeftOut(wish, dealt, row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
                row.GetFieldValue<DateTimeOffset>(7));
            rows[row.GetString(0)] = new(row.GetString(0), wish.When, wish.Next(left ?? dealt),
                row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2), row.IsDBNull(3) ? null : row.GetString(3),
                row.GetInt32(4), row.IsDBNull(5) ? null : row.GetString(5));
        }
        return [.. names.Select(name => rows.GetValueOrDefault(name) ?? new(name, spec.Pipelines[name].When, null, null, null, 0, null))];
    }
}
