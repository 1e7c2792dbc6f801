using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Catalogs;

/// <summary>Opens the catalog of a database that may not exist yet.</summary>
static class CatalogOpener
{
    internal static async Task<Catalog> OpenAsync(ServerAccess server, string? database, FingerprintBuilder fingerprint,
        CancellationToken token)
    {
        fingerprint.Begin($"database {database}");
        NpgsqlConnection connection;
        try
        {
            connection = await server.OpenPlainAsync(database, token);
        }
        catch (PostgresException missing) when (database is not null
            && missing.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            // The second state: half made (not open for connections yet) or half dropped; pattern databases says what to do about it.
            fingerprint.Append("absent");
            return Catalog.Absent(server.Facts, fingerprint);
        }
        return await Catalog.OpenAsync(connection, server.Facts, fingerprint, token, server.Secrets);
    }
}
