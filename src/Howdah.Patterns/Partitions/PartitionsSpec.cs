using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

/// <summary>The partitions of one table as wanted.</summary>
/// <param name="By">The column it is partitioned by.</param>
/// <param name="Every">How long one partition is.</param>
/// <param name="Zone">The time zone in which days begin.</param>
/// <param name="Premake">How many partitions are made ahead of the one that today is in.</param>
/// <param name="From">The day from which on there are partitions; null for what is there, else today.</param>
/// <param name="Retention">How long they are kept; null for ever.</param>
sealed record PartitionWish(string By, Span Every, string Zone, int Premake, DateOnly? From, Retention? Retention)
{
    /// <summary>The last day that there are partitions for; null where time goes on.</summary>
    internal DateOnly? Until { get; init; }

    /// <summary>The day to which partitions reach, and how many are made ahead of its own.</summary>
    internal (DateOnly Day, int Ahead) Reach(DateOnly today) => Until is { } last && last < today ? (last, 0) : (today, Premake);

    /// <summary>What no partition holds and one should: not what was retired, nor what would be at once.</summary>
    internal IReadOnlyList<(DateOnly Start, Bounds Bounds)> Missing(Clock clock, DateOnly today, IReadOnlyList<Bounds> there, int most)
    {
        var (day, ahead) = Reach(today);
        if (Retention is null)
            return Gaps.Find(Every, clock, day, From, ahead, there, most);
        var cutoff = Retention.Cutoff(Every, today);
        var begin = clock.Begin(cutoff);
        return [.. Gaps.Find(Every, clock, day, From < cutoff ? cutoff : From, ahead, there, most)
            .Where(gap => gap.Bounds.To > begin)];
    }
}

/// <summary>The partitions of one database as wanted.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Tables">The tables by name, in the file's order.</param>
sealed record PartitionsSpec(string Server, string Database, string Path, IReadOnlyDictionary<string, PartitionWish> Tables)
{
    internal const string Key = "partitions";

    internal static Section<IReadOnlyDictionary<string, PartitionWish>> Section { get; } = new(SectionScope.Database, Key,
        "Tables partitioned by time whose partitions are made ahead: tables by `schema.name`, made with PARTITION BY RANGE by a migration.",
        Shapes.Map(Shapes.Object<PartitionWish>("a partitioned table", keys =>
        {
            var by = keys.Required("by", Shapes.Name, "The column that the table is partitioned by.", "at");
            var every = keys.Required("every", Shapes.Choice(("day", Span.Day), ("week", Span.Week), ("month", Span.Month),
                ("quarter", Span.Quarter), ("year", Span.Year)), "How long one partition is; weeks begin on Monday.", "month",
                "ALTER TABLE t ATTACH PARTITION t_p202601 FOR VALUES FROM (…) TO (…)");
            var zone = keys.Optional("zone", Shapes.Text, "UTC", "The time zone in which days begin, daylight saving included.", "UTC",
                "Europe/Madrid");
            var premake = keys.Optional("premake", Shapes.Int(1, 400), 4, "How many partitions are made ahead of today's.", "4");
            var from = keys.Optional<string?>("from", Shapes.Parsed<string>("a day as 2026-01-31", Day, @"^\d{4}-\d{2}-\d{2}$")!, null,
                "The day from which on there are partitions; today, or the first partition there is, where left out.",
                example: "2014-01-01");
            var until = keys.Optional<string?>("until", Shapes.Parsed<string>("a day as 2026-01-31", Day, @"^\d{4}-\d{2}-\d{2}$")!, null,
                "The last day that there are partitions for: of data to which nothing is added.", example: "2017-12-31");
            var retention = RetentionShape.Keys(keys);
            return values => new(values.Get(by), values.Get(every), values.Get(zone), values.Get(premake),
                values.Get(from) is { } day ? DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
                retention(values))
            {
                Until = values.Get(until) is { } last ? DateOnly.ParseExact(last, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null,
            };
        })));

    internal static PartitionsSpec? Read(Target target) => target.Database!.Get(Section) is { } tables
        ? new(target.Server.Name, target.Database.Name, $"{target.Path}.{Key}", tables) : null;

    internal static IEnumerable<Diagnostic> Validate(PartitionsSpec spec)
    {
        foreach (var (name, wish) in spec.Tables)
        {
            if (QName.Parse(name) is null)
                yield return Diagnostic.Error(Codes.BadName, $"`{name}` is no table", $"{spec.Path}.{name}",
                    "write schema and name, as `sales.events`");
            if (wish.Until < wish.From)
                yield return Diagnostic.Error(Codes.BadName, $"the partitions of {name} end before they begin", $"{spec.Path}.{name}.until",
                    "exchange from and until");
            if (!Clock.Knows(wish.Zone))
                yield return Diagnostic.Error(Codes.NoZone, $"there is no time zone `{wish.Zone}`", $"{spec.Path}.{name}.zone",
                    "write a name of the IANA list, as `Europe/Madrid`");
            if (wish.Retention is { } retention && RetentionShape.Problem(retention) is var (problem, hint))
                yield return Diagnostic.Error(Codes.NoArchive, problem, $"{spec.Path}.{name}", hint);
        }
    }

    static string? Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? text : null;
}
