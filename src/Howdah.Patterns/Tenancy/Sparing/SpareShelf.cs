using Howdah.Engine;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Sparing;

/// <summary>
/// Keeps as many databases made ahead as are declared. Each is written down before it is made and told finished after, so whoever comes
/// after a crash drops the half; one that is to go is told unfinished first, so that no tenant takes it.
/// </summary>
/// <param name="session">The estate.</param>
/// <param name="spec">The tenancy.</param>
/// <param name="home">An open connection to the home database as the role that applies.</param>
sealed class SpareShelf(Session session, TenancySpec spec, NpgsqlConnection home)
{
    /// <summary>The lock under which databases are made ahead: "HOWP".</summary>
    const int Lock = 0x484F5750;

    /// <summary>Called at each point, with its name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }

    /// <summary>Drops what is too many, unfinished, of a former structure or not as it was left, and makes what lacks.</summary>
    /// <param name="wait">Whether to wait for another who is at it.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>How many were made and dropped; null where another is at it.</returns>
    /// <exception cref="ArgumentException">The tenants' tables cannot be made in a database of a tenant's own.</exception>
    internal async Task<(int Made, int Dropped)?> RefillAsync(bool wait, CancellationToken token)
    {
        if (wait)
            await Run.ScalarAsync(home, "select pg_catalog.pg_advisory_lock($1, 0)", token, Lock);
        else if (await Run.ScalarAsync(home, "select pg_catalog.pg_try_advisory_lock($1, 0)", token, Lock) is not true)
            return null;
        try
        {
            return await UnderLockAsync(token);
        }
        finally
        {
            await Run.UnlockAsync(home, Lock);
        }
    }

    async Task<(int Made, int Dropped)> UnderLockAsync(CancellationToken token)
    {
        // The version first: of a migration that runs meanwhile it tells too little, and the next round makes them anew.
        var version = await Fanout.PlaceVersions.AtHomeAsync(home, token) is [.., var last] ? last.Name : "";
        var structure = spec.Wanted.Spares == 0 ? null : await Structure.ReadAsync(spec, TenancyModel.Databases, home, token);
        var maker = new PlaceMaker(session, spec, home) { Fault = Fault };
        var good = new Dictionary<string, int>();
        var (made, dropped) = (0, 0);
        foreach (var (place, usable) in await ReadAsync(structure, version, token))
        {
            if (usable && good.GetValueOrDefault(place.Server) < spec.Wanted.Spares && Spare.Servers(spec).Contains(place.Server))
                good[place.Server] = good.GetValueOrDefault(place.Server) + 1;
            else if (await DropAsync(maker, place, token))
                dropped++;
        }
        foreach (var server in Spare.Servers(spec))
        {
            for (var i = good.GetValueOrDefault(server); structure is not null && i < spec.Wanted.Spares; i++, made++)
                await MakeAsync(maker, server, structure, version, token);
        }
        return (made, dropped);
    }

    async Task<List<(Placement Place, bool Usable)>> ReadAsync(Structure? structure, string version, CancellationToken token)
    {
        var all = new List<(Placement Place, bool Usable)>();
        await using (var command = new NpgsqlCommand("select place, server, coalesce(structure, ''), version from howdah.tenant_spares "
            + "order by begun, place", home))
        await using (var rows = await command.ExecuteReaderAsync(token))
        {
            while (await rows.ReadAsync(token))
                all.Add((new(TenancyModel.Databases, rows.IsDBNull(1) ? spec.Server : rows.GetString(1), rows.GetString(0),
                    rows.GetString(0)), structure is not null && rows.GetString(2) == TemplateDatabase.StructureOf(structure)
                        && rows.GetString(3) == version));
        }
        foreach (var server in all.Select(static each => each.Place.Server).Distinct().Where(session.Servers.ContainsKey).ToList())
        {
            await using var maintenance = await session.Servers[server].OpenPlainAsync(null, token);
            for (var i = 0; i < all.Count; i++)
            {
                if (all[i].Usable && all[i].Place.Server == server)
                    all[i] = all[i] with { Usable = await Spare.FaultAsync(maintenance, all[i].Place.Database, spec.Owner, token) is null };
            }
        }
        return all;
    }

    async Task<bool> DropAsync(PlaceMaker maker, Placement place, CancellationToken token)
    {
        // A tenant may have taken it a moment ago.
        if (await Run.ScalarAsync(home,
            "update howdah.tenant_spares set structure = null where place = $1 returning true", token, place.Database) is not true)
            return false;
        Fault?.Invoke("spare given up");
        // A server that left the estate took its own with it.
        if (session.Servers.ContainsKey(place.Server))
            await maker.DropAsync(place, token);
        Fault?.Invoke("spare dropped");
        await Run.ScalarAsync(home, "delete from howdah.tenant_spares where place = $1", token, place.Database);
        return true;
    }

    async Task MakeAsync(PlaceMaker maker, string server, Structure structure, string version, CancellationToken token)
    {
        var name = await maker.NewNameAsync(token);
        await Run.ScalarAsync(home, "insert into howdah.tenant_spares (place, server, version) values ($1, $2, $3)", token, name,
            server == spec.Server ? DBNull.Value : server, version);
        Fault?.Invoke("spare written down");
        await maker.SpareAsync(new(TenancyModel.Databases, server, name, name), structure, token);
        await Run.ScalarAsync(home, "update howdah.tenant_spares set structure = $2 where place = $1", token, name,
            TemplateDatabase.StructureOf(structure));
        Fault?.Invoke("spare finished");
    }
}
