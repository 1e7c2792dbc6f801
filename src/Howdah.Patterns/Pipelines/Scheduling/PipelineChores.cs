using Howdah.Engine;
using Howdah.Engine.Upkeep;
using Howdah.Patterns.Pipelines.Streaming;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>Pipelines that a host runs by itself: those with times, and those that come after them.</summary>
static class PipelineChores
{
    static readonly HttpClient Client = new() { Timeout = TimeSpan.FromMinutes(30) };

    /// <summary>The pipelines that run by themselves, each after those it waits for.</summary>
    internal static IReadOnlyList<string> Names(PipelinesSpec spec)
    {
        var names = new List<string>();
        while (spec.Pipelines.FirstOrDefault(each => !names.Contains(each.Key) && (each.Value.Schedule is not null
            || each.Value.Every > TimeSpan.Zero || each.Value.After.Any(names.Contains))).Key is { } next)
            names.Add(next);
        return names;
    }

    internal static IEnumerable<Chore> Of(PipelinesSpec spec) =>
    [
        .. Runs(spec),
        new($"staging of loads in {spec.Database}", spec.Server, (session, token) => SweepAsync(session, spec, token))
        {
            Database = spec.Database, Kind = "staging",
        },
    ];

    static async Task<ChoreDone> SweepAsync(Session session, PipelinesSpec spec, CancellationToken token)
    {
        var (dropped, held) = await Leftovers.DropAsync(session.Servers[spec.Server], spec, token);
        return new((dropped, held) switch
        {
            (0, 0) => "nothing left behind",
            (_, 0) => $"what {dropped} killed load{(dropped == 1 ? "" : "s")} left behind is dropped",
            _ => $"of what killed loads left behind {dropped} are dropped, {held} are still held by a session",
        }) { Counts = new Dictionary<string, long> { ["dropped"] = dropped } };
    }

    static IEnumerable<Chore> Runs(PipelinesSpec spec) => Names(spec).Select(name =>
    {
        var wish = spec.Pipelines[name];
        return new Chore(Name(spec, name), spec.Server, (session, token) => RunAsync(session, spec, name, token))
        {
            Database = spec.Database, Kind = "pipeline", Subject = name, Limit = wish.Timeout,
            Timetable = new()
            {
                Next = wish.Next,
                After = [.. wish.After.Select(other => Name(spec, other))],
                Recall = (session, now, token) => RecallAsync(session, spec, name, now, token),
                Remember = (session, entry, token) => RememberAsync(session, spec, name, entry, token),
            },
        };
    });

    static string Name(PipelinesSpec spec, string pipeline) => $"pipeline {pipeline} of {spec.Database}";

    static async Task<ChoreDone> RunAsync(Session session, PipelinesSpec spec, string name, CancellationToken token)
    {
        var database = session.Estate.Databases.Single(each => each.Name == spec.Database && each.Server == spec.Server);
        var reports = await PipelineLoad.RunAsync(session, database, name, new() { Client = Client, Tool = "howdah serve" }, token);
        if (reports.FirstOrDefault(static each => each.Outcome is LoadOutcome.Failed or LoadOutcome.Refused) is { } wrong)
            throw new InvalidOperationException($"{wrong.Source}: {wrong.Message}");
        var loaded = reports.Where(static each => each.Outcome == LoadOutcome.Loaded).ToList();
        return new(loaded.Count == 0 ? "nothing new"
            : $"{loaded.Count} source{(loaded.Count == 1 ? "" : "s")} loaded: {loaded.Sum(static each => each.Loaded)} rows, "
            + $"{loaded.Sum(static each => each.Quarantined)} refused")
        {
            Counts = new Dictionary<string, long>
            {
                ["sources"] = loaded.Count, ["loaded"] = loaded.Sum(static each => each.Loaded),
                ["unchanged"] = loaded.Sum(static each => each.Unchanged), ["refused"] = loaded.Sum(static each => each.Quarantined),
                ["skipped"] = loaded.Sum(static each => each.Skipped),
            },
        };
    }

    // From the first look on times are known that nobody was there for. What is to run at an interval runs at once.
    static async Task<TimetableMemory> RecallAsync(Session session, PipelinesSpec spec, string name, DateTimeOffset now,
        CancellationToken token)
    {
        await using var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
        var wish = spec.Pipelines[name];
        var start = now - wish.Every;
        await using var command = new NpgsqlCommand("""
            with anew as (
              insert into howdah.load_run (pipeline, dealt) values ($1, $2) on conflict do nothing returning dealt, failures, began)
            select dealt, failures, began from anew union all select dealt, failures, began from howdah.load_run where pipeline = $1 limit 1
            """, connection) { Parameters = { new() { Value = name }, new() { Value = start.UtcDateTime } } };
        await using var row = await command.ExecuteReaderAsync(token);
        if (!await row.ReadAsync(token))
            return new(start, 0);
        var (dealt, failures) = (row.GetFieldValue<DateTimeOffset>(0), row.GetInt32(1));
        return new(dealt, failures)
        {
            LeftOut = MissedTimes.LeftOut(wish, dealt, failures > 0 && !row.IsDBNull(2) ? row.GetFieldValue<DateTimeOffset>(2) : null, now),
        };
    }

    static async Task RememberAsync(Session session, PipelinesSpec spec, string name, TimetableEntry entry, CancellationToken token)
    {
        await using var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
        await using var command = new NpgsqlCommand("""
            insert into howdah.load_run as r (pipeline, dealt, began, finished, outcome, failures, message)
            values ($1, $2, $2, $3, case when $4 then 'done' else 'failed' end, case when $4 then 0 else 1 end, $5)
            on conflict (pipeline) do update set dealt = case when $4 then greatest(r.dealt, $2) else r.dealt end,
              began = $2, finished = $3, outcome = excluded.outcome, failures = case when $4 then 0 else r.failures + 1 end, message = $5
            """, connection)
        {
            Parameters =
            {
                new() { Value = name }, new() { Value = entry.Begun.UtcDateTime }, new() { Value = entry.Ended.UtcDateTime },
                new() { Value = entry.Done }, new() { Value = entry.Message },
            },
        };
        await command.ExecuteNonQueryAsync(token);
    }
}
