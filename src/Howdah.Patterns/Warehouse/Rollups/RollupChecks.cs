using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is proved of a rollup: of all buckets but those that wait for their refresh.</summary>
static class RollupChecks
{
    // A partition's rows were counted and summed up when it went, beside what each rollup keeps of it.
    static Check Kept(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var sums = Sql.Join("", wish.Measures.Where(static each => each.Value == "sum").Select(static each => Sql.Of($"""

              or coalesce((t.measures ->> {new Literal(each.Key)})::pg_catalog.numeric, 0)
                <> (select coalesce(pg_catalog.sum(z.{new Ident($"sum_{each.Key}")}), 0) from kept z where z.retirement = t.retirement)
            """)));
        return new(Checks.Frozen, RollupRetired.Frozen(spec, rollup).Plain, Sql.Of($"""
            with kept as (select z.* from {RollupRetired.Frozen(spec, rollup)} z)
            select pg_catalog.format('the partition from %s to %s', t.lo, t.hi) from {spec.Name($"{wish.Fact}_retired")} t
            where t.done and {new Literal(rollup)} = any(t.kept)
              and (t.row_count <> (select coalesce(pg_catalog.sum(z.row_count), 0) from kept z where z.retirement = t.retirement){sums})
            union all
            select pg_catalog.format('retirement %s', z.retirement) from kept z
            where not exists (select from {spec.Name($"{wish.Fact}_retired")} t where t.retirement = z.retirement and t.done)
            """), "restore the partition from its archive with --attach and let upkeep retire it again");
    }

    internal static IEnumerable<Check> For(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var name = spec.Name(rollup);
        var keys = RollupColumns.Of(spec, wish).Select(static key => key.Name).ToList();
        var columns = (IReadOnlyList<string>)[.. keys, .. RollupColumns.Measures(spec, wish).Select(static each => each.Name)];
        var leaving = RollupRetired.Leaving(spec, wish, Sql.Of($"o.bucket")) is { } going ? Sql.Of($" or {going}") : null;
        var waits = Sql.Of($"(exists (select from {spec.Name($"{rollup}_queue")} q where q.bucket = o.bucket){leaving})");
        // Nothing is said of a rollup of which nothing was compared.
        var waiting = Sql.Of($"""
            select array[(select pg_catalog.count(*) from (select o.bucket from {name} o where {waits}
                            union select q.bucket from {spec.Name($"{rollup}_queue")} q) w),
                         (select pg_catalog.count(distinct o.bucket) from {name} o where not {waits})]
            """);
        var fix = $"INSERT INTO {spec.Name($"{rollup}_queue").Plain} SELECT bucket FROM {name.Plain} WHERE …; "
            + $"CALL {spec.Name($"refresh_{rollup}").Plain}()";
        yield return new(Checks.Recomputed, name.Plain, Sql.Of($"""
            select {DimensionChecks.Told("o", keys)} from (
              select {Part.Columns("w", columns)} from ({RollupRefresh.Whole(spec, rollup, wish)}) w
              except all select {Part.Columns("r", columns)} from {name} r) o
            where not {waits}
            """), fix) { Waiting = waiting };
        yield return new(Checks.Ghost, name.Plain, Sql.Of($"""
            select {DimensionChecks.Told("o", keys)} from (
              select {Part.Columns("r", keys)} from {name} r
              except all select {Part.Columns("w", keys)} from ({RollupRefresh.Whole(spec, rollup, wish)}) w) o
            where not {waits}
            """), fix) { Waiting = waiting };
        if (wish.KeepRetired)
            yield return Kept(spec, rollup, wish);
    }
}
