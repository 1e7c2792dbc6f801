using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Cli.Commands;

/// <summary>How a statement of the command line gets in: as a role, for a tenant, as an application would.</summary>
static class WayIn
{
    /// <summary>Opens a connection.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="role">The role that was asked for; null for the tenant's own, or the one that applies where there is no tenant.</param>
    /// <param name="tenant">The tenant by name; one with a place of its own is reached as its own role, whatever was asked for.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>The connection, and the tenant whose context is still to be set in a transaction.</returns>
    internal static async Task<(NpgsqlConnection Connection, Tenant? Tenant)> OpenAsync(Session session, DatabaseSpec database,
        string? role, string? tenant, CancellationToken token)
    {
        var server = session.Servers[database.Server];
        var who = tenant is null ? null : await FindAsync(session, database, tenant, token);
        var connection = who is not null && (who.Home.Place is not null || role is null)
            ? await TenantAccess.OpenAsync(session, database, who, token)
            : role is null or "admin" ? await server.OpenAdminAsync(database.Name, token)
            : await server.OpenLoginAsync(role, database.Name, token);
        return (connection, who);
    }

    internal static async Task<Tenant> FindAsync(Session session, DatabaseSpec database, string name, CancellationToken token)
    {
        await using var tenants = await Tenants.OpenAsync(session, database, token);
        return await tenants.GetAsync(name, token);
    }
}
