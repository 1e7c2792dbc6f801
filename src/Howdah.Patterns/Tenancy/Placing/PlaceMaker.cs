using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Blueprint;
using PlaceVersions = Howdah.Patterns.Tenancy.Fanout.PlaceVersions;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tenancy.Sparing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Placing;

/// <summary>Makes a place of a tenant's own, empty, and drops it. Both may be cut off at any point and run again.</summary>
/// <param name="session">The estate.</param>
/// <param name="spec">The tenancy.</param>
/// <param name="home">An open connection to the home database as the role that applies.</param>
sealed class PlaceMaker(Session session, TenancySpec spec, NpgsqlConnection home)
{
    /// <summary>The lock of a database's name, in the server's maintenance database: "HOWM". Whoever makes it holds it, and CREATE DATABASE
    /// goes on for a while when its client was killed.</summary>
    const int Lock = 0x484F574D;

    /// <summary>Called at each point, with its name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }

    /// <summary>A name for a new place: made by the database, never given twice.</summary>
    internal async Task<string> NewNameAsync(CancellationToken token) => (string)(await Run.ScalarAsync(home,
        "select 't_' || pg_catalog.substr(pg_catalog.md5(pg_catalog.gen_random_uuid()::text || pg_catalog.gen_random_uuid()::text), 1, 20)",
        token))!;

    /// <summary>Makes a place that is not there yet. A schema is made in the transaction under way on <c>home</c>, if there is
    /// one.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="place">Where.</param>
    /// <param name="structure">What stands in it.</param>
    /// <param name="open">Whether its role may log in at once.</param>
    /// <param name="token">Cancels.</param>
    /// <param name="spare">Whether the place is a database that was made ahead; made now, if it is no more as it should be.</param>
    internal async Task MakeAsync(Guid tenant, Placement place, Structure structure, bool open, CancellationToken token,
        bool spare = false)
    {
        var name = place.Place ?? throw new ArgumentException("rows have no place of their own");
        var verifier = TenantKey.Of(session, spec).VerifierOf(name);
        if (place.Model == TenancyModel.Schemas)
        {
            await Run.AllAsync(home, [PlaceScript.Group(spec, structure), PlaceScript.Role(name, verifier, spec.Group, open),
                .. PlaceScript.Schema(spec, structure, tenant, name), PlaceVersions.Begin(name)], token);
            return;
        }
        await DatabaseAsync(tenant, place, name, verifier, structure, open, spare, token);
        Fault?.Invoke("place filled");
        await Run.OneAsync(home, PlaceVersions.Begin(name), token);
        Fault?.Invoke("version recorded");
    }

    /// <summary>Drops a place with all that is in it, whatever of it is there; its role, too.</summary>
    internal async Task DropAsync(Placement place, CancellationToken token)
    {
        var name = new Ident(place.Place ?? throw new ArgumentException("rows have no place of their own"));
        if (place.Model == TenancyModel.Schemas)
        {
            var there = await Run.ScalarAsync(home, "select pg_catalog.to_regrole($1) is not null", token, name.ToString()) is true;
            // Only a member may drop what a role was granted, and only a superuser is one of every role.
            await Run.AllAsync(home, [Sql.Of($"drop schema if exists {name} cascade"),
                .. there ? (Sql[])[Membership.In(home, place.Place), Sql.Of($"drop owned by {name}"), Sql.Of($"drop role {name}")]
                    : []], token);
            return;
        }
        await using var server = await session.Servers[place.Server].OpenPlainAsync(null, token);
        await LockAsync(server, place.Place, token);
        await Run.OneAsync(server, Sql.Of($"drop database if exists {name} with (force)"), token);
        await Run.OneAsync(server, Sql.Of($"drop role if exists {name}"), token);
    }

    /// <summary>Makes a database ahead: nobody's, empty, closed to everybody.</summary>
    internal async Task SpareAsync(Placement place, Structure structure, CancellationToken token)
    {
        await using var maintenance = await session.Servers[place.Server].OpenPlainAsync(null, token);
        await LockAsync(maintenance, place.Database, token);
        await TemplateAsync(maintenance, place, structure, token);
        await Run.OneAsync(maintenance, Copy(place.Database), token);
        Fault?.Invoke("spare made");
        await Run.OneAsync(maintenance, Sql.Of($"revoke all on database {new Ident(place.Database)} from public"), token);
        Fault?.Invoke("spare closed");
    }

    async Task TemplateAsync(NpgsqlConnection maintenance, Placement place, Structure structure, CancellationToken token)
    {
        await Run.OneAsync(maintenance, Membership.In(maintenance, spec.Owner), token);
        await TemplateDatabase.EnsureAsync(spec, structure, home, session.Servers[place.Server], maintenance, Fault, token);
    }

    // Born with connections refused: neither the template's privileges nor its settings are copied, so PUBLIC could connect.
    Sql Copy(string name) => Sql.Of($"create database {new Ident(name)} with template {new Ident(TemplateDatabase.NameOf(spec))} "
        + $"owner {new Ident(spec.Owner)} allow_connections false");

    async Task DatabaseAsync(Guid tenant, Placement place, string name, string verifier, Structure structure, bool open, bool spare,
        CancellationToken token)
    {
        var server = session.Servers[place.Server];
        await using var maintenance = await server.OpenPlainAsync(null, token);
        await LockAsync(maintenance, name, token);
        var database = new Ident(name);
        var made = spare && await Spare.FaultAsync(maintenance, name, spec.Owner, token) is null;
        if (made)
            await Run.OneAsync(maintenance, Membership.In(maintenance, spec.Owner), token);
        else
            await TemplateAsync(maintenance, place, structure, token);
        await Run.OneAsync(maintenance, PlaceScript.Role(name, verifier, null, open), token);
        Fault?.Invoke("role made");
        if (spare && !made)
            await Run.OneAsync(maintenance, Sql.Of($"drop database if exists {database} with (force)"), token);
        if (!made)
            await Run.OneAsync(maintenance, Copy(name), token);
        Fault?.Invoke("database made");
        await Run.AllAsync(maintenance,
        [
            Sql.Of($"revoke all on database {database} from public"),
            Sql.Of($"grant connect on database {database} to {database}"),
            .. await SettingsAsync(database, token),
            Sql.Of($"alter role {database} in database {database} set search_path = "
                + $"{Sql.List(Structure.Schemas(spec).Select(static schema => new Ident(schema)))}"),
            Sql.Of($"alter database {database} with allow_connections true"),
        ], token);
        Fault?.Invoke("database opened");
        if (await Run.ScalarAsync(maintenance, """
            select pg_catalog.string_agg(case when x.grantee = 0 then 'public' else pg_catalog.pg_get_userbyid(x.grantee) end || ' '
              || x.privilege_type, ', ')
            from pg_catalog.pg_database d, pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) x
            where d.datname = $1 and x.grantee <> d.datdba and (x.grantee <> pg_catalog.to_regrole($1) or x.privilege_type <> 'CONNECT')
            """, token, name) is string others)
            throw new InvalidOperationException($"the new database {name} is open to others: {others}");
        await using var inside = await server.OpenPlainAsync(name, token);
        await using var transaction = await inside.BeginTransactionAsync(token);
        await Run.AllAsync(inside, PlaceScript.Database(spec, structure, tenant, name), token);
        await CopySharedAsync(inside, token);
        await transaction.CommitAsync(token);
    }

    // Let go of with the connection.
    static Task<object?> LockAsync(NpgsqlConnection server, string name, CancellationToken token) =>
        Run.ScalarAsync(server, "select pg_catalog.pg_advisory_lock($1, pg_catalog.hashtext($2))", token, Lock, name);

    // Settings of the home database hold for its tenants, wherever they live.
    async Task<IReadOnlyList<Sql>> SettingsAsync(Ident database, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("""
            select setting from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database d on d.oid = s.setdatabase
            cross join lateral pg_catalog.unnest(s.setconfig) setting where s.setrole = 0 and d.datname = pg_catalog.current_database()
            order by 1
            """, home);
        await using var rows = await command.ExecuteReaderAsync(token);
        var stored = new Dictionary<string, IReadOnlyList<string>>();
        while (await rows.ReadAsync(token))
        {
            var parts = rows.GetString(0).Split('=', 2);
            stored[parts[0]] = [parts[1]];
        }
        return [.. ServerSetting.Changes(stored, new Dictionary<string, string>())
            .Select(change => Sql.Of($"alter database {database} {change.Clause}"))];
    }

    /// <summary>Copies the shared tables' rows into a database of a tenant's own; what stood there before goes.</summary>
    internal async Task CopySharedAsync(NpgsqlConnection inside, CancellationToken token)
    {
        foreach (var table in spec.Wanted.Shared)
        {
            await Run.OneAsync(inside, Sql.Of($"delete from {table}"), token);
            await using var from = await home.BeginRawBinaryCopyAsync(Sql.Of($"copy {table} to stdout (format binary)").ToString(), token);
            await using var to = await inside.BeginRawBinaryCopyAsync(Sql.Of($"copy {table} from stdin (format binary)").ToString(), token);
            await from.CopyToAsync(to, token);
        }
    }
}
