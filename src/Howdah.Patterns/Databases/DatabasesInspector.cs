using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Databases;

/// <summary>Reads what is declared of databases, in four queries.</summary>
static class DatabasesInspector
{
    static readonly CatalogQuery Applier = CatalogQuery.Load(typeof(DatabasesInspector), "applier.sql");
    static readonly CatalogQuery Databases = CatalogQuery.Load(typeof(DatabasesInspector), "databases.sql");
    static readonly CatalogQuery Settings = CatalogQuery.Load(typeof(DatabasesInspector), "settings.sql");
    static readonly CatalogQuery Owners = CatalogQuery.Load(typeof(DatabasesInspector), "owners.sql");

    internal static async Task<DatabasesFacts> InspectAsync(DatabasesSpec spec, Catalog catalog, CancellationToken token)
    {
        string[] names = [.. spec.Databases.Keys];
        string[] owners = [.. spec.Databases.Values.Select(static wish => wish.Owner).Distinct()];
        var applier = (await catalog.QueryAsync(Applier, static row => (Databases: row.GetBoolean(0), Roles: row.GetBoolean(1)), token))
            .Single();
        var settings = (await catalog.QueryAsync(Settings, static row => (Database: row.GetString(0), Setting: row.GetString(1)), token,
            [names]))
            .ToLookup(static each => each.Database, static each => each.Setting.Split('=', 2));
        var databases = await catalog.QueryAsync(Databases, row => (Name: row.GetString(0), Facts: new DatabaseFacts(
            row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5),
                row.GetString(6),
            row.GetString(7), row.GetInt32(8), row.GetBoolean(9), row.GetBoolean(10), row.GetBoolean(11),
            catalog.Owned.Contains("database", row.GetString(0)),
            settings[row.GetString(0)].ToDictionary(static pair => pair[0], static pair => pair[1]))), token, [names]);
        var reach = await catalog.QueryAsync(Owners, static row => (Name: row.GetString(0), Reached: row.GetBoolean(1)), token, [owners]);
        var declared = spec.Databases.Keys.Select(static name => new OwnedObject("database", name).Identity).ToHashSet();
        return new(catalog.Server, applier.Databases, applier.Roles,
            databases.ToDictionary(static each => each.Name, static each => each.Facts),
            reach.ToDictionary(static each => each.Name, static each => each.Reached),
            [.. catalog.Owned.Identities.Where(identity => identity.StartsWith("database ", StringComparison.Ordinal)
                && !declared.Contains(identity))
                .Order(StringComparer.Ordinal)]);
    }
}
