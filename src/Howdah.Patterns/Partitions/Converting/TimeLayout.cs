using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>Spans of a calendar, of times or of UUIDs that begin with theirs: from the first row, or the declared beginning, to the last
/// row, or the declared time ahead.</summary>
static class TimeLayout
{
    static readonly CatalogQuery Today = CatalogQuery.Load(typeof(PartitionsInspector), "today.sql");

    internal static async Task<IReadOnlyList<NewLeaf>> MissingAsync(NpgsqlConnection connection, OldTable old, PartitionWish wish,
        QName rows, IReadOnlyList<LeafFacts> there, CancellationToken token)
    {
        var clock = wish.ClockFor(new(true, wish.Kind.Strategy(), old.By, old.ByKind, [], [], there));
        var (low, high) = wish.Kind == Kind.Uuid ? await UuidEndsAsync(connection, old, rows, token)
            : await EndsAsync(connection, old, rows, token);
        var today = (await connection.ListAsync(Today, static row => row.GetFieldValue<DateOnly>(1), token, (object)new[] { wish.Zone }))
            .Single();
        DateOnly?[] firsts = [today, wish.From, low is { } lowest ? clock.DayOf(lowest) : null];
        var start = wish.Every.Start(firsts.Min()!.Value);
        var (day, ahead) = wish.Reach(today);
        var end = wish.Every.Next(wish.Every.Start(day), ahead + 1);
        if (high is { } highest && wish.Every.Next(wish.Every.Start(clock.DayOf(highest))) is var after && after > end)
            end = after;
        var missing = new List<NewLeaf>();
        for (var at = start; at < end; at = wish.Every.Next(at))
        {
            var bounds = new Bounds(clock.Begin(at), clock.Begin(wish.Every.Next(at)));
            if (there.Any(known => known.Bounds.From < bounds.To && known.Bounds.To > bounds.From))
                continue;
            missing.Add(new(wish.Every.Suffix(at), new RangeBound(clock.Text(bounds.From), clock.Text(bounds.To))
            {
                Said = (clock.Words(bounds.From), clock.Words(bounds.To)),
            }));
            if (missing.Count + there.Count > PartitionsDiffer.Most)
                throw new ConvertException($"{old.QName.Plain} would get more than {PartitionsDiffer.Most} partitions, from "
                    + $"{start:yyyy-MM-dd} to {clock.DayOf(high ?? bounds.From):yyyy-MM-dd}: "
                    + "take a longer `every`, or look whether those dates are right");
        }
        return missing;
    }

    static async Task<(DateTime? Low, DateTime? High)> EndsAsync(NpgsqlConnection connection, OldTable old, QName rows,
        CancellationToken token)
    {
        var by = new Ident(old.By);
        // A time without zone is read as UTC, which is what the clock of such columns takes it for.
        var instant = old.ByType.Contains("with time zone", StringComparison.Ordinal) ? Sql.Of($"x")
            : Sql.Of($"x::timestamp at time zone 'UTC'");
        var (infinite, low, high) = (await connection.ListAsync(Sql.Of($"""
            select not (pg_catalog.isfinite(a) and pg_catalog.isfinite(b)),
                   (select {instant} from (values (a)) v (x) where pg_catalog.isfinite(a)),
                   (select {instant} from (values (b)) v (x) where pg_catalog.isfinite(b))
            from (select min({by}), max({by}) from {rows}) s (a, b)
            """), static row => (!row.IsDBNull(0) && row.GetBoolean(0), Instant(row, 1), Instant(row, 2)), token)).Single();
        return infinite ? throw new ConvertException($"{old.QName.Plain} has rows whose {old.By} is infinite, for which there is no "
            + "partition: give them a date first") : (low, high);
    }

    // A UUID of another version begins with no time: such rows would lie all over the calendar.
    static async Task<(DateTime? Low, DateTime? High)> UuidEndsAsync(NpgsqlConnection connection, OldTable old, QName rows,
        CancellationToken token)
    {
        var by = new Ident(old.By);
        var other = await connection.OneAsync<string>(Sql.Of($"""
            select {by}::text from {rows} where pg_catalog.get_byte(pg_catalog.uuid_send({by}), 6) >> 4 <> 7 limit 1
            """), token);
        if (other is not null)
            throw new ConvertException($"{old.QName.Plain} has rows whose {old.By} is no UUID of version 7, as {other}: such a UUID begins "
                + "with no time; divide by their hash (`modulus: 8`) or by a column that is a time");
        // Not min and max, which know no UUIDs before PostgreSQL 18.
        return (await connection.ListAsync(Sql.Of($"""
            select timestamptz 'epoch' + interval '1 millisecond' * least(a, 253402300799999),
                   timestamptz 'epoch' + interval '1 millisecond' * least(b, 253402300799999)
            from (select (select {Milliseconds(by)} from {rows} order by {by} limit 1),
                         (select {Milliseconds(by)} from {rows} order by {by} desc limit 1)) s (a, b)
            """), static row => (Instant(row, 0), Instant(row, 1)), token)).Single();
    }

    static Sql Milliseconds(Ident by) =>
        Sql.Of($"('x' || pg_catalog.substr(pg_catalog.translate({by}::text, '-', ''), 1, 12))::bit(48)::int8");

    static DateTime? Instant(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);
}
