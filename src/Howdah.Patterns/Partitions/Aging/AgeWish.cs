using System.Globalization;
using System.Text.RegularExpressions;
using Howdah.Engine.Files;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions.Aging;

/// <summary>How partitions are kept from an age on.</summary>
/// <param name="After">The age: that of a partition's end; null where numbers are counted.</param>
/// <param name="Distance">How far behind the highest number; null where time is counted.</param>
/// <param name="Tablespace">The tablespace, indexes included; null to leave it.</param>
/// <param name="Compression">How values that are written from then on are compressed; null to leave it.</param>
/// <param name="Storage">Storage parameters, as autovacuum's and the fill factor.</param>
sealed record AgeWish(Age? After, long? Distance, string? Tablespace, string? Compression, IReadOnlyDictionary<string, string> Storage)
{
    static readonly Regex Parameter = new("^[a-z][a-z_]*$");

    internal static Shape<AgeWish> Shape { get; } = Shapes.Object<AgeWish>("how partitions of an age are kept", static keys =>
    {
        var after = keys.Required("after", Shapes.Parsed<string>("a length as 3 months, or a count of numbers",
            static text => Age.Parse(text) is null && Number(text) is null ? null : text, "^[0-9]+( (day|week|month|quarter|year)s?)?$"),
            "From which age on: a partition's, when all of it is older; of numbers, how far behind the highest.", "3 months");
        var tablespace = keys.Optional<string?>("tablespace", Shapes.Name!, null, "The tablespace, for its indexes, too. Moving copies the "
            + "partition, and who needs it waits meanwhile.", example: "slow", sql: "ALTER TABLE t_p202601 SET TABLESPACE slow");
        var compression = keys.Optional<string?>("compression", Shapes.Choice<string?>(("lz4", "lz4"), ("pglz", "pglz")), null,
            "How long values that are written from then on are compressed; what is stored stays as it is.", example: "lz4",
            sql: "ALTER TABLE t_p202601 ALTER note SET COMPRESSION lz4");
        var storage = keys.Optional<IReadOnlyDictionary<string, string>>("storage", Shapes.Map(Shapes.Setting),
            new Dictionary<string, string>(), "Storage parameters, as PostgreSQL calls them.",
            example: "{ autovacuum_enabled: false, fillfactor: 100 }", sql: "ALTER TABLE t_p202601 SET (fillfactor = 100)");
        return values =>
        {
            foreach (var name in values.Get(storage).Keys.Where(static name => !Parameter.IsMatch(name)))
                values.Reading.Error(Codes.Unclear, values.Node, $"`{name}` is no storage parameter", "write fillfactor, or autovacuum_…");
            var age = values.Get(after);
            return new(Age.Parse(age), Number(age), values.Get(tablespace), values.Get(compression), values.Get(storage));
        };
    });

    static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>The partitions that have come to this age.</summary>
    internal IReadOnlyList<LeafFacts> Due(PartitionWish wish, TableFacts seen, DateOnly today)
    {
        var retention = new Retention(After, null, Goal.Detach, null) { Distance = Distance };
        return wish.Numbers is { } numbers ? retention.Due(numbers, seen.Highest, seen.Leaves)
            : retention.Due(wish.Every, wish.ClockFor(seen), today, seen.Leaves);
    }
}
