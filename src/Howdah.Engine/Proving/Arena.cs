using Howdah.Engine.Catalogs;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Proving;

/// <summary>
/// Where attacks are made: through the front door, as the real role, over a real connection, in transactions that are always rolled back.
/// </summary>
public sealed class Arena
{
    readonly IReadOnlyDictionary<string, ServerAccess> servers;

    internal Arena(Target target, ServerAccess server, Catalog catalog, IReadOnlyDictionary<string, ServerAccess> servers)
    {
        this.servers = servers;
        Target = target;
        Server = server;
        Catalog = catalog;
    }

    /// <summary>What is attacked.</summary>
    public Target Target { get; }

    /// <summary>The roles that can log in, in ordinal order: the attackers.</summary>
    public IReadOnlyList<string> Logins => Server.LoginRoles;

    /// <summary>A snapshot of the database's catalogs, for attacks that only read them.</summary>
    public Catalog Catalog { get; }

    /// <summary>Which attacks are asked for; all where null.</summary>
    internal Func<Attack, bool>? Only { get; init; }

    /// <summary>Whether an attack is asked for: one that is not need not be made.</summary>
    /// <param name="attack">The attack.</param>
    public bool Wants(Attack attack) => Only?.Invoke(attack) ?? true;

    /// <summary>The way in.</summary>
    internal ServerAccess Server { get; }

    /// <summary>Enters another database, on any server of the estate, as the role that applies.</summary>
    public async Task<Bout> EnterAsAdminAsync(string server, string? database, CancellationToken token) =>
        await Bout.BeginAsync(await servers[server].OpenAdminAsync(database, token), servers[server].Facts.User, token);

    /// <summary>Logs in to another database, on any server of the estate, as a role that the estate does not declare.</summary>
    public async Task<Bout> EnterAsync(string server, string database, string role, string password, CancellationToken token) =>
        await Bout.BeginAsync(await servers[server].OpenLoginAsync(role, password, database, token), role, token);

    /// <summary>
    /// Logs in as a role with its own password and begins a transaction with short time-outs (lock 100 ms, statement 5 s). Disposing the
    /// bout rolls
    /// everything back and closes the connection.
    /// </summary>
    /// <exception cref="LoginUnavailableException">The role cannot log in from here; attacks that need it are inconclusive.</exception>
    public async Task<Bout> EnterAsync(string role, CancellationToken token) =>
        await Bout.BeginAsync(await Server.OpenLoginAsync(role, Database, token), role, token);

    /// <summary>Logs in to a named database instead of the target's own: for roles that may not connect to that one.</summary>
    /// <exception cref="LoginUnavailableException">The role cannot log in from here; attacks that need it are inconclusive.</exception>
    public async Task<Bout> EnterAsync(string role, string database, CancellationToken token) =>
        await Bout.BeginAsync(await Server.OpenLoginAsync(role, database, token), role, token);

    /// <summary>Tries to log in with a password that is not the role's, and leaves at once.</summary>
    /// <returns>The server's refusal; null where it let the role in.</returns>
    public async Task<PostgresException?> KnockAsync(string role, string password, CancellationToken token)
    {
        try
        {
            await using var connection = await Server.OpenLoginAsync(role, password, Database, token);
            return null;
        }
        catch (PostgresException refusal)
        {
            return refusal;
        }
    }

    /// <summary>Enters as the role that applies: to look, and to set the stage; never as an attacker.</summary>
    public async Task<Bout> EnterAsAdminAsync(CancellationToken token) =>
        await Bout.BeginAsync(await Server.OpenAdminAsync(Database, token), Server.Facts.User, token);

    string? Database => Target.Database?.Name;
}

/// <summary>One connection in one transaction that will be rolled back.</summary>
public sealed class Bout : IAsyncDisposable
{
    readonly NpgsqlTransaction transaction;

    Bout(NpgsqlConnection connection, NpgsqlTransaction transaction, string role)
    {
        Connection = connection;
        this.transaction = transaction;
        Role = role;
    }

    /// <summary>Who attacks.</summary>
    public string Role { get; }

    /// <summary>The connection, inside the transaction.</summary>
    public NpgsqlConnection Connection { get; }

    internal static async Task<Bout> BeginAsync(NpgsqlConnection connection, string role, CancellationToken token)
    {
        var transaction = await connection.BeginTransactionAsync(token);
        var bout = new Bout(connection, transaction, role);
        await bout.ExecuteAsync("set local lock_timeout = '100ms'; set local statement_timeout = '5s'", token);
        return bout;
    }

    /// <summary>Runs a statement.</summary>
    public async Task<int> ExecuteAsync(string sql, CancellationToken token, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(token);
    }

    /// <summary>Runs a query and gives its first value; null for NULL or no row.</summary>
    public async Task<object?> ScalarAsync(string sql, CancellationToken token, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteScalarAsync(token) is var value and not DBNull ? value : null;
    }

    /// <summary>
    /// Tries something between savepoints: whatever it does is undone, and a refusal by the server is a value, not an exception.
    /// </summary>
    /// <returns>What <paramref name="attempt"/> gave, and the server's error where it refused.</returns>
    public async Task<(T? Result, PostgresException? Refusal)> TryAsync<T>(Func<Bout, Task<T>> attempt, CancellationToken token)
    {
        const string Point = "howdah_attempt";
        await transaction.SaveAsync(Point, token);
        try
        {
            return (await attempt(this), null);
        }
        catch (PostgresException refusal)
        {
            return (default, refusal);
        }
        finally
        {
            // An attack may cost the connection; what then is the caller's to tell, and not hidden by a failing rollback.
            if (Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
                await transaction.RollbackAsync(Point, token);
        }
    }

    /// <summary>Rolls back and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, Connection, transaction);
        foreach (var parameter in parameters)
            command.Parameters.Add(new() { Value = parameter });
        return command;
    }
}
