using System.Text;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Estate.Tests;

/// <summary>
/// Everything that a dump would show of a database and its server's roles, as text: an independent witness that uses nothing of Howdah's
/// own inspection. pg_dump must match the server's version, and only Debian's 15 is at hand; there <see cref="TwinTests"/> uses both.
/// </summary>
static class CatalogDump
{
    static readonly string Query = File.ReadAllText(Path.Combine(Sample.Root, "tests/Howdah.Estate.Tests/Twin/catalog_dump.sql"));

    /// <summary>The dump of one database; without what lies in a schema, if one is named.</summary>
    internal static async Task<string> OfAsync(TestServer server, string database, string without = "")
    {
        await using var connection = await server.OpenAsync(database);
        await using (var settle = new NpgsqlCommand("set search_path = ''", connection))
            await settle.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(Query, connection) { Parameters = { new() { Value = without } } };
        await using var rows = await command.ExecuteReaderAsync();
        var text = new StringBuilder();
        while (await rows.ReadAsync())
            text.Append(rows.GetString(0)).Append('\n');
        return text.ToString();
    }
}
