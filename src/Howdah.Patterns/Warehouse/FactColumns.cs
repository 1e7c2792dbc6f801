namespace Howdah.Patterns.Warehouse;

/// <summary>What a column of a fact is for.</summary>
enum ColumnKind
{
    /// <summary>A date.</summary>
    Date,
    /// <summary>A column of the source without a dimension.</summary>
    Degenerate,
    /// <summary>A column of a dimension's natural key, kept so that a version found later can be pointed to.</summary>
    Parked,
    /// <summary>A measure.</summary>
    Measure,
}

/// <summary>A column of a fact that its source fills; surrogate keys and the batch come beside.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Role">For a parked key: the role.</param>
/// <param name="Of">For a parked key: the dimension's own name of it.</param>
sealed record FactColumn(string Name, string Type, ColumnKind Kind, string Role = "", string Of = "")
{
    /// <summary>The surrogate key's column for a role.</summary>
    internal static string Surrogate(string role) => $"{role}_sk";
}

/// <summary>The columns of a fact.</summary>
static class FactColumns
{
    internal static IReadOnlyList<FactColumn> Of(WarehouseSpec spec, FactWish wish) =>
    [
        .. wish.Dates.Select(static date => new FactColumn(date, "date", ColumnKind.Date)),
        .. wish.Degenerate.Select(static each => new FactColumn(each.Key, each.Value, ColumnKind.Degenerate)),
        .. wish.References.SelectMany(each => Parked(spec, each.Key, each.Value)),
        .. wish.Measures.Select(static each => new FactColumn(each.Key, each.Value.Type, ColumnKind.Measure)),
    ];

    // Under its own name where the role is the dimension's; a second role of it needs names of its own.
    internal static IEnumerable<FactColumn> Parked(WarehouseSpec spec, string role, ReferenceWish reference) =>
        !spec.Wanted.Dimensions.TryGetValue(reference.Dimension, out var dimension) ? []
        : dimension.Key.Select(key => new FactColumn(role == reference.Dimension ? key.Key : $"{role}_{key.Key}", key.Value,
            ColumnKind.Parked, role, key.Key));

    /// <summary>Whether a date may be missing: a milestone that has not been passed.</summary>
    internal static bool IsOptional(FactWish wish, FactColumn column) => column.Kind switch
    {
        ColumnKind.Date => wish.Kind == FactKind.Accumulating && column.Name != wish.Dates[0],
        _ => !wish.Grain.Contains(column.Name),
    };
}
