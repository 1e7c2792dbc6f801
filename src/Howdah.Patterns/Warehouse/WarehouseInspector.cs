using System.Text.RegularExpressions;
using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Warehouse;

static partial class WarehouseInspector
{
    static readonly CatalogQuery Parts = CatalogQuery.Load(typeof(WarehouseInspector), "parts.sql");
    static readonly CatalogQuery Gist = CatalogQuery.Load(typeof(WarehouseInspector), "gist.sql");

    internal static async Task<WarehouseFacts> InspectAsync(WarehouseSpec spec, Catalog catalog, CancellationToken token)
    {
        var parts = await catalog.QueryAsync(Parts, static row => (Key: row.GetString(0), Seen: row.GetString(1)), token,
            [spec.Wanted.Schema]);
        var gist = await catalog.QueryAsync(Gist, static row => row.GetBoolean(0), token);
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
        return new(seen, owned, gist is not [false]);
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
