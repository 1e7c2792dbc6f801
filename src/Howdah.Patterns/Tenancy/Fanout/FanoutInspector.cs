using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>Reads how far tenants' places are and whether their structure is home's: the same few queries for one place and for thousands.
/// </summary>
static class FanoutInspector
{
    // So many are told with what differs first; the others by name.
    const int Told = 5;

    static readonly CatalogQuery Present = CatalogQuery.Load(typeof(FanoutInspector), "present.sql");
    static readonly CatalogQuery Migrations = CatalogQuery.Load(typeof(FanoutInspector), "migrations.sql");
    static readonly CatalogQuery Places = CatalogQuery.Load(typeof(FanoutInspector), "places.sql");
    static readonly CatalogQuery Names = CatalogQuery.Load(typeof(FanoutInspector), "names.sql");

    internal static async Task<FanoutFacts> InspectAsync(TenancySpec spec, Catalog catalog, CancellationToken token)
    {
        if (await catalog.QueryAsync(Present, static row => row.GetBoolean(0), token) is not [true])
            return FanoutFacts.None;
        var places = await catalog.QueryAsync(Places, row => PlaceVersions.Row(spec, row), token);
        if (places.Count == 0)
            return FanoutFacts.None;
        var facts = FanoutFacts.None with
        {
            Migrations = await catalog.QueryAsync(Migrations, static row => new HomeMigration(row.GetString(0), row.GetString(1),
                row.GetString(2)), token),
            Places = places,
        };
        if (facts.Behind(spec) is { Count: > 0 } behind)
        {
            var furthest = behind.Where(static place => place.IsSchema).MinBy(static place => place.Version, StringComparer.Ordinal);
            var home = Structures.Homes(spec).ToArray();
            facts = facts with
            {
                AtHome = await catalog.QueryAsync(Names, Name, token, [home]),
                InPlace = furthest is null ? [] : [.. (await catalog.QueryAsync(Names, Name, token, [(string[])[furthest.Place]]))
                    .Select(name => name with { Schema = home[0] })],
            };
        }
        return facts with { Different = await DifferentAsync(spec, catalog, facts, token) };
    }

    // Schemas only: what stands in another database is not to be seen from here.
    static async Task<IReadOnlyList<(TenantPlace, string?)>> DifferentAsync(TenancySpec spec, Catalog catalog, FanoutFacts facts,
        CancellationToken token)
    {
        var current = facts.Places.Where(place => place.IsSchema && !place.Moving && facts.Migrations is [.., var last]
            && place.Version == last.Name).ToDictionary(static place => place.Place);
        if (current.Count == 0)
            return [];
        var home = Structures.Homes(spec)[0];
        var hashes = await ReadAsync(current.Keys, objects: false);
        var wanted = hashes.FirstOrDefault(row => row.Schema == home).Text;
        var found = hashes.ToDictionary(static row => row.Schema, static row => row.Text);
        var different = current.Values.Where(place => found.GetValueOrDefault(place.Place) != wanted).ToList();
        if (different.Count == 0)
            return [];
        var objects = (await ReadAsync(different.Take(Told).Select(static place => place.Place), objects: true))
            .ToLookup(static row => row.Schema, static row => (row.Object, row.Text));
        return [.. different.Select((place, i) => (place, i < Told ? Structures.First([.. objects[home]], [.. objects[place.Place]])
            : null))];

        Task<IReadOnlyList<(string Schema, string Object, string Text)>> ReadAsync(IEnumerable<string> schemas, bool objects) =>
            catalog.QueryAsync(Structures.Query, static row => (row.GetString(0), row.GetString(1), row.GetString(2)), token,
                Structures.Parameters(spec, [(home, home), .. schemas.Select(schema => (schema, home))], spec.Wanted.Roles, objects));
    }

    static QName Name(Npgsql.NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1));
}
