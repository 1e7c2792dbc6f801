using System.Globalization;
using Howdah.Engine.Files;
using Howdah.Engine.Upkeep;
using Howdah.Patterns.Partitions.Aging;
using Howdah.Patterns.Partitions.Dividing;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

/// <summary>The keys of a partitioned table.</summary>
static class PartitionShape
{
    const string Days = @"^\d{4}-\d{2}-\d{2}$";

    internal static Shape<PartitionWish> Shape { get; } = Shapes.Object<PartitionWish>("a partitioned table", static keys =>
    {
        var by = keys.Required("by", Shapes.Name, "The column that the table is partitioned by.", "at");
        var every = keys.Optional<Span?>("every", Shapes.Choice<Span?>(("day", Span.Day), ("week", Span.Week), ("month", Span.Month),
            ("quarter", Span.Quarter), ("year", Span.Year)), null, "Ranges of time: how long one partition is; weeks begin on Monday.",
            example: "month", sql: "ALTER TABLE t ATTACH PARTITION t_p202601 FOR VALUES FROM (…) TO (…)");
        var kind = keys.Optional<Kind?>("as", Shapes.Choice<Kind?>(("uuidv7", Kind.Uuid)), null, "What the column is, where its type does "
            + "not say: UUIDs of version 7 begin with their time, so that `every` divides them.", example: "uuidv7",
            sql: "ALTER TABLE t ATTACH PARTITION t_p202601 FOR VALUES FROM ('019b76da-a800-0000-…') TO (…)");
        var step = keys.Optional<string?>("step", Number("a whole number above 0", 1), null,
            "Ranges of numbers: how many one partition takes.", example: "1000000",
            sql: "ALTER TABLE t ATTACH PARTITION t_p1000000 FOR VALUES FROM (1000000) TO (2000000)");
        var sequence = keys.Optional<string?>("sequence", Shapes.Text!, null, "The sequence that gives the numbers, where the column has "
            + "none of its own: partitions are made ahead of it.", example: "app.ids");
        var zone = keys.Optional("zone", Shapes.Text, "UTC", "The time zone in which days begin, daylight saving included.", "UTC",
            "Europe/Madrid");
        var premake = keys.Optional("premake", Shapes.Int(1, 400), 4, "How many partitions are made ahead of today's, or of the one that "
            + "the highest number is in.", "4");
        var from = keys.Optional<string?>("from", Shapes.Parsed<string>("a day as 2026-01-31, or a whole number",
            static text => Day(text) is null && Number(text) is null ? null : text, @"^(\d{4}-\d{2}-\d{2}|-?\d+)$")!, null,
            "The day or number from which on there are partitions; today, or the first partition there is, where left out.",
            example: "2014-01-01");
        var until = keys.Optional<string?>("until", Shapes.Parsed<string>("a day as 2026-01-31",
            static text => Day(text) is null ? null : text, Days)!, null,
            "The last day that there are partitions for: of data to which nothing is added.", example: "2017-12-31");
        var check = keys.Optional("check", Interval.Shape, "1h",
            "How often `howdah serve` looks after them; of the tables of a database the shortest counts.", "1h");
        var division = DivisionShape.Keys(keys);
        var within = keys.Optional<Division?>("within", DivisionShape.Within!, null,
            "How each partition is divided again, by values or by their hash.", example: "{ by: tenant_id, modulus: 4 }");
        var ages = keys.Optional<IReadOnlyList<AgeWish>>("ages", Shapes.List(AgeWish.Shape, orSingle: true), [],
            "How partitions are kept from an age on; of several, the later in the file has the last word. `howdah upkeep` does it.",
            example: "[{ after: 3 months, storage: { autovacuum_enabled: false } }]");
        var retention = RetentionShape.Keys(keys);
        return values =>
        {
            var divided = division(values, values.Get(by));
            if (Unclear(divided?.Kind, values.Has(every), values.Has(step), values.Has(kind), values.Has(until), values.Has(sequence),
                values.Get(from)) is var (problem, hint))
                values.Reading.Error(Codes.Unclear, values.Node, problem, hint);
            return new(values.Get(by), values.Get(every) ?? Span.Month, values.Get(zone), values.Get(premake), Day(values.Get(from)),
                retention(values))
            {
                Kind = divided?.Kind ?? values.Get(kind) ?? (values.Has(step) ? Kind.Number : Kind.Time),
                Division = divided,
                Within = values.Get(within),
                Ages = values.Get(ages),
                Until = Day(values.Get(until)),
                Check = Interval.Parse(values.Get(check)),
                Numbers = values.Get(step) is { } length
                    ? new(Number(length)!.Value, Number(values.Get(from)), values.Get(sequence)) : null,
            };
        };
    });

    static (string, string)? Unclear(Kind? divided, bool every, bool step, bool uuid, bool until, bool sequence, string? from) =>
        (every, step) switch
    {
        _ when divided is { } kind => every || step || uuid || until || sequence || from is not null
            ? ($"the table is divided by {kind.Strategy()}, and by ranges",
                "leave `lists` and `modulus` out, or all of every, step, as, from, until and sequence") : null,
        (false, false) => ("it is not said how the table is divided",
            "write `every: month` for times, `step: 1000000` for numbers, `lists` for values or `modulus: 8` for their hash"),
        (true, true) => ("`every` divides by time and `step` by numbers", "leave one of them out"),
        (_, true) when uuid => ("UUIDs are divided by their time", "write `every: month` in place of `step`"),
        (_, true) when until => ("numbers have no last day", "leave `until` out"),
        (_, true) when Day(from) is not null => ("numbers do not begin on a day", "write a number under `from`"),
        (true, _) when sequence => ("times are given by no sequence", "leave `sequence` out"),
        (true, _) when from is not null && Day(from) is null => ("times do not begin at a number", "write a day under `from`"),
        _ => null,
    };

    static Shape<string?> Number(string wants, long least) =>
        Shapes.Parsed<string>(wants, text => Number(text) is { } number && number >= least ? text : null, "^-?[0-9]+$")!;

    static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
