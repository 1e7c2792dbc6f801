namespace Howdah.Patterns.Tests;

/// <summary>The smallest estate: one server, the role shop_owner, its database shop.</summary>
static class ShopYaml
{
    /// <summary>The estate with more in it.</summary>
    /// <param name="database">What the database has besides its owner, in YAML's flow style.</param>
    /// <param name="roles">More roles, in the same style.</param>
    internal static string With(string database, string? roles = null) => $$"""
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}{{(roles is null ? "" : $", {roles}")}} }
        databases: { shop: { owner: shop_owner, {{database}} } }
        """;
}
