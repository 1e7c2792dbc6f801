using Howdah.Engine.Files;

namespace Howdah.Patterns.Warehouse;

/// <summary>What is wrong with a rollup as it stands in the file.</summary>
static class RollupValidation
{
    internal static IEnumerable<Diagnostic> Validate(WarehouseSpec spec, string name, RollupWish wish)
    {
        var path = $"{spec.Path}.rollups.{name}";
        if (!WarehouseShapes.IsPlain(name))
            yield return Diagnostic.Error(Codes.Name, $"`{name}` is not a plain name", path, "small letters, digits and _, at most 28");
        if (!spec.Wanted.Facts.TryGetValue(wish.Fact, out var fact))
        {
            yield return WarehouseValidation.Missing(wish.Fact, spec.Wanted.Facts.Keys, $"{path}.fact", "fact");
            yield break;
        }
        if (!fact.Dates.Contains(wish.Date))
            yield return WarehouseValidation.Missing(wish.Date, fact.Dates, $"{path}.date", "date");
        else if (fact.Kind == FactKind.Accumulating && wish.Date != fact.Dates[0])
            yield return Diagnostic.Error(Codes.Unknown, $"{wish.Date} may be missing, so it gives no bucket", $"{path}.date",
                $"take {fact.Dates[0]}");
        if (wish.KeepRetired && fact.PartitionBy is null)
            yield return Diagnostic.Error(Codes.Empty, $"{wish.Fact} is not partitioned, so nothing of it is retired",
                $"{path}.keep_retired", "leave it out, or declare `partition_by`");
        if (wish.Measures.Count == 0)
            yield return Diagnostic.Error(Codes.Empty, $"{name} sums up nothing", $"{path}.measures", "name a measure: { sales: sum }");
        foreach (var (measure, how) in wish.Measures)
        {
            if (!fact.Measures.TryGetValue(measure, out var about))
                yield return WarehouseValidation.Missing(measure, fact.Measures.Keys, $"{path}.measures", "measure");
            else if (how == "sum" && about.Additivity == Additivity.SemiAdditive)
                yield return Diagnostic.Error(Codes.Additivity,
                    $"{name} would sum {measure} over time, but it is semi-additive: a balance of "
                    + "Monday and one of Tuesday are not twice the money", $"{path}.measures.{measure}",
                    "take min or max, or ask the fact for the last day of each bucket");
            else if (how == "sum" && about.Additivity == Additivity.NonAdditive)
                yield return Diagnostic.Error(Codes.Additivity, $"{name} would sum {measure}, which is not additive: a sum of ratios is no "
                    + "ratio", $"{path}.measures.{measure}", "store numerator and denominator as measures and divide their sums");
        }
        var columns = FactColumns.Of(spec, fact);
        foreach (var by in wish.By)
        {
            if (by.Split('.') is [var role, var attribute])
            {
                if (!fact.References.TryGetValue(role, out var reference)
                    || !spec.Wanted.Dimensions.TryGetValue(reference.Dimension, out var dimension))
                    yield return WarehouseValidation.Missing(role, fact.References.Keys, $"{path}.by", "dimension");
                else if (!dimension.Attributes.ContainsKey(attribute) && !dimension.Key.ContainsKey(attribute))
                    yield return WarehouseValidation.Missing(attribute, dimension.Attributes.Keys, $"{path}.by", "attribute");
            }
            else if (columns.All(column => column.Name != by || column.Kind == ColumnKind.Measure))
            {
                yield return WarehouseValidation.Missing(by, columns.Where(static column => column.Kind != ColumnKind.Measure)
                    .Select(static column => column.Name), $"{path}.by", "column");
            }
        }
        foreach (var twice in wish.By.Select(RollupColumns.Name).Concat(wish.Measures.Select(static each => $"{each.Value}_{each.Key}"))
            .GroupBy(static column => column).Where(static group => group.Count() > 1))
            yield return Diagnostic.Error(Codes.Name, $"{name} would have two columns `{twice.Key}`", $"{path}.by", "leave one out");
    }
}
