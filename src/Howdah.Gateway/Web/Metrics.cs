using Howdah.Gateway.Upkeep;
using Microsoft.AspNetCore.Http;

namespace Howdah.Gateway.Web;

/// <summary>What a gateway tells Prometheus: names of the estate file, times and counts; no text of a server, no tenant.</summary>
static class Metrics
{
    internal static async Task WriteAsync(HttpContext context, GatewayState state, GatewayOptions options)
    {
        context.Response.ContentType = Exposition.ContentType;
        await context.Response.WriteAsync(Exposition.Write(Of(state, options)), context.RequestAborted);
    }

    internal static IEnumerable<Family> Of(GatewayState state, GatewayOptions options)
    {
        var (servers, now) = (state.Servers, options.Time.GetUtcNow());
        yield return new("howdah_build_info", "gauge", "The version of howdah, and which estate it serves.",
            [new(1, ("version", options.Version), ("estate", state.Opened ? state.Current.Session.Estate.Name : ""))]);
        yield return new("howdah_start_timestamp_seconds", "gauge", "When this instance began.", [new(Seconds(state.Began))]);
        yield return new("howdah_estate_read_timestamp_seconds", "gauge", "When the estate file was read last.",
            [new(Seconds(state.LastRead.At))]);
        yield return new("howdah_estate_good", "gauge", "Whether the estate file could be used when it was read last.",
            [new(state.LastRead.Good ? 1 : 0)]);
        yield return new("howdah_server_up", "gauge", "Whether a server of the estate can be reached.", servers.Select(static each =>
            new Sample(each.Role is StewardRole.Leader or StewardRole.Standby ? 1 : 0, ("server", each.Server))));
        yield return new("howdah_leader", "gauge", "Whether this instance looks after the estate on a server.",
            servers.Select(static each => new Sample(each.Role == StewardRole.Leader ? 1 : 0, ("server", each.Server))));
        foreach (var family in Chores(state.Chores, now))
            yield return family;
    }

    static IEnumerable<Family> Chores(IReadOnlyList<ChoreSeen> chores, DateTimeOffset now)
    {
        Family Gauge(string name, string help, Func<ChoreSeen, double?> value) => new($"howdah_chore_{name}", "gauge", help,
            chores.Where(each => value(each) is not null).Select(each => new Sample(value(each)!.Value, Labels(each))));

        yield return Gauge("last_success_timestamp_seconds", "When a chore was done last, by this instance.", static each =>
            Seconds(each.LastDone));
        yield return Gauge("fresh_timestamp_seconds", "As of when what a chore looks after is up to date: its age is the lag.",
            static each => Seconds(each.Fresh));
        yield return Gauge("last_duration_seconds", "How long a chore ran the last time, done or failed.", static each =>
            each.Took?.TotalSeconds);
        yield return Gauge("failures", "How many times in a row a chore failed.", static each => each.Failures);
        yield return Gauge("running", "Whether a chore runs.", static each => each.Begun is null ? 0 : 1);
        yield return Gauge("running_since_timestamp_seconds", "Since when a chore runs; absent where it does not.", static each =>
            Seconds(each.Begun));
        yield return Gauge("due_timestamp_seconds", "When a chore is to begin; absent where this instance does not lead.", static each =>
            Seconds(each.Due));
        yield return Gauge("overdue_seconds", "For how long a chore could have begun and has not; absent where this one does not lead.",
            each => each.Due is { } due ? each.Begun is null ? Math.Max(0, (now - due).TotalSeconds) : 0 : null);
        yield return Gauge("timeout_seconds", "How long a chore may run; absent where it may for as long as it takes.", static each =>
            each.Chore.Limit?.TotalSeconds);
        yield return new("howdah_chore_missed_total", "counter", "How many times of a schedule were left out as nobody served then.",
            chores.Where(static each => each.Chore.Timetable is not null).Select(static each => new Sample(each.Missed, Labels(each))));
        yield return new("howdah_chore_runs_total", "counter", "How many times a chore ended: done, failed, timed_out, called_off.",
            chores.SelectMany(static each => (Sample[])
            [
                new(each.Done, [.. Labels(each), ("outcome", "done")]), new(each.Failed, [.. Labels(each), ("outcome", "failed")]),
                new(each.TimedOut, [.. Labels(each), ("outcome", "timed_out")]),
                new(each.CalledOff, [.. Labels(each), ("outcome", "called_off")]),
            ]));
        yield return new("howdah_chore_work_total", "counter", "How much chores did: rows a refresh wrote, partitions made and retired.",
            chores.SelectMany(static each => each.Counts.OrderBy(static count => count.Key, StringComparer.Ordinal)
                .Select(count => new Sample(count.Value, [.. Labels(each), ("what", count.Key)]))));
    }

    static (string, string)[] Labels(ChoreSeen each) =>
        [("server", each.Chore.Server), ("database", each.Chore.Database), ("kind", each.Chore.Kind), ("subject", each.Chore.Subject)];

    static double? Seconds(DateTimeOffset? at) => at is { } known ? Seconds(known) : null;

    static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;
}
