using Howdah.Engine.Files;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is wrong with a bridge as it stands in the file, and with the facts that name it.</summary>
static class BridgeValidation
{
    internal static IEnumerable<Diagnostic> Validate(WarehouseSpec spec, string name, BridgeWish wish)
    {
        var path = $"{spec.Path}.bridges.{name}";
        if (wish.Group.Count == 0)
            yield return Diagnostic.Error(Codes.Empty, $"the bridge {name} does not say what tells its groups", $"{path}.group",
                "name the source's own key of a group: group: { crew: text }");
        if (!spec.Wanted.Dimensions.TryGetValue(wish.Dimension, out var dimension))
        {
            yield return WarehouseValidation.Missing(wish.Dimension, spec.Wanted.Dimensions.Keys, $"{path}.dimension", "dimension");
            yield break;
        }
        if (dimension.Junk)
            yield return Diagnostic.Error(Codes.Empty, $"{wish.Dimension} is junk, and its members are no things that could share",
                $"{path}.dimension", "name a dimension with members of its own");
        foreach (var twice in wish.Group.Keys.Concat(dimension.Key.Keys).Append(BridgeParts.Weight).GroupBy(static column => column)
            .Where(static group => group.Count() > 1))
            yield return Diagnostic.Error(Codes.Name, $"{name} would have two columns `{twice.Key}`", $"{path}.group",
                "give the column of the group another name");
    }

    internal static IEnumerable<Diagnostic> Fact(WarehouseSpec spec, string fact, FactWish wish)
    {
        var path = $"{spec.Path}.facts.{fact}.bridges";
        var columns = FactColumns.Of(spec, wish);
        foreach (var name in wish.Bridges)
        {
            if (!spec.Wanted.Bridges.TryGetValue(name, out var bridge))
            {
                yield return WarehouseValidation.Missing(name, spec.Wanted.Bridges.Keys, path, "bridge");
                continue;
            }
            foreach (var (column, type) in bridge.Group.Where(each => columns.All(column => column.Kind == ColumnKind.Measure
                || column.Name != each.Key || column.Type != each.Value)))
                yield return Diagnostic.Error(Codes.Unknown, $"{fact} has no column `{column}` of type {type}, which tells the groups of "
                    + name, path, $"write it under `degenerate`: {{ {column}: {type} }}");
            foreach (var taken in columns.Select(static column => column.Name).Concat(wish.References.Keys.Select(FactColumn.Surrogate))
                .Intersect([FactColumn.Surrogate(name), $"{name}_{BridgeParts.Weight}"]))
                yield return Diagnostic.Error(Codes.Name, $"{fact} has a column `{taken}`, which {name} adds to it", path,
                    "give the bridge another name");
        }
        foreach (var twice in wish.Bridges.GroupBy(static name => name).Where(static group => group.Count() > 1))
            yield return Diagnostic.Error(Codes.Name, $"{fact} names the bridge {twice.Key} twice", path, "keep one");
    }
}
