using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// One end of a move and how to work there. Never past the floor: at home in the rows model the tables' owner with this tenant's context,
/// so
/// that the server itself refuses any other tenant's row. Triggers and foreign keys rest while rows are replayed
/// (<c>session_replication_role</c>): they ran at the source, and what they did is in the stream.
/// </summary>
/// <param name="Where">How people call it.</param>
/// <param name="ConnectionString">The way in as the role that applies.</param>
/// <param name="Owner">The role that owns the tables there.</param>
/// <param name="Shared">Whether other tenants' rows lie in the same tables.</param>
/// <param name="Tenant">The tenant.</param>
/// <param name="Context">The setting that carries the tenant.</param>
sealed record Side(string Where, string ConnectionString, string Owner, bool Shared, Guid Tenant, string Context)
{
    // Text is read at one end as it was written at the other, whatever roles and databases have set.
    const string Pinned = "-c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=3 -c bytea_output=hex -c timezone=UTC "
        + "-c lc_monetary=C -c xmloption=content -c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c lock_timeout=0 "
        + "-c synchronous_commit=on";

    /// <summary>What the setting says for a backend, where it has to be signed; the tenant's id where null.</summary>
    internal Func<int, string>? Said { get; init; }

    /// <summary>A place of one tenant.</summary>
    internal static Side Of(Session session, TenancySpec spec, Guid tenant, Placement place) => new(PlaceOf(place),
        session.Servers[place.Server].AdminConnectionString(place.Database), spec.Owner, place.Model == TenancyModel.Rows, tenant,
        spec.Wanted.Context)
    {
        Said = spec.Wanted.Signed ? backend => TenantKey.Of(session, spec).Sign(tenant.ToString(),
            TimeProvider.System.GetUtcNow() + Longest, backend) : null,
    };

    // For one backend alone, so it may outlast any move.
    static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>How people call a place.</summary>
    internal static string PlaceOf(Placement place) => place.Model switch
    {
        TenancyModel.Rows => $"the rows of {place.Database}",
        TenancyModel.Schemas => $"schema {place.Place} of {place.Database}",
        _ => $"database {place.Place} on {place.Server}",
    };

    /// <summary>The connection string with all that changes how values are written pinned; for the stream, too.</summary>
    internal string PinnedString => ServerAccess.Prepared(new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        Pooling = false,
        Enlist = false,
        Options = Pinned,
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 2,
        CommandTimeout = 0,
        TcpKeepAlive = true,
    }.ConnectionString);

    /// <summary>Opens a connection of the role that applies, as itself.</summary>
    internal Task<NpgsqlConnection> OpenAdminAsync(CancellationToken token) =>
        Sources.OpenAsync(PinnedString, types: true, token);

    /// <summary>Opens a connection that reads or writes this tenant's rows, and no other's.</summary>
    internal async Task<NpgsqlConnection> OpenAsync(bool replay, CancellationToken token)
    {
        var connection = await OpenAdminAsync(token);
        try
        {
            if (replay)
                await connection.RunAsync(Sql.Of($"set session_replication_role = replica"), token);
            await connection.RunAsync(Sql.Of($"set role {new Ident(Owner)}"), token);
            if (Shared)
                await connection.RunAsync(Sql.Of($"select pg_catalog.set_config({new Literal(Context)}, {new Literal(
                    Said is null ? Tenant.ToString() : Said(connection.ProcessID))}, false)"), token);
            return connection;
        }
        catch
        {
            // Only to close what was half opened; the exception goes on.
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The predicate that holds exactly this tenant's rows, also where there are no others.</summary>
    internal Sql Mine(MovedTable table) => Sql.Of($"{new Ident(table.TenantColumn)} = {new Literal(Tenant.ToString())}");
}

/// <summary>Short ways to run SQL.</summary>
static class Running
{
    internal static async Task<int> RunAsync(this NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        return await command.ExecuteNonQueryAsync(token);
    }

    internal static async Task<T?> OneAsync<T>(this NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        return await command.ExecuteScalarAsync(token) is T value ? value : default;
    }

    internal static async Task<List<T>> ManyAsync<T>(this NpgsqlConnection connection, Sql sql, Func<NpgsqlDataReader, T> read,
        CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<T>();
        while (await rows.ReadAsync(token))
            found.Add(read(rows));
        return found;
    }
}
