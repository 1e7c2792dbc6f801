using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Upkeep;
using Npgsql;

namespace Howdah.Patterns.Warehouse;

/// <summary>The rollups of a warehouse, for whoever looks after them.</summary>
public static class WarehouseRollups
{
    /// <summary>The rollups that a database declares, by name.</summary>
    public static IReadOnlyList<string> Of(DatabaseSpec database) =>
        database.Get(WarehouseShapes.Section) is { } wanted ? [.. wanted.Rollups.Keys.Order(StringComparer.Ordinal)] : [];

    internal static IEnumerable<Chore> Chores(WarehouseSpec spec) => spec.Wanted.Rollups.Keys.Order(StringComparer.Ordinal).Select(name =>
        new Chore($"rollup {name} of {spec.Database}", spec.Server, async (session, token) =>
        {
            await RefreshAsync(session, session.Estate.Databases.Single(database => database.Name == spec.Database), name, token);
            return "refreshed";
        }));

    /// <summary>Works out anew the buckets that changed, each rollup in a transaction of its own; others may do so at the same
    /// time.</summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="database">The database.</param>
    /// <param name="rollup">The rollup; null for all.</param>
    /// <param name="token">Cancels; what was not finished stays in the queue.</param>
    /// <returns>The rollups that were refreshed.</returns>
    /// <exception cref="ArgumentException">There is no such rollup.</exception>
    public static async Task<IReadOnlyList<string>> RefreshAsync(Session session, DatabaseSpec database, string? rollup,
        CancellationToken token)
    {
        var all = Of(database);
        if (rollup is not null && !all.Contains(rollup))
            throw new ArgumentException(all.Count == 0 ? $"database {database.Name} declares no rollup"
                : $"there is no rollup `{rollup}`; there are {string.Join(", ", all)}");
        var schema = database.Get(WarehouseShapes.Section)?.Schema ?? "";
        await using var connection = await session.Servers[database.Server].OpenAdminAsync(database.Name, token);
        foreach (var name in all.Where(name => rollup is null || name == rollup))
        {
            var call = Sql.Of($"call {new QName(schema, $"refresh_{name}")}()").ToString();
            await using var command = new NpgsqlCommand(call, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(token);
        }
        return [.. all.Where(name => rollup is null || name == rollup)];
    }
}
