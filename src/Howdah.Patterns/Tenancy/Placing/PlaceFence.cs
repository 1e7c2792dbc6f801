using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>
/// Closes and opens a place of a tenant's own: its role may not log in, and sessions that it has lose their privileges on the tables, which
/// the server asks for at each execution. Rows at home have <see cref="Fence"/>.
/// </summary>
static class PlaceFence
{
    internal static async Task CloseAsync(Session session, TenancySpec spec, NpgsqlConnection home, Placement place,
        CancellationToken token)
    {
        if (place.Model == TenancyModel.Rows)
            return;
        var role = new Ident(place.Place!);
        var tables = spec.Wanted.Tables.Select(table => Ground.Table(place, table));
        await InsideAsync(session, home, place,
            [.. tables.Select(table => Sql.Of($"revoke all on {table} from {role}")), Sql.Of($"alter role {role} nologin")], token);
    }

    internal static async Task OpenAsync(Session session, TenancySpec spec, NpgsqlConnection home, Placement place, CancellationToken token)
    {
        if (place.Model == TenancyModel.Rows)
            return;
        var structure = await Structure.ReadAsync(spec, place.Model, home, token);
        var role = new Ident(place.Place!);
        string[] path = place.Model == TenancyModel.Schemas ? [place.Place!] : ["pg_catalog"];
        await InsideAsync(session, home, place,
            [
                Sql.Of($"set local search_path = {Sql.List(path.Select(static name => new Ident(name)))}"),
                .. structure.Grants.Select(grant => Sql.Of($"{grant} {role}")),
                Sql.Of($"reset search_path"),
                Sql.Of($"alter role {role} login"),
            ], token);
    }

    // A schema's belongs to the transaction on home, if there is one; a database's is one of its own.
    static async Task InsideAsync(Session session, NpgsqlConnection home, Placement place, IReadOnlyList<Sql> statements,
        CancellationToken token)
    {
        if (place.Model == TenancyModel.Schemas)
        {
            await Run.AllAsync(home, statements, token);
            return;
        }
        await using var inside = await session.Servers[place.Server].OpenPlainAsync(place.Database, token);
        await Run.AllAsync(inside, statements, token);
    }
}
