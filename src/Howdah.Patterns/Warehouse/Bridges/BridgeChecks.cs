using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is proved of a bridge: nothing is counted twice, and nothing is lost.</summary>
static class BridgeChecks
{
    internal static IEnumerable<Check> For(WarehouseSpec spec, string bridge, BridgeWish wish)
    {
        var name = spec.Name(bridge);
        yield return new(Checks.Shares, name.Plain, Sql.Of($"""
            select pg_catalog.format('%s: %s', {DimensionChecks.Told("b", wish.Group.Keys)}, pg_catalog.sum(b.weight))
            from {name} b group by {Part.Columns("b", wish.Group.Keys)} having pg_catalog.sum(b.weight) <> 1
            """), $"load the group again, whole, by {spec.Name($"load_{bridge}").Plain}: it refuses what does not sum to 1");
        foreach (var (fact, other) in spec.Wanted.Facts.Where(each => each.Value.Bridges.Contains(bridge)))
        {
            var shared = spec.Name(BridgeParts.Name(fact, bridge));
            var measures = BridgeParts.Measures(other);
            Sql Sums(string alias) => Sql.Of($"select pg_catalog.jsonb_build_object({Sql.Join(", ", measures.Select(measure =>
                Sql.Of($"{new Literal(measure)}, pg_catalog.sum({new Words(alias)}.{new Ident(measure)})")))}) as sums");
            if (measures.Count > 0)
                yield return new(Checks.Shared, $"{spec.Name(fact).Plain} by {bridge}", Sql.Of($"""
                    select pg_catalog.format('%s: %s shared out, %s there', m.key, m.value, there.sums -> m.key)
                    from ({Sums("s")} from {shared}() s) o
                    cross join ({Sums("f")} from {spec.Name(fact)} f) there
                    cross join lateral pg_catalog.jsonb_each(o.sums) m where m.value is distinct from there.sums -> m.key
                    """), $"load the groups again by {spec.Name($"load_{bridge}").Plain}, and the dimension {wish.Dimension} where its "
                        + "versions overlap");
        }
    }
}
