using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Placing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Registry;

/// <summary>The way in to a tenant, wherever it lives: as its own role there, or as the application for rows.</summary>
public static class TenantAccess
{
    /// <summary>The connection string, password included.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="role">For rows, the role to log in as; the first of <c>tenancy.roles</c> where null.</param>
    /// <exception cref="LoginUnavailableException">A password is not to be had here.</exception>
    public static string ConnectionString(Session session, DatabaseSpec database, Tenant tenant, string? role = null)
    {
        var spec = TenancySpec.Of(database) ?? throw new ArgumentException($"database {database.Name} declares no tenancy");
        var server = session.Servers[tenant.Home.Server];
        if (tenant.Home.Place is not { } place)
            return server.LoginConnectionString(role ?? spec.Wanted.Roles[0], tenant.Home.Database);
        return new NpgsqlConnectionStringBuilder(server.AdminConnectionString(tenant.Home.Database))
        {
            Username = place,
            Password = TenantKey.Of(session, spec).PasswordOf(place),
        }.ConnectionString;
    }

    /// <summary>Opens a connection there, not pooled, with the password as SASLprep leaves it, which Npgsql alone would not do.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="LoginUnavailableException">A password is not to be had here.</exception>
    public static Task<NpgsqlConnection> OpenAsync(Session session, DatabaseSpec database, Tenant tenant, CancellationToken token) =>
        ServerAccess.OpenAsync(ConnectionString(session, database, tenant), token);

    /// <summary>The secret from which an application makes tenants' passwords and signed contexts (<c>HOWDAH_TENANT_KEY</c>).</summary>
    public static string Key(Session session, DatabaseSpec database) => TenantKey.Of(session,
        TenancySpec.Of(database) ?? throw new ArgumentException($"database {database.Name} declares no tenancy")).Text;

    /// <summary>The signed context of a tenant, good in every session: for proofs that attack as two tenants.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="tenant">The tenant's id; it need not exist.</param>
    /// <param name="expiry">Until when it holds.</param>
    /// <returns>What the setting must carry; null where contexts are not signed and the id itself does.</returns>
    /// <exception cref="LoginUnavailableException">The key is not to be had here.</exception>
    public static string? SignedContext(Session session, DatabaseSpec database, Guid tenant, DateTimeOffset expiry) =>
        TenancySpec.Of(database) is { Wanted.Signed: true } spec
            ? TenantKey.Of(session, spec).Sign(tenant.ToString(), expiry, 0) : null;

    /// <summary>Says in a transaction which tenant it serves.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="connection">The connection, in a transaction.</param>
    /// <param name="tenant">The tenant.</param>
    /// <param name="token">Cancels.</param>
    public static async Task BecomeAsync(Session session, DatabaseSpec database, NpgsqlConnection connection, Tenant tenant,
        CancellationToken token)
    {
        var spec = TenancySpec.Of(database) ?? throw new ArgumentException($"database {database.Name} declares no tenancy");
        await Run.ScalarAsync(connection, "select pg_catalog.set_config($1, $2, true)", token, spec.Wanted.Context,
            spec.Wanted.Signed ? TenantKey.Of(session, spec).Sign(tenant.Id.ToString(), TimeProvider.System.GetUtcNow().AddMinutes(1),
                connection.ProcessID) : tenant.Id.ToString());
    }
}
