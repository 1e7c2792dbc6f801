using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Catalogs;

/// <summary>
/// Reads one database's catalogs in one read-only, repeatable-read snapshot with an empty <c>search_path</c> (so every name comes back
/// qualified). All it gives out goes into the fingerprint: a plan is stale exactly when a fact it was made from has changed. Of a database
/// that
/// does not exist yet every query gives no rows.
/// </summary>
public sealed class Catalog : IAsyncDisposable
{
    readonly NpgsqlConnection? connection;
    readonly NpgsqlTransaction? transaction;
    readonly FingerprintBuilder fingerprint;

    Catalog(NpgsqlConnection? connection, NpgsqlTransaction? transaction, ServerFacts server, FingerprintBuilder fingerprint,
        SecretStore? secrets)
    {
        Secrets = secrets;
        this.connection = connection;
        this.transaction = transaction;
        this.fingerprint = fingerprint;
        Server = server;
    }

    /// <summary>Whether the database exists.</summary>
    public bool Exists => connection is not null;

    /// <summary>What is known of the server.</summary>
    public ServerFacts Server { get; }

    /// <summary>What Howdah owns in this database (in the maintenance database: roles, databases and the like).</summary>
    public OwnedSet Owned { get; private set; } = OwnedSet.Empty;

    /// <summary>The estate's secrets, so that an inspector can compare a password without a fact ever holding it; null where there are
    /// none.</summary>
    public SecretStore? Secrets { get; }

    /// <summary>How many queries ran; fixed per set of patterns, whatever the size of the database.</summary>
    public int QueryCount { get; private set; }

    /// <summary>Begins the snapshot.</summary>
    internal static async Task<Catalog> OpenAsync(
        NpgsqlConnection connection, ServerFacts server, FingerprintBuilder fingerprint, CancellationToken token,
            SecretStore? secrets = null)
    {
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token);
        await using var command = new NpgsqlCommand(
            "set transaction read only; set local search_path = ''; set local lock_timeout = '2s'; set local statement_timeout = '60s'; "
            + "set local jit = off",
                connection, transaction);
        await command.ExecuteNonQueryAsync(token);
        var catalog = new Catalog(connection, transaction, server, fingerprint, secrets);
        catalog.Owned = await OwnedSet.ReadAsync(catalog, token);
        return catalog;
    }

    /// <summary>The catalog of a database that does not exist yet.</summary>
    internal static Catalog Absent(ServerFacts server, FingerprintBuilder fingerprint) => new(null, null, server, fingerprint, null);

    /// <summary>Runs a query and reads its rows.</summary>
    /// <param name="query">The query.</param>
    /// <param name="read">Makes a fact of a row.</param>
    /// <param name="token">Cancels the query on the server.</param>
    /// <param name="parameters">Its parameters, <c>$1</c> first.</param>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        CatalogQuery query, Func<NpgsqlDataReader, T> read, CancellationToken token, params object[] parameters)
    {
        if (connection is null)
            return [];
        QueryCount++;
        fingerprint.Begin(query.Name);
        await using var command = new NpgsqlCommand(query.Text, connection, transaction);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            fingerprint.Add(reader);
            rows.Add(read(reader));
        }
        return rows;
    }

    /// <summary>Ends the snapshot and closes its connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
            await transaction.DisposeAsync();
        if (connection is not null)
            await connection.DisposeAsync();
    }
}
