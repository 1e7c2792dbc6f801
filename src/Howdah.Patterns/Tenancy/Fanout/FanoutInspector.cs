using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>Reads how far tenants' places are and whether their structure is home's: the same few queries for one place and for thousands.
/// </summary>
static class FanoutInspector
{
    // So many different structures are looked into; that others differ is told by name.
    const int Read = 50;

    static readonly CatalogQuery Present = CatalogQuery.Load(typeof(FanoutInspector), "present.sql");
    static readonly CatalogQuery Migrations = CatalogQuery.Load(typeof(FanoutInspector), "migrations.sql");
    static readonly CatalogQuery Places = CatalogQuery.Load(typeof(FanoutInspector), "places.sql");
    static readonly CatalogQuery Likeness = CatalogQuery.Load(typeof(FanoutInspector), "likeness.sql");
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

    // Schemas only: what stands in another database is not to be seen from here. Of those that are alike, one is read.
    static async Task<IReadOnlyList<PlaceDrift>> DifferentAsync(TenancySpec spec, Catalog catalog, FanoutFacts facts,
        CancellationToken token)
    {
        var current = facts.Places.Where(place => place is { IsSchema: true, Moving: false, Served: true }
            && facts.Migrations is [.., var last]
            && place.Version == last.Name).ToDictionary(static place => place.Place);
        if (current.Count == 0)
            return [];
        var home = Structures.Homes(spec)[0];
        var alike = (await catalog.QueryAsync(Likeness, static row => (Schema: row.GetString(0), Number: row.GetString(1)), token,
            current.Keys.ToArray(), spec.Wanted.Tables.Select(static table => table.Name).ToArray(), spec.Wanted.Column))
            .GroupBy(static row => row.Number, static row => row.Schema).Select(static group => group.ToList()).ToList();
        var hashes = (await ReadAsync(alike.Select(static group => group[0]), objects: false))
            .ToDictionary(static row => row.Schema, static row => row.Text);
        var different = alike.Where(group => hashes.GetValueOrDefault(group[0]) != hashes.GetValueOrDefault(home)).ToList();
        if (different.Count == 0)
            return [];
        var objects = (await ReadAsync(different.Take(Read).Select(static group => group[0]), objects: true))
            .ToLookup(static row => row.Schema, static row => (row.Object, row.Text));
        return [.. different.SelectMany((group, i) => group.Select(schema => i < Read
            ? PlaceDrift.Of(current[schema], [.. objects[home]], [.. objects[group[0]]]) : new(current[schema], null, [])))
            .OrderBy(static drift => drift.Place.Name, StringComparer.Ordinal)];

        Task<IReadOnlyList<(string Schema, string Object, string Text)>> ReadAsync(IEnumerable<string> schemas, bool objects) =>
            catalog.QueryAsync(Structures.Query, static row => (row.GetString(0), row.GetString(1), row.GetString(2)), token,
                Structures.InSchemas(spec, schemas, objects));
    }

    static QName Name(Npgsql.NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1));
}
