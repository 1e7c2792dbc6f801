using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>A column that tells buckets of a rollup apart.</summary>
/// <param name="Name">Its name in the rollup.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">What it is for fact <c>f</c> with its dimensions.</param>
/// <param name="Role">The role whose dimension it comes from; null for the fact's own.</param>
sealed record RollupColumn(string Name, string Type, Sql Value, string? Role);

/// <summary>The columns of a rollup.</summary>
static class RollupColumns
{
    /// <summary>The column for what tells buckets apart: <c>customer.segment</c> is <c>customer_segment</c>.</summary>
    internal static string Name(string by) => by.Replace('.', '_');

    internal static Sql Bucket(RollupWish wish) => wish.Every == "day" ? Sql.Of($"f.{new Ident(wish.Date)}")
        : Sql.Of($"pg_catalog.date_trunc({new Literal(wish.Every)}, f.{new Ident(wish.Date)}::pg_catalog.timestamp)::pg_catalog.date");

    internal static IReadOnlyList<RollupColumn> Of(WarehouseSpec spec, RollupWish wish)
    {
        var fact = spec.Wanted.Facts[wish.Fact];
        var own = FactColumns.Of(spec, fact);
        return [new("bucket", "date", Bucket(wish), null), .. wish.By.Select(by =>
        {
            if (by.Split('.') is not [var role, var attribute])
                return new RollupColumn(by, own.First(column => column.Name == by).Type, Sql.Of($"f.{new Ident(by)}"), null);
            var dimension = spec.Wanted.Dimensions[fact.References[role].Dimension];
            return new RollupColumn(Name(by), dimension.Attributes.TryGetValue(attribute, out var about) ? about.Type
                : dimension.Key[attribute],
                Sql.Of($"{new Ident(role)}.{new Ident(attribute)}"), role);
        })];
    }

    internal static IReadOnlyList<(string Name, string Type, Sql Value)> Measures(WarehouseSpec spec, RollupWish wish) =>
    [
        ("row_count", "bigint", Sql.Of($"pg_catalog.count(*)")),
        .. wish.Measures.Select(each => ($"{each.Value}_{each.Key}", Sum(each.Value, spec.Wanted.Facts[wish.Fact].Measures[each.Key].Type),
            Sql.Of($"pg_catalog.{new Words(each.Value)}(f.{new Ident(each.Key)})"))),
    ];

    // As PostgreSQL widens it.
    static string Sum(string how, string type) => how != "sum" ? type : type is "smallint" or "integer" ? "bigint" : "numeric";

    /// <summary>The dimensions that tell buckets apart, joined to fact <c>f</c>.</summary>
    internal static Sql Joins(WarehouseSpec spec, RollupWish wish, string? without = null) => Sql.Join("", Roles(spec, wish)
        .Where(role => role != without).Select(role => Sql.Of($" left join {spec.Name(Dimension(spec, wish, role))} {new Ident(role)}"
            + $" on {new Ident(role)}.sk = f.{new Ident(FactColumn.Surrogate(role))}")));

    internal static IReadOnlyList<string> Roles(WarehouseSpec spec, RollupWish wish) =>
        [.. Of(spec, wish).Select(static column => column.Role).OfType<string>().Distinct()];

    internal static string Dimension(WarehouseSpec spec, RollupWish wish, string role) =>
        spec.Wanted.Facts[wish.Fact].References[role].Dimension;
}
