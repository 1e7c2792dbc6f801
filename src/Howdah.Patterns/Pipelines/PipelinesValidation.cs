using System.Text.RegularExpressions;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Pipelines;

/// <summary>What is wrong with pipelines as they stand in the file, all at once.</summary>
static partial class PipelinesValidation
{
    /// <summary>Verbs of the tool and words of its reports, which name no pipeline.</summary>
    static readonly string[] Taken = ["list", "schedule", "quarantine", "sources", "retry", "discard"];

    internal static IEnumerable<Diagnostic> Validate(PipelinesSpec spec) =>
        spec.Pipelines.SelectMany(each => One(spec, each.Key, each.Value, $"{spec.Path}.{each.Key}")).Concat(Cycles(spec));

    static IEnumerable<Diagnostic> One(PipelinesSpec spec, string name, PipelineWish wish, string path)
    {
        if (!PlainName().IsMatch(name) || Taken.Contains(name))
            yield return Diagnostic.Error(Codes.Name, $"`{name}` cannot name a pipeline", path,
                $"small letters, digits, - and _, at most 40, and none of {string.Join(", ", Taken)}");
        if (((object?[])[wish.Files, wish.Url, wish.Query]).Count(static source => source is not null) != 1)
            yield return Diagnostic.Error(Codes.Source, $"{name} needs one source: files, url or query", path, "files: data/sales-*.csv");
        if (wish.Url is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            yield return Diagnostic.Error(Codes.Source, $"the url of {name} is no http or https address", $"{path}.url",
                "url: https://example.com/orders.csv");
        if (wish.Fetch is not null && (wish.Files is null || wish.Files.AsSpan().ContainsAny('*', '?')))
            yield return Diagnostic.Error(Codes.Source, $"{name} fetches one file, and says not which one where it is at hand",
                $"{path}.fetch", "files: data/flights.parquet");
        if ((wish.Into is null) == (wish.Call is null))
            yield return Diagnostic.Error(Codes.Target, $"{name} needs one target, into or call", path, "into: store.orders");
        if (wish.Call is not null && (wish.Mode != LoadMode.Insert || wish.BatchColumn is not null))
            yield return Diagnostic.Error(Codes.Target, $"{name} calls a procedure, which decides itself what becomes of the rows", path,
                "take out mode and batch_column");
        if (wish.Mode == LoadMode.Upsert && wish.Key.Count == 0)
            yield return Diagnostic.Error(Codes.Key, $"{name} replaces rows and says not by which key", path, "key: [order_id]");
        if (wish.LastWins && wish.Mode != LoadMode.Upsert)
            yield return Diagnostic.Error(Codes.Key, $"{name} lets the last duplicate count, which only mode upsert can",
                $"{path}.duplicates",
                "mode: upsert, or take it out");
        foreach (var column in wish.Key.Where(column => !wish.Columns.TryGetValue(column, out var known) || known.StageOnly))
            yield return Missing(column, Targets(wish), $"{path}.key", "column of the target");
        foreach (var other in wish.After.Where(other => !spec.Pipelines.ContainsKey(other)))
            yield return Missing(other, spec.Pipelines.Keys, $"{path}.after", "pipeline");
        if (wish.Format.Zone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            yield return Diagnostic.Error(Codes.Unknown, $"there is no time zone `{zone}`", $"{path}.format.zone",
                "write a name such as Europe/Madrid or UTC");
        if (wish.Format.Type == "parquet" && (!wish.Format.Nulls.SequenceEqual(PipelinesShapes.Plain.Nulls)
            || wish.Format with { Type = null, Zone = null, Nulls = PipelinesShapes.Plain.Nulls } != PipelinesShapes.Plain))
            yield return Diagnostic.Error(Codes.Format, $"the format of {name} says how texts are written, and Parquet files say it "
                + "themselves", $"{path}.format", "keep type and zone alone");
        if (wish.Query is not null && (!wish.Format.Nulls.SequenceEqual(PipelinesShapes.Plain.Nulls)
            || wish.Format with { Zone = null, Nulls = PipelinesShapes.Plain.Nulls } != PipelinesShapes.Plain))
            yield return Diagnostic.Error(Codes.Format, $"the format of {name} says how files are written, and its rows come from a query",
                $"{path}.format", "keep zone alone");
        if (wish is { Schedule: not null } && wish.Every > TimeSpan.Zero)
            yield return Diagnostic.Error(Codes.Schedule, $"{name} has times and an interval", $"{path}.every", "keep schedule or every");
        if (wish is { SkipsMissed: true, Schedule: null })
            yield return Diagnostic.Error(Codes.Schedule, $"{name} has no times that could be missed", $"{path}.missed",
                "schedule: \"30 2 * * *\", or take missed out");
        if (wish.Timeout is not null && !PipelineChores.Names(spec).Contains(name))
            yield return Diagnostic.Error(Codes.Schedule, $"{name} runs only when somebody calls it, and timeout is for runs by serve",
                $"{path}.timeout", "schedule: \"30 2 * * *\", or take timeout out");
        if (wish.Schedule?.Problem() is var (never, how))
            yield return Diagnostic.Error(Codes.Schedule, never, $"{path}.schedule", how);
        if (!wish.Columns.Values.Any(static column => column.Staged))
            yield return Diagnostic.Error(Codes.Column, $"no column of {name} comes from its source", $"{path}.columns", "order_id: text");
        foreach (var wrong in wish.Columns.SelectMany(each => Column(wish, each.Key, each.Value, $"{path}.columns.{each.Key}")))
            yield return wrong;
    }

    static IEnumerable<Diagnostic> Column(PipelineWish wish, string name, ColumnWish column, string path)
    {
        if (name.StartsWith("howdah_", StringComparison.Ordinal) || name == wish.BatchColumn)
            yield return Diagnostic.Error(Codes.Column, $"`{name}` is a column that the loader fills itself", path, "give it another name");
        if (Engine.Planning.Ident.Problem(name) is { } problem)
            yield return Diagnostic.Error(Codes.Column, problem, path, "a name of 1 to 63 bytes");
        if (column is { Value: not null, Lookup: not null } || (!column.Staged && (column.From is not null || column.Default is not null)))
            yield return Diagnostic.Error(Codes.Column, $"`{name}` has more than one origin", path, "keep one of from, value and lookup");
        if (!column.Staged && column.StageOnly)
            yield return Diagnostic.Error(Codes.Column, $"`{name}` is made after staging, and would go nowhere", $"{path}.stage_only",
                "take out stage_only");
        if (column.Lookup is { } lookup)
        {
            foreach (var staged in lookup.By.Values.Where(staged => !wish.Columns.TryGetValue(staged, out var known) || !known.Staged))
                yield return Missing(staged, wish.Columns.Where(static each => each.Value.Staged).Select(static each => each.Key),
                    $"{path}.lookup.by", "staged column");
        }
    }

    static IEnumerable<string> Targets(PipelineWish wish) =>
        wish.Columns.Where(static each => !each.Value.StageOnly).Select(static each => each.Key);

    static IEnumerable<Diagnostic> Cycles(PipelinesSpec spec)
    {
        var left = spec.Pipelines.ToDictionary(static each => each.Key,
            each => each.Value.After.Where(spec.Pipelines.ContainsKey).ToList());
        while (left.FirstOrDefault(each => each.Value.All(other => !left.ContainsKey(other))).Key is { } next)
            left.Remove(next);
        if (left.Count > 0)
            yield return Diagnostic.Error(Codes.Cycle, $"these pipelines wait for each other: {string.Join(", ", left.Keys)}", spec.Path,
                "take one `after` out");
    }

    static Diagnostic Missing(string name, IEnumerable<string> known, string path, string what)
    {
        var list = known.ToList();
        return Diagnostic.Error(Codes.Unknown, $"there is no {what} `{name}`", path, Suggestion.Nearest(name, list) is { } near
            ? $"did you mean `{near}`?" : $"there are {string.Join(", ", list)}");
    }

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,39}$")]
    private static partial Regex PlainName();
}
