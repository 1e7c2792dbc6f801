using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Leaves;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>What a move asks of the places it moves between.</summary>
/// <param name="session">The estate.</param>
/// <param name="spec">The tenancy.</param>
/// <param name="tenant">The tenant.</param>
sealed class Places(Session session, TenancySpec spec, Tenant tenant)
{
    /// <summary>The server that a tenant goes to.</summary>
    internal static string Goal(Session session, TenancySpec spec, TenancyModel to, string? server)
    {
        foreach (var (_, why, hint) in TenancySpec.Unserved(spec.Wanted, to))
            throw new MoveException($"{why}: {hint}");
        if (spec.Wanted.Type != "uuid")
            throw new MoveException(
                $"only tenants whose ids the registry gave can be moved, and `type` is {spec.Wanted.Type}: let the tenant "
                + "column be a uuid");
        if (to != TenancyModel.Databases && server is not null && server != spec.Server)
            throw new MoveException($"{TenantRegistry.NameOf(to)} are in the home database, on {spec.Server}: leave --server out");
        var goal = to != TenancyModel.Databases ? spec.Server
            : server ?? (spec.Wanted.Servers is [var first, ..] ? first : spec.Server);
        return session.Servers.ContainsKey(goal) ? goal
            : throw new MoveException($"the estate has no server {goal}: {string.Join(", ", session.Servers.Keys)}");
    }

    /// <summary>A new place with its name: random, made by the database, never used again.</summary>
    internal static async Task<Placement> NameAsync(Session session, TenancySpec spec, NpgsqlConnection home, TenancyModel to,
        string server,
        CancellationToken token)
    {
        if (to == TenancyModel.Rows)
            return new(to, server, spec.Database, null);
        var name = await new PlaceMaker(session, spec, home).NewNameAsync(token);
        return new(to, server, to == TenancyModel.Databases ? name : spec.Database, name);
    }

    /// <summary>Makes a place, empty; what an earlier try left of it goes first.</summary>
    internal async Task MakeAsync(Placement place, CancellationToken token)
    {
        await using var home = await HomeAsync(token);
        if (place.Model == TenancyModel.Rows)
        {
            await TenantLeaves.MakeAsync(spec, home, tenant.Id, token);
            return;
        }
        var structure = await Structure.ReadAsync(spec, place.Model, home, token);
        var maker = new PlaceMaker(session, spec, home);
        await using var transaction = place.Model == TenancyModel.Schemas ? await home.BeginTransactionAsync(token) : null;
        await maker.DropAsync(place, token);
        await maker.MakeAsync(tenant.Id, place, structure, open: true, token);
        // It is made as home is now, so home's migrations have run there.
        var migrations = (await PlaceVersions.AtHomeAsync(home, token)).Select(each => PlaceVersions.Record(place.Place!, each)).ToList();
        if (migrations.Count > 0)
            await Run.AllAsync(home, migrations, token);
        if (place.Model == TenancyModel.Databases)
        {
            await using var inside = await session.Servers[place.Server].OpenPlainAsync(place.Database, token);
            await Run.AllAsync(inside, [PlaceVersions.Table, .. migrations], token);
        }
        if (transaction is not null)
            await transaction.CommitAsync(token);
    }

    /// <summary>Drops a place, whatever of it is there; of rows, which are gone by then, the partitions.</summary>
    internal async Task DropAsync(Placement place, CancellationToken token)
    {
        await using var home = await HomeAsync(token);
        if (place.Model == TenancyModel.Rows)
        {
            await TenantLeaves.DropAsync(spec, home, tenant.Id, token);
            return;
        }
        await new PlaceMaker(session, spec, home).DropAsync(place, token);
        await home.RunAsync(Sql.Of($"delete from howdah.tenant_versions where place = {new Literal(place.Place)}"), token);
    }

    /// <summary>Whether a place can be connected to.</summary>
    internal async Task<bool> IsThereAsync(Placement place, CancellationToken token)
    {
        if (place.Model != TenancyModel.Databases)
            return true;
        await using var server = await session.Servers[place.Server].OpenPlainAsync(null, token);
        return await server.OneAsync<bool>(Sql.Of(
            $"select exists (select from pg_catalog.pg_database where datname = {new Literal(place.Database)} and datallowconn)"), token);
    }

    /// <summary>The doors of a place.</summary>
    internal Doors DoorsOf(Placement place) => place.Model == TenancyModel.Rows ? Doors.None : new(
        token => TurnAsync(home => PlaceFence.CloseAsync(session, spec, home, place, token), token),
        token => TurnAsync(home => PlaceFence.OpenAsync(session, spec, home, place, token), token));

    async Task TurnAsync(Func<NpgsqlConnection, Task> turn, CancellationToken token)
    {
        await using var home = await HomeAsync(token);
        await turn(home);
    }

    Task<NpgsqlConnection> HomeAsync(CancellationToken token) => session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
}
