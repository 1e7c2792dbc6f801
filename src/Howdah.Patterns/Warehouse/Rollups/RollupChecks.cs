using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is proved of a rollup: of all buckets but those that wait for their refresh.</summary>
static class RollupChecks
{
    internal static IEnumerable<Check> For(WarehouseSpec spec, string rollup, RollupWish wish)
    {
        var name = spec.Name(rollup);
        var keys = RollupColumns.Of(spec, wish).Select(static key => key.Name).ToList();
        var columns = (IReadOnlyList<string>)[.. keys, .. RollupColumns.Measures(spec, wish).Select(static each => each.Name)];
        var waits = Sql.Of($"exists (select from {spec.Name($"{rollup}_queue")} q where q.bucket = o.bucket)");
        // Nothing is said of a rollup of which nothing was compared.
        var waiting = Sql.Of($"""
            select array[(select pg_catalog.count(distinct q.bucket) from {spec.Name($"{rollup}_queue")} q),
                         (select pg_catalog.count(distinct o.bucket) from {name} o where not {waits})]
            """);
        var fix = $"INSERT INTO {spec.Name($"{rollup}_queue").Plain} SELECT bucket FROM {name.Plain} WHERE …; "
            + $"CALL {spec.Name($"refresh_{rollup}").Plain}()";
        yield return new(Checks.Recomputed, name.Plain, Sql.Of($"""
            select {DimensionChecks.Told("o", keys)} from (
              select {Part.Columns("w", columns)} from ({RollupRefresh.Whole(spec, wish)}) w
              except all select {Part.Columns("r", columns)} from {name} r) o
            where not {waits}
            """), fix) { Waiting = waiting };
        yield return new(Checks.Ghost, name.Plain, Sql.Of($"""
            select {DimensionChecks.Told("o", keys)} from (
              select {Part.Columns("r", keys)} from {name} r
              except all select {Part.Columns("w", keys)} from ({RollupRefresh.Whole(spec, wish)}) w) o
            where not {waits}
            """), fix) { Waiting = waiting };
    }
}
