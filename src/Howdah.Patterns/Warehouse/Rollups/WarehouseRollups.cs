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

    internal static IEnumerable<Chore> Chores(WarehouseSpec spec) => spec.Wanted.Rollups.OrderBy(static each => each.Key,
        StringComparer.Ordinal).Select(each =>
            new Chore($"rollup {each.Key} of {spec.Database}", spec.Server, async (session, token) =>
            {
                await using var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
                var rows = await RefreshAsync(connection, spec.Wanted.Schema, each.Key, token);
                return new("refreshed") { Counts = new Dictionary<string, long> { ["rows"] = rows } };
            })
            {
                Database = spec.Database, Kind = "rollup", Subject = each.Key, Every = each.Value.Refresh, Limit = each.Value.Timeout,
            });

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
            await RefreshAsync(connection, schema, name, token);
        return [.. all.Where(name => rollup is null || name == rollup)];
    }

    // Both in one transaction, as a batch is: the server's own count of what the refresh wrote into the rollup.
    static async Task<long> RefreshAsync(NpgsqlConnection connection, string schema, string name, CancellationToken token)
    {
        var call = Sql.Of($"call {new QName(schema, $"refresh_{name}")}()");
        var table = Sql.Of($"{new Literal(new QName(schema, name).ToString())}::pg_catalog.regclass");
        var count = Sql.Of($"""
            select pg_catalog.pg_stat_get_xact_tuples_inserted({table}) + pg_catalog.pg_stat_get_xact_tuples_updated({table})
              + pg_catalog.pg_stat_get_xact_tuples_deleted({table})
            """);
        await using var batch = new NpgsqlBatch(connection)
        {
            Timeout = 0, BatchCommands = { new(call.ToString()), new(count.ToString()) },
        };
        await using var rows = await batch.ExecuteReaderAsync(token);
        return await rows.ReadAsync(token) ? rows.GetInt64(0) : 0;
    }
}
