using Howdah.Engine.Catalogs;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// The structure of tenants' tables as one hash per schema, wherever it stands: columns, defaults, constraints, indexes, triggers, rules,
/// privileges, and the policies of places, which have none.
/// One query whatever the number of schemas.
/// </summary>
static class Structures
{
    const string RowSecurity = " row level security";

    internal static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Structures), "structure.sql");

    /// <summary>The parameters of the query for home, whose policies are the floor's business.</summary>
    internal static object[] AtHome(TenancySpec spec, bool objects) =>
        Parameters(spec, Homes(spec), spec.Wanted.Roles, objects, apart: Homes(spec));

    /// <summary>The parameters of the query for a tenant's database, which has home's names.</summary>
    internal static object[] InDatabase(TenancySpec spec, TenantPlace place, bool objects) =>
        Parameters(spec, Homes(spec), [place.Place], objects, apart: []);

    /// <summary>The parameters of the query for a tenant's schema.</summary>
    internal static object[] InSchema(TenancySpec spec, TenantPlace place, bool objects) =>
        Parameters(spec, [(place.Place, Homes(spec)[0])], [], objects, apart: []);

    /// <summary>The parameters of the query for home and tenants' schemas.</summary>
    internal static object[] InSchemas(TenancySpec spec, IEnumerable<string> schemas, bool objects)
    {
        var home = Homes(spec)[0];
        return Parameters(spec, [(home, home), .. schemas.Select(schema => (schema, home))], spec.Wanted.Roles, objects, apart: [home]);
    }

    static object[] Parameters(TenancySpec spec, IReadOnlyList<string> homes, IReadOnlyList<string> roles, bool objects,
        IReadOnlyList<string> apart) => Parameters(spec, [.. homes.Select(static home => (home, home))], roles, objects, apart);

    static object[] Parameters(TenancySpec spec, IReadOnlyList<(string Schema, string Home)> schemas, IReadOnlyList<string> roles,
        bool objects, IReadOnlyList<string> apart) =>
    [
        schemas.Select(static each => each.Schema).ToArray(), schemas.Select(static each => each.Home).ToArray(),
        spec.Wanted.Tables.Select(static table => table.Schema).ToArray(), spec.Wanted.Tables.Select(static table => table.Name).ToArray(),
        spec.Wanted.Column, roles.ToArray(), objects, apart.ToArray(),
    ];

    /// <summary>The schemas of tenants' tables at home.</summary>
    internal static IReadOnlyList<string> Homes(TenancySpec spec) =>
        [.. spec.Wanted.Tables.Select(static table => table.Schema).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Runs the query with an empty search_path, so that names come out qualified.</summary>
    internal static async Task<IReadOnlyList<(string Schema, string Object, string Text)>> ReadAsync(NpgsqlConnection connection,
        object[] parameters, CancellationToken token)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(new("select pg_catalog.set_config('search_path', '', true)"));
        var query = new NpgsqlBatchCommand(Query.Text);
        foreach (var parameter in parameters)
            query.Parameters.Add(new() { Value = parameter });
        batch.BatchCommands.Add(query);
        await using var rows = await batch.ExecuteReaderAsync(token);
        await rows.NextResultAsync(token);
        var found = new List<(string, string, string)>();
        while (await rows.ReadAsync(token))
            found.Add((rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        return found;
    }

    /// <summary>The first thing in which a place differs from home, in words; null where it does not.</summary>
    internal static async Task<string?> DifferenceAsync(TenancySpec spec, NpgsqlConnection home, NpgsqlConnection at, TenantPlace place,
        CancellationToken token)
    {
        var wanted = await ReadAsync(home, AtHome(spec, objects: true), token);
        var seen = await ReadAsync(at, place.IsSchema ? InSchema(spec, place, objects: true) : InDatabase(spec, place, objects: true),
            token);
        return First([.. wanted.Select(static row => (row.Object, row.Text))], [.. seen.Select(static row => (row.Object, row.Text))]);
    }

    /// <summary>The first difference between home's objects and a place's, in words.</summary>
    internal static string? First(IReadOnlyList<(string Object, string Text)> home, IReadOnlyList<(string Object, string Text)> place)
    {
        var there = place.ToLookup(static each => each.Object, static each => each.Text);
        foreach (var (name, text) in home.OrderBy(static each => each.Object, StringComparer.Ordinal))
        {
            if (!there[name].Any())
                return $"{Worded(name)} is missing";
            if (there[name].First() != text)
                return $"{Worded(name)} is `{there[name].First().Trim()}`, at home it is `{text.Trim()}`";
        }
        var known = home.Select(static each => each.Object).ToHashSet();
        return place.Select(static each => each.Object).Where(name => !known.Contains(name)).Order(StringComparer.Ordinal)
            .Select(name => name.EndsWith(RowSecurity, StringComparison.Ordinal)
                ? $"{Worded(name)} is {there[name].First()}; a place of a tenant's own has none" : $"{Worded(name)} is not at home")
            .FirstOrDefault();
    }

    // "orders column note" reads better the other way round.
    static string Worded(string name) => name.Split(' ', 2) is [var table, var rest] ? $"{rest} of {table}" : $"table {name}";
}
