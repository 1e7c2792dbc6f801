using Howdah.Engine.Catalogs;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// The structure of tenants' tables as one hash per schema, wherever it stands: columns, defaults, constraints, indexes, triggers,
/// privileges.
/// One query whatever the number of schemas.
/// </summary>
static class Structures
{
    internal static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Structures), "structure.sql");

    /// <summary>The parameters of the query for home, or a database with home's names.</summary>
    internal static object[] Parameters(TenancySpec spec, IReadOnlyList<string> roles, bool objects) =>
        Parameters(spec, [.. Homes(spec).Select(static home => (home, home))], roles, objects);

    /// <summary>The parameters of the query for tenants' schemas; home itself may stand among them.</summary>
    internal static object[] Parameters(TenancySpec spec, IReadOnlyList<(string Schema, string Home)> schemas, IReadOnlyList<string> roles,
        bool objects) =>
    [
        schemas.Select(static each => each.Schema).ToArray(), schemas.Select(static each => each.Home).ToArray(),
        spec.Wanted.Tables.Select(static table => table.Schema).ToArray(), spec.Wanted.Tables.Select(static table => table.Name).ToArray(),
        spec.Wanted.Column, roles.ToArray(), objects,
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
        var wanted = await ReadAsync(home, Parameters(spec, spec.Wanted.Roles, objects: true), token);
        var seen = await ReadAsync(at, place.IsSchema ? Parameters(spec, [(place.Place, Homes(spec)[0])], [], objects: true)
            : Parameters(spec, [place.Place], objects: true), token);
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
            .Select(static name => $"{Worded(name)} is not at home").FirstOrDefault();
    }

    // "orders column note" reads better the other way round.
    static string Worded(string name) => name.Split(' ', 2) is [var table, var rest] ? $"{rest} of {table}" : $"table {name}";
}
