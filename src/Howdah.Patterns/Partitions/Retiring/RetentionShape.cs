using System.Globalization;
using Howdah.Engine.Files;
using Howdah.Patterns.Partitions.Dividing;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>The keys that say how long partitions are kept.</summary>
static class RetentionShape
{
    sealed record ArchiveWish(string To, bool Parquet);

    static readonly Shape<ArchiveWish> ArchiveShape = Shapes.Object<ArchiveWish>("an archive", static keys =>
    {
        var to = keys.Required("to", Shapes.Text, "The folder of archives, from the estate's folder on.", "archive/");
        var parquet = keys.Optional("format", Shapes.Choice(("csv", false), ("parquet", true)), false, "How rows are written: CSV as "
            + "PostgreSQL writes it, compressed by gzip, or Parquet, compressed by zstd.", "csv", "parquet");
        return values => new(values.Get(to), values.Get(parquet));
    });

    internal static Func<KeyValues, Retention?> Keys(KeySet keys)
    {
        var retain = keys.Optional<string?>("retain", Shapes.Parsed<string>("a length as 24 months, or a count of numbers",
            static text => Age.Parse(text) is null && Number(text) is null ? null : text, "^[0-9]+( (day|week|month|quarter|year)s?)?$")!,
            null, "How long rows are kept: a partition goes when all of it is older; of numbers, how far behind the highest. "
                + "`howdah upkeep` retires, `howdah apply` never does.",
            example: "24 months");
        var keep = keys.Optional("keep", Shapes.OptionalInt(1, 10_000), null,
            "How many partitions are kept, from today's backwards; with `retain`, those stay even when they are older.", example: "24");
        var then = keys.Optional<Goal?>("then", Shapes.Choice<Goal?>(("detach", Goal.Detach), ("drop", Goal.Drop),
            ("archive", Goal.Archive)),
            null, "What becomes of a partition that goes: a table of its own, nothing, or a file that is read back before the drop.",
            example: "archive", sql: "ALTER TABLE t DETACH PARTITION t_p202401 CONCURRENTLY");
        var archive = keys.Optional<ArchiveWish?>("archive", ArchiveShape!, null, "Where archives go.",
            example: "{ to: archive/, format: csv }");
        return values => !values.Has(retain) && !values.Has(keep) && !values.Has(then) && !values.Has(archive) ? null
            : new(values.Get(retain) is { } age ? Age.Parse(age) : null, values.Get(keep),
                values.Get(then) ?? (values.Has(archive) ? Goal.Archive : Goal.Detach), values.Get(archive)?.To)
            {
                Parquet = values.Get(archive) is { Parquet: true },
                Distance = values.Get(retain) is { } far ? Number(far) : null,
            };
    }

    static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>What is wrong with it, and how to put it right; null where nothing is.</summary>
    internal static (string Problem, string Hint)? Problem(Retention wish, Kind kind) => wish switch
    {
        { Distance: not null } when kind != Kind.Number => ("it is kept for a time, and `retain` says a number",
            "write `retain: 24 months`"),
        { Retain: not null } when kind == Kind.Number => ("numbers have no age, and `retain` says a time",
            "write how far behind the highest number rows are kept, as `retain: 50000000`, or `keep: 24`"),
        not null when kind is Kind.List or Kind.Hash => ("only ranges grow old, and this table is partitioned otherwise",
            "leave retain, keep, then and archive out"),
        { Retain: null, Keep: null, Distance: null } => ("it is said what becomes of old partitions, but not which are old",
            "add `retain: 24 months` or `keep: 24`"),
        { Then: Goal.Archive, Archive: null } => ("partitions are to be archived, but not where", "add `archive: { to: archive/ }`"),
        { Then: not Goal.Archive, Archive: not null } => ("archives have a folder, but `then` does not ask for them",
            "write `then: archive`"),
        _ => null,
    };
}
