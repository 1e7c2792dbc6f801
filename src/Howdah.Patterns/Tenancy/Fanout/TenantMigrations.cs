using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>How far one tenant's place is.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Model"><c>schemas</c> or <c>databases</c>.</param>
/// <param name="Server">The server's name in the estate.</param>
/// <param name="Place">The schema's or database's name.</param>
/// <param name="Version">The last migration that ran there; empty where none did.</param>
/// <param name="Behind">How many migrations it lacks.</param>
/// <param name="Moving">Whether work on the tenant is under way.</param>
public sealed record PlaceStatus(string Tenant, string Model, string Server, string Place, string Version, int Behind, bool Moving);

/// <summary>The migrations of a database with tenants, in the tenants' own schemas and databases.</summary>
public static class TenantMigrations
{
    /// <summary>Runs, in every place that is behind, the migrations that ran at home and not there.</summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="database">The home database.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; each place stays at a version.</param>
    /// <exception cref="ArgumentException">A tenant that was named has no place of its own, a migration cannot run in places, or
    /// another apply
    /// is under way.</exception>
    public static async Task<FanoutReport> RunAsync(Session session, DatabaseSpec database, FanoutOptions options, CancellationToken token)
    {
        if (TenancySpec.Of(database) is not { } spec)
            throw new ArgumentException($"database {database.Name} declares no tenancy");
        await using var connection = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        if (!await EstateLock.TryAsync(connection, session.Estate.Name, token))
            throw new ArgumentException($"an apply of `{session.Estate.Name}` is under way; run again when it has ended");
        try
        {
            using var run = new FanoutRun(session, spec, options);
            return await run.RunAsync(token);
        }
        finally
        {
            await EstateLock.ReleaseAsync(connection, session.Estate.Name);
        }
    }

    /// <summary>How far each place is; empty where no tenant has one.</summary>
    public static async Task<IReadOnlyList<PlaceStatus>> StatusAsync(Session session, DatabaseSpec database, CancellationToken token)
    {
        if (TenancySpec.Of(database) is not { } spec)
            return [];
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        await using var present = new NpgsqlCommand("select pg_catalog.to_regclass('howdah.tenant_versions') is not null", home);
        if (await present.ExecuteScalarAsync(token) is not true)
            return [];
        var migrations = await PlaceVersions.AtHomeAsync(home, token);
        return
        [
            .. (await PlaceVersions.ReadAsync(spec, home, token)).Select(place => new PlaceStatus(place.Name,
                Registry.TenantRegistry.NameOf(place.At.Model), place.At.Server, place.Place, place.Version,
                migrations.Count(each => string.CompareOrdinal(each.Name, place.Version) > 0), place.Moving)),
        ];
    }
}
