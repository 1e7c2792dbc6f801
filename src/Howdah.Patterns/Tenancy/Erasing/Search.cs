using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Erasing;

/// <summary>Looks for all that there could be of a tenant: rows at home, in every table and asked directly in every partition; and the
/// schema, database and role of every place that the registry and its books have ever told of.</summary>
sealed class Search(Session session, TenancySpec spec, NpgsqlConnection home, Tenant tenant)
{
    static readonly CatalogQuery Parts = CatalogQuery.Load(typeof(Search), "parts.sql");
    static readonly CatalogQuery Places = CatalogQuery.Load(typeof(Search), "places.sql");

    internal async Task<IReadOnlyList<Remains>> RunAsync(CancellationToken token)
    {
        var found = new List<Remains>();
        var rows = new Placement(TenancyModel.Rows, spec.Server, spec.Database, null);
        var ground = await TenantGround.OfAsync(session, spec, home, tenant.Id, rows, token);
        await using (var connection = await ground.OpenAsync(replay: false, token))
        {
            foreach (var (table, part) in await TablesAsync(connection, token))
                found.Add(new(part ? "partition" : "table", table.Plain, await connection.OneAsync<long>(Sql.Of($"""
                    select pg_catalog.count(*) from {table} where {new Ident(spec.Wanted.Column)} = {new Literal(tenant.Id.ToString())}
                    """), token)));
        }
        var places = await PlacesAsync(token);
        foreach (var place in places)
            found.Add(new("schema", place, await CountAsync(home, Sql.Of(
                $"select pg_catalog.count(*) from pg_catalog.pg_namespace where nspname = {new Literal(place)}"), token)));
        if (places.Count > 0)
            foreach (var name in spec.Wanted.Servers!.Append(spec.Server).Append(tenant.Home.Server).Distinct())
                await ServerAsync(name, places, found, token);
        return found;
    }

    async Task ServerAsync(string name, IReadOnlyList<string> places, List<Remains> found, CancellationToken token)
    {
        await using var server = await session.Servers[name].OpenPlainAsync(null, token);
        foreach (var place in places)
        {
            found.Add(new("database", $"{place} on {name}", await CountAsync(server, Sql.Of(
                $"select pg_catalog.count(*) from pg_catalog.pg_database where datname = {new Literal(place)}"), token)));
            found.Add(new("role", $"{place} on {name}", await CountAsync(server, Sql.Of(
                $"select pg_catalog.count(*) from pg_catalog.pg_roles where rolname = {new Literal(place)}"), token)));
        }
    }

    async Task<IReadOnlyList<(QName Table, bool Part)>> TablesAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using var command = Tables.Asking(connection, Parts, spec.Wanted.Tables);
        await using var rows = await command.ExecuteReaderAsync(token);
        var tables = new List<(QName, bool)>();
        while (await rows.ReadAsync(token))
            tables.Add((new(rows.GetString(0), rows.GetString(1)), rows.GetBoolean(2)));
        return tables;
    }

    async Task<IReadOnlyList<string>> PlacesAsync(CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Places.Text, home) { Parameters = { new() { Value = tenant.Id } } };
        await using var rows = await command.ExecuteReaderAsync(token);
        var places = new List<string>();
        while (await rows.ReadAsync(token))
            places.Add(rows.GetString(0));
        return places;
    }

    static Task<long> CountAsync(NpgsqlConnection connection, Sql query, CancellationToken token) =>
        connection.OneAsync<long>(query, token);
}
