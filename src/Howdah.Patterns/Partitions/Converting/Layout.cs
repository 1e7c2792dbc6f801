using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>A partition to make.</summary>
/// <param name="Name">Its name.</param>
/// <param name="From">The first value that it holds, as SQL takes it.</param>
/// <param name="To">The first value that it does not.</param>
readonly record struct PlannedPart(QName Name, string From, string To);

/// <summary>Which partitions a table needs: from its first row, or the declared beginning, to its last row, or the declared time ahead.
/// </summary>
static class Layout
{
    static readonly CatalogQuery Today = CatalogQuery.Load(typeof(PartitionsInspector), "today.sql");
    static readonly CatalogQuery Taken = CatalogQuery.Load(typeof(PartitionsInspector), "taken.sql");

    /// <summary>The partitions that are missing for the rows in <paramref name="rows"/>.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="old">The table as it was.</param>
    /// <param name="wish">What is declared.</param>
    /// <param name="rows">Where the rows are.</param>
    /// <param name="there">The partitions that are there already.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ConvertException">There would be too many, or a row has an infinite time.</exception>
    internal static async Task<IReadOnlyList<PlannedPart>> MissingAsync(NpgsqlConnection connection, OldTable old, PartitionWish wish,
        QName rows, IReadOnlyList<Bounds> there, CancellationToken token)
    {
        var clock = old.ByType.Contains("with time zone", StringComparison.Ordinal) ? Clock.In(wish.Zone) : Clock.Plain;
        var by = new Ident(old.By);
        // A time without zone is read as UTC, which is what the clock of such columns takes it for.
        var instant = old.ByType.Contains("with time zone", StringComparison.Ordinal) ? Sql.Of($"x")
            : Sql.Of($"x::timestamp at time zone 'UTC'");
        var (infinite, low, high) = (await connection.ListAsync(Sql.Of($"""
            select not (pg_catalog.isfinite(a) and pg_catalog.isfinite(b)),
                   (select {instant} from (values (a)) v (x) where pg_catalog.isfinite(a)),
                   (select {instant} from (values (b)) v (x) where pg_catalog.isfinite(b))
            from (select min({by}), max({by}) from {rows}) s (a, b)
            """), static row => (!row.IsDBNull(0) && row.GetBoolean(0), row.IsDBNull(1) ? (DateTime?)null : row.GetDateTime(1),
                row.IsDBNull(2) ? (DateTime?)null : row.GetDateTime(2)), token)).Single();
        if (infinite)
            throw new ConvertException($"{old.QName.Plain} has rows whose {old.By} is infinite, for which there is no partition: "
                + "give them a date first");
        var today = (await connection.ListAsync(Today, static row => row.GetFieldValue<DateOnly>(1), token, (object)new[] { wish.Zone }))
            .Single();
        DateOnly?[] firsts = [today, wish.From, low is { } lowest ? clock.DayOf(lowest) : null];
        var start = wish.Every.Start(firsts.Min()!.Value);
        var end = wish.Every.Next(wish.Every.Start(today), wish.Premake + 1);
        if (high is { } highest && wish.Every.Next(wish.Every.Start(clock.DayOf(highest))) is var after && after > end)
            end = after;
        var taken = (await connection.ListAsync(Taken, static row => row.GetString(1), token, (object)new[] { old.Schema }))
            .ToHashSet(StringComparer.Ordinal);
        var parts = new List<PlannedPart>();
        for (var day = start; day < end; day = wish.Every.Next(day))
        {
            var bounds = new Bounds(clock.Begin(day), clock.Begin(wish.Every.Next(day)));
            if (there.Any(known => known.From < bounds.To && known.To > bounds.From))
                continue;
            var name = new QName(old.Schema, LeafName.For(old.Name, wish.Every.Suffix(day), taken));
            taken.Add(name.Name);
            parts.Add(new(name, clock.Text(bounds.From), clock.Text(bounds.To)));
            if (parts.Count + there.Count > PartitionsDiffer.Most)
                throw new ConvertException($"{old.QName.Plain} would get more than {PartitionsDiffer.Most} partitions, from "
                    + $"{start:yyyy-MM-dd} to {clock.DayOf(high ?? bounds.From):yyyy-MM-dd}: "
                    + "take a longer `every`, or look whether those dates are right");
        }
        return parts;
    }
}
