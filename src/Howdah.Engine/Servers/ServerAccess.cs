using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Npgsql;

namespace Howdah.Engine.Servers;

/// <summary>The ways into one server: as the role that applies, and as each role that can log in.</summary>
public sealed class ServerAccess
{
    readonly NpgsqlConnectionStringBuilder admin;
    readonly IReadOnlyDictionary<string, SecretRef> logins;
    readonly SecretStore secrets;

    internal ServerAccess(string name, string adminConnection, IReadOnlyDictionary<string, SecretRef> logins, SecretStore secrets)
    {
        Name = name;
        admin = new(adminConnection);
        this.logins = logins;
        this.secrets = secrets;
    }

    /// <summary>The server's name in the estate.</summary>
    public string Name { get; }

    /// <summary>The database where server-wide work is done: the one the connection string names, else <c>postgres</c>.</summary>
    public string MaintenanceDatabase => string.IsNullOrEmpty(admin.Database) ? "postgres" : admin.Database;

    /// <summary>What is known of the server; filled by <see cref="ProbeAsync"/>.</summary>
    public ServerFacts Facts { get; private set; } = null!;

    /// <summary>The secrets of the estate.</summary>
    public SecretStore Secrets => secrets;

    /// <summary>The roles the estate has passwords for, in ordinal order.</summary>
    public IReadOnlyList<string> LoginRoles => [.. logins.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Where it is, for people: <c>127.0.0.1:5433</c>.</summary>
    public string Where => $"{admin.Host}:{admin.Port}";

    /// <summary>Connects once and learns version, identity and rights.</summary>
    public async Task<ServerFacts> ProbeAsync(CancellationToken token)
    {
        await using var connection = await OpenPlainAsync(null, token);
        await using var command = new NpgsqlCommand(
            """
            select current_setting('server_version_num')::int, (select system_identifier::text from pg_catalog.pg_control_system()),
                   current_user::text, current_setting('is_superuser') = 'on', pg_catalog.pg_is_in_recovery()
            """, connection);
        await using var row = await command.ExecuteReaderAsync(token);
        await row.ReadAsync(token);
        return Facts = new(Name, row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetBoolean(4));
    }

    /// <summary>Opens an unpooled connection as the role that applies; to the maintenance database where none is named.</summary>
    public Task<NpgsqlConnection> OpenAdminAsync(string? database, CancellationToken token) =>
        OpenAsync(AdminConnectionString(database), token);

    /// <summary>
    /// The same for reading catalogs and running statements: only PostgreSQL's own types are known. Asking for all types takes twice as
    /// long as connecting, and a quarter of a second where a thousand schemas have twenty tables each, because every table is a type.
    /// </summary>
    internal Task<NpgsqlConnection> OpenPlainAsync(string? database, CancellationToken token) =>
        OpenAsync(AdminConnectionString(database), token, types: false);

    /// <summary>Opens an unpooled connection as a role, with the password the estate has for it.</summary>
    /// <exception cref="LoginUnavailableException">The estate has no password for it, or the secret is not to be had here.</exception>
    public Task<NpgsqlConnection> OpenLoginAsync(string role, string? database, CancellationToken token) =>
        OpenAsync(LoginConnectionString(role, database), token);

    /// <summary>Opens an unpooled connection as a role with any password at all: to see whether the door is shut.</summary>
    internal Task<NpgsqlConnection> OpenLoginAsync(string role, string password, string? database, CancellationToken token) =>
        OpenAsync(Complete(new(admin.ConnectionString) { Username = role, Password = password }, database), token);

    /// <summary>The connection string of the role that applies, password included.</summary>
    public string AdminConnectionString(string? database) => Complete(new(admin.ConnectionString), database);

    /// <summary>The connection string of a role, password included.</summary>
    /// <exception cref="LoginUnavailableException">The estate has no password for it, or the secret is not to be had here.</exception>
    public string LoginConnectionString(string role, string? database)
    {
        if (!logins.TryGetValue(role, out var reference))
            throw new LoginUnavailableException(role, $"the estate declares no password for role {role}");
        var password = secrets.Reveal(Name, role, reference, out var problem)
            ?? throw new LoginUnavailableException(role, problem!);
        return Complete(new(admin.ConnectionString) { Username = role, Password = password }, database);
    }

    string Complete(NpgsqlConnectionStringBuilder builder, string? database)
    {
        builder.Database = database ?? MaintenanceDatabase;
        builder.Pooling = false;
        builder.Enlist = false;
        builder.PersistSecurityInfo = false;
        return builder.ConnectionString;
    }

    /// <summary>Opens a connection with its password prepared as the server does it; leaves nothing half open.</summary>
    internal static Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken token, bool types = true) =>
        Sources.OpenAsync(Prepared(connectionString), types, token);

    /// <summary>With the password as SASLprep leaves it. Npgsql normalizes at most, and where there is no ICU not even that; libpq and the
    /// server prepare passwords in full.</summary>
    internal static string Prepared(string connectionString)
    {
        var prepared = new NpgsqlConnectionStringBuilder(connectionString);
        if (prepared.Password is { } password)
            prepared.Password = Scram.Prepare(password);
        return prepared.ConnectionString;
    }
}

/// <summary>A role cannot be used to log in from here.</summary>
public sealed class LoginUnavailableException(string role, string why) : Exception(why)
{
    /// <summary>The role.</summary>
    public string Role => role;
}
