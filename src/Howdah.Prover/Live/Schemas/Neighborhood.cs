using Howdah.Engine.Catalogs;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Schemas;

/// <summary>Which tenant's schema is whose.</summary>
/// <param name="Residents">The logins.</param>
/// <param name="Schemas">Tenants' schemas by their oids.</param>
/// <param name="Usual">Names of tables and views that most of them have.</param>
sealed record Neighborhood(IReadOnlyList<Resident> Residents, IReadOnlyDictionary<uint, Home> Schemas, IReadOnlyList<string> Usual)
{
    static readonly CatalogQuery Homes = CatalogQuery.Load(typeof(Neighborhood), "homes.sql");
    static readonly CatalogQuery Names = CatalogQuery.Load(typeof(Neighborhood), "names.sql");

    internal static async Task<Neighborhood> ReadAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        var schemas = new Dictionary<uint, Home>();
        IReadOnlyList<string> usual = [];
        await using (var names = new NpgsqlCommand(Names.Text, connection))
        {
            names.Parameters.Add(Oids(surface.TenantSchemas));
            await using var rows = await names.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
            {
                if (rows.GetFieldValue<uint>(0) is var oid and > 0)
                    schemas[oid] = new(rows.GetString(1), rows.GetFieldValue<string[]>(2));
                else
                    usual = rows.GetFieldValue<string[]>(2);
            }
        }
        var residents = new List<Resident>();
        await using var homes = new NpgsqlCommand(Homes.Text, connection);
        homes.Parameters.Add(Oids(surface.Attackers.Select(static role => role.Oid)));
        homes.Parameters.Add(Oids(surface.TenantSchemas));
        await using var people = await homes.ExecuteReaderAsync(token);
        while (await people.ReadAsync(token))
        {
            var (oid, role) = (people.GetFieldValue<uint>(0), people.GetString(1));
            var path = SearchPath.Read(people.GetString(2), role);
            var (owned, used) = (people.GetFieldValue<uint[]>(3), people.GetFieldValue<uint[]>(4));
            residents.Add(new(oid, role, path, Own(schemas, role, path, owned, used), owned.Length + used.Length > 0));
        }
        return new(residents, schemas, usual);
    }

    /// <summary>An array parameter.</summary>
    internal static NpgsqlParameter Oids(IEnumerable<uint> oids) => new() { Value = oids.ToArray(), DataTypeName = "oid[]" };

    // The first on the path; else the only one it owns, the only one it may use, the one with its own name; 0 where nothing tells.
    static uint Own(Dictionary<uint, Home> schemas, string role, IReadOnlyList<string> path, uint[] owned, uint[] used)
    {
        var named = path.Select(name => schemas.FirstOrDefault(each => each.Value.Name == name).Key).FirstOrDefault(static oid
            => oid > 0);
        return named > 0 ? named : owned.Length == 1 ? owned[0] : used.Length == 1 ? used[0]
            : schemas.FirstOrDefault(each => each.Value.Name == role).Key;
    }
}

/// <summary>A tenant's schema with the names of its tables and views.</summary>
sealed record Home(string Name, IReadOnlyList<string> Relations);

/// <summary>A login in a database with a schema for each tenant.</summary>
/// <param name="Path">Its search_path as it gets it when it logs in.</param>
/// <param name="Home">The schema that is its own; 0 where nothing tells.</param>
/// <param name="Reaches">Whether it owns, or may use, any tenant's schema.</param>
sealed record Resident(uint Oid, string Role, IReadOnlyList<string> Path, uint Home, bool Reaches);
