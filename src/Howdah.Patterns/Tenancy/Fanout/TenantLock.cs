using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// The lock of one tenant, in the home database: who moves, imports or erases it holds it from the first step to the last; a migration
/// takes it
/// for each place. Never waited for: who does not get it passes the tenant over.
/// </summary>
static class TenantLock
{
    internal const int ClassId = 0x484F5754; // "HOWT"

    /// <summary>The key of a tenant, as SQL.</summary>
    internal static Sql Key(Guid tenant) => Sql.Of($"{ClassId}, pg_catalog.hashtext({new Literal(tenant.ToString())})");

    /// <summary>Takes it for the session, if it is to be had.</summary>
    internal static async Task<bool> TryAsync(NpgsqlConnection home, Guid tenant, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql.Of($"select pg_catalog.pg_try_advisory_lock({Key(tenant)})").ToString(), home);
        return await command.ExecuteScalarAsync(token) is true;
    }

    /// <summary>Lets the session's go.</summary>
    internal static async Task ReleaseAsync(NpgsqlConnection home, Guid tenant, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Sql.Of($"select pg_catalog.pg_advisory_unlock({Key(tenant)})").ToString(), home);
        await command.ExecuteScalarAsync(token);
    }
}
