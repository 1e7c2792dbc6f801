using Howdah.Engine.Catalogs;
using Howdah.Prover.Live.Schemas;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Databases;

/// <summary>The database that is checked, as its neighbors are compared with it, and what stands around it.</summary>
/// <param name="Database">Its name.</param>
/// <param name="Started">When the server started.</param>
/// <param name="Tables">Its tables, qualified and quoted.</param>
/// <param name="Written">Those that a login may write in: what it holds is a tenant's.</param>
/// <param name="Siblings">How many other databases its owner has.</param>
/// <param name="Templates">Templates that one may look into, template1 first.</param>
sealed record Premises(string Database, string Started, IReadOnlyList<string> Tables, IReadOnlyList<string> Written, long Siblings,
    IReadOnlyList<string> Templates)
{
    static readonly CatalogQuery Own = CatalogQuery.Load(typeof(Premises), "own.sql");
    static readonly CatalogQuery Around = CatalogQuery.Load(typeof(Premises), "around.sql");

    internal static async Task<Premises> ReadAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        var (tables, written) = (new List<string>(), new List<string>());
        await using (var own = new NpgsqlCommand(Own.Text, connection))
        {
            own.Parameters.Add(Neighborhood.Oids(surface.Attackers.Select(static role => role.Oid)));
            await using var rows = await own.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
            {
                tables.Add(rows.GetString(0));
                if (rows.GetBoolean(1))
                    written.Add(rows.GetString(0));
            }
        }
        await using var around = new NpgsqlCommand(Around.Text, connection);
        await using var row = await around.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return new(surface.Database, row.GetString(0), tables, written, row.GetInt64(1), row.GetFieldValue<string[]>(2));
    }
}
