using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// A bridge in the database: groups of a dimension's members, each with its share of what the group's facts measure. Members are kept by
/// their natural keys, so that each fact finds the version that held at its own time, however often a group is met again.
/// </summary>
static class BridgeParts
{
    internal const string Weight = "weight";

    internal static IReadOnlyList<string> Columns(WarehouseSpec spec, BridgeWish wish) =>
        [.. wish.Group.Keys, .. spec.Wanted.Dimensions[wish.Dimension].Key.Keys, Weight];

    internal static IEnumerable<Part> For(WarehouseSpec spec, string bridge, BridgeWish wish)
    {
        var table = new TableParts(spec, bridge);
        var key = spec.Wanted.Dimensions[wish.Dimension].Key;
        var columns = wish.Group.Concat(key).Append(new(Weight, "numeric")).ToList();
        // No scale: what does not fit would be rounded without a word, and the shares no longer be one.
        var check = Sql.Of($"check ({new Ident(Weight)} > 0 and {new Ident(Weight)} <= 1)");
        yield return table.Table($"bridge {bridge}: groups of {wish.Dimension} with their shares", Sql.Of($"""
            create table {spec.Name(bridge)} (
              {Sql.Join(",\n  ", columns.Select(static each => Sql.Of($"{new Ident(each.Key)} {Part.Type(each.Value)} not null")))},
              batch bigint not null,
              primary key ({Part.List(wish.Group.Keys.Concat(key.Keys))}),
              constraint {new Ident($"{bridge}_{Weight}")} {check}
            )
            """));
        foreach (var (column, type) in columns)
            yield return table.Column(column, type);
        yield return table.Constraint($"{bridge}_{Weight}", "a share is above nothing and at most all", check) with { Inline = true };
        yield return table.Index($"{bridge}_bk", $"finds the groups of a {wish.Dimension}", Sql.Of($"({Part.List(key.Keys)})"));
        yield return table.Comment(wish.About.Length > 0 ? wish.About : $"bridge {bridge}: groups of {wish.Dimension}");
        yield return table.Grants();
        foreach (var part in Routine.Procedure(spec, $"load_{bridge}", Routine.Staging,
            $"loads groups of {bridge}, each whole or not at all", BridgeLoad.Body(spec, bridge, wish)))
            yield return part;
        foreach (var (fact, other) in spec.Wanted.Facts.Where(each => each.Value.Bridges.Contains(bridge))
            .OrderBy(static each => each.Key, StringComparer.Ordinal))
        {
            foreach (var part in Shared(spec, fact, other, bridge, wish))
                yield return part;
        }
    }

    internal static string Name(string fact, string bridge) => $"{fact}_by_{bridge}";

    /// <summary>The measures that can be shared out: a share of a ratio is none.</summary>
    internal static IReadOnlyList<string> Measures(FactWish fact) =>
        [.. fact.Measures.Where(static each => each.Value.Additivity != Additivity.NonAdditive).Select(static each => each.Key)];

    // Its reader's own rights, and nothing that keeps the planner from putting it in place of the call: so it is pruned as the fact is.
    static IEnumerable<Part> Shared(WarehouseSpec spec, string fact, FactWish wish, string bridge, BridgeWish shares)
    {
        var name = Name(fact, bridge);
        var dimension = spec.Wanted.Dimensions[shares.Dimension];
        var own = FactColumns.Of(spec, wish).Where(static column => column.Kind != ColumnKind.Measure).ToList();
        var surrogates = wish.References.Keys.Select(FactColumn.Surrogate).ToList();
        var measures = Measures(wish);
        var weight = Sql.Of($"coalesce(b.{new Ident(Weight)}, 1)");
        var group = DimensionLoad.Equal("b", "f", shares.Group.Keys);
        var body = Sql.Of($"""

              select {Part.Columns("f", own.Select(static column => column.Name).Concat(surrogates))}, coalesce(d.sk, -1), {weight}
                {Sql.Join("", measures.Select(measure => Sql.Of($", f.{new Ident(measure)} * {weight}")))}
              from {spec.Name(fact)} f
              left join {spec.Name(bridge)} b on {group}
              left join {spec.Name(shares.Dimension)} d on {DimensionLoad.Equal("d", "b", dimension.Key.Keys)}
                and {DimensionLoad.Holds(spec, new(shares.Dimension, wish.Dates[0], MissingMember.Unknown))}

            """);
        var columns = Sql.Join(", ", own.Select(static column => Sql.Of($"{new Ident(column.Name)} {Part.Type(column.Type)}"))
            .Concat(surrogates.Append(FactColumn.Surrogate(bridge)).Select(static column => Sql.Of($"{new Ident(column)} bigint")))
            .Concat(measures.Prepend($"{bridge}_{Weight}").Select(static column => Sql.Of($"{new Ident(column)} numeric"))));
        var grants = Privileges.Of(spec, "function", name, spec.Wanted.Readers, "execute", Sql.Of($"{spec.Name(name)}()"));
        yield return new($"function {spec.Wanted.Schema}.{name}", $"invoker {body}", $"{fact} shared out among the members of its {bridge}",
        [
            Sql.Of($"drop function if exists {spec.Name(name)}()"),
            Sql.Of($"create function {spec.Name(name)}() returns table ({columns}) language sql stable as "
                + $"{new DollarQuoted(body.ToString())}"),
            .. grants.Sql,
        ]);
        yield return grants;
    }
}
