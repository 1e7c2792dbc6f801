using System.Text.RegularExpressions;
using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Warehouse;

static partial class WarehouseInspector
{
    static readonly CatalogQuery Parts = CatalogQuery.Load(typeof(WarehouseInspector), "parts.sql");
    static readonly CatalogQuery Leaves = CatalogQuery.Load(typeof(WarehouseInspector), "leaves.sql");
    static readonly CatalogQuery Gist = CatalogQuery.Load(typeof(WarehouseInspector), "gist.sql");

    internal static async Task<WarehouseFacts> InspectAsync(WarehouseSpec spec, Catalog catalog, CancellationToken token)
    {
        var parts = await catalog.QueryAsync(Parts, static row => (Key: row.GetString(0), Seen: row.GetString(1)), token,
            [spec.Wanted.Schema]);
        var gist = await catalog.QueryAsync(Gist, static row => row.GetBoolean(0), token);
        var leaves = await catalog.QueryAsync(Leaves, static row => new LeafFacts(row.GetString(0), new(row.GetString(1), row.GetString(2)),
            row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetString(6)), token, [spec.Wanted.Schema]);
        var seen = parts.ToDictionary(static part => part.Key, static part => part.Key.StartsWith("view ", StringComparison.Ordinal)
            ? View(part.Seen) : part.Seen);
        var owned = new HashSet<string>();
        foreach (var (key, _) in parts)
        {
            if (key.Split(' ', 2) is [("table" or "view" or "schema") and var type, var name]
                && catalog.Owned.Contains(type, name.Split('.')))
                owned.Add(key);
        }
        // Of a database that is not there yet nothing is known; whoever applies sees then.
        return new(seen, owned, gist is not [false], leaves);
    }

    // Names here are plain, so quotes and the table's name before columns say nothing.
    static string View(string definition)
    {
        var text = Blanks().Replace(definition.Replace("\"", "", StringComparison.Ordinal), " ").Trim().TrimEnd(';');
        var from = text.LastIndexOf(" FROM ", StringComparison.Ordinal);
        var table = from < 0 ? "" : text[(from + 6)..];
        return text.Replace($" {table[(table.LastIndexOf('.') + 1)..]}.", " ", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
