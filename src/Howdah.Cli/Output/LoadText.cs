using System.Globalization;
using System.Text;
using Howdah.Patterns.Pipelines;

namespace Howdah.Cli.Output;

/// <summary>Loads, batches and refused rows, for people and for programs.</summary>
static class LoadText
{
    /// <summary>The exit code for what came of sources.</summary>
    internal static int Exit(IReadOnlyList<LoadReport> reports) =>
        reports.Any(static each => each.Outcome == LoadOutcome.Failed) ? ExitCodes.Failed
        : reports.Any(static each => each.Outcome == LoadOutcome.Refused) ? ExitCodes.Refused : ExitCodes.Done;

    internal static int Tell(Screen screen, IReadOnlyList<LoadReport> reports, bool json)
    {
        foreach (var each in reports)
            screen.Tell(Line(each));
        if (json)
            screen.Out(RowText.Write(
                ["pipeline", "source", "outcome", "batch", "read", "loaded", "unchanged", "quarantined", "skipped", "bytes", "sha256",
                    "message"],
                [.. reports.Select(static each => (string?[])[each.Pipeline, each.Source, each.Outcome.ToString().ToLowerInvariant(),
                    Number(each.Batch), Number(each.Read), Number(each.Loaded), Number(each.Unchanged), Number(each.Quarantined),
                    Number(each.Skipped), Number(each.Bytes), each.Sha256, each.Message])], "json"));
        return Exit(reports);
    }

    static string Line(LoadReport each) => each.Outcome is LoadOutcome.Loaded or LoadOutcome.Tried
        ? $"{each.Pipeline}: {each.Source}: {Words(each.Read)} read = {Words(each.Loaded)} loaded + {Words(each.Unchanged)} unchanged + "
            + $"{Words(each.Quarantined)} refused + {Words(each.Skipped)} skipped{(each.Batch > 0 ? $" (batch {each.Batch})" : "")}"
            + (each.Message is { } more ? $"; {more}" : "")
        : $"{each.Pipeline}: {each.Source}: {each.Message}";

    internal static string Batches(IReadOnlyList<BatchRow> rows, bool json) => RowText.Write(
        ["batch", "pipeline", "source", "state", "read", "loaded", "unchanged", "quarantined", "skipped", "finished", "message"],
        [.. rows.Select(static row => (string?[])[Number(row.Id), row.Pipeline, row.Source, row.State, Number(row.Read), Number(row.Loaded),
            Number(row.Unchanged), Number(row.Quarantined), Number(row.Skipped), row.Finished, row.Message])], json ? "json" : "table");

    internal static string Schedule(IReadOnlyList<ScheduledPipeline> rows, bool json) => RowText.Write(
        ["pipeline", "when", "next", "last", "outcome", "failures", "message"],
        [.. rows.Select(static row => (string?[])[row.Pipeline, row.When, Time(row.Next), Time(row.Last), row.Outcome, Number(row.Failures),
            row.Message])], json ? "json" : "table");

    static string? Time(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    internal static string Refused(IReadOnlyList<RefusedRow> rows, bool json) => RowText.Write(
        ["row", "batch", "pipeline", "source", "line", "column", "rule", "sqlstate", "message", "raw"],
        [.. rows.Select(static row => (string?[])[Number(row.Id), Number(row.Batch), row.Pipeline, row.Source,
            row.Line?.ToString(CultureInfo.InvariantCulture), row.Column, row.Rule, row.SqlState, row.Message,
            row.Raw is { } raw ? Encoding.UTF8.GetString(raw) : null])], json ? "json" : "table");

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Words(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>The line on a terminal that says how far a load is: rows, bytes, rate, refused rows, time left.</summary>
sealed class LoadLine(Screen screen, TimeProvider time) : IProgress<LoadStage>, IDisposable
{
    readonly Ticker ticker = new(screen);
    readonly Lock gate = new();
    long start;
    long told;
    string source = "";

    public void Report(LoadStage value)
    {
        lock (gate)
        {
            if (source != value.Source)
                (source, start, told) = (value.Source, time.GetTimestamp(), 0);
            if (told > 0 && time.GetElapsedTime(told).TotalMilliseconds < 200)
                return;
            told = time.GetTimestamp();
            ticker.Report(Text(value, time.GetElapsedTime(start).TotalSeconds));
        }
    }

    internal static string Text(LoadStage stage, double seconds)
    {
        var rate = seconds > 0 ? stage.Records / seconds : 0;
        var left = stage.Total is > 0 && stage.Bytes > 0 && stage.Bytes < stage.Total
            ? $", {TimeSpan.FromSeconds(seconds / stage.Bytes * (stage.Total.Value - stage.Bytes)):m\\:ss} left" : "";
        return $"{stage.Source}: {stage.Doing}, {LoadText.Words(stage.Records)} rows, {stage.Bytes >> 20} MB, "
            + $"{LoadText.Words((long)rate)} rows/s, {LoadText.Words(stage.Rejected)} refused{left}";
    }

    public void Dispose() => ticker.Dispose();
}
