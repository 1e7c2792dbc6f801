using Npgsql;

namespace Howdah.Client;

/// <summary>What a <see cref="TenantDataSource"/> is made of.</summary>
public sealed class TenantDataSourceOptions
{
    /// <summary>
    /// The home database, as the application role: it holds the registry of tenants, and the rows of tenants placed as rows.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The tenancy's key (<c>howdah dsn --key</c>): the passwords of tenants' own roles are derived from it, and contexts are signed with
    /// it. Needed as soon as one tenant has a schema or a database of its own, or the home wants signed contexts.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>
    /// Further servers by the estate's name: host, port and TLS settings; user, password and database come from the placement.
    /// </summary>
    public IReadOnlyDictionary<string, string> Servers { get; init; } = new Dictionary<string, string>();

    /// <summary>The setting that carries the tenant; the estate's <c>tenancy.context</c>.</summary>
    public string Context { get; init; } = "howdah.tenant";

    /// <summary>Whether the home wants signed contexts: the estate's <c>tenancy.signed</c>. Needs <see cref="Key"/>.</summary>
    public bool Signed { get; init; }

    /// <summary>What a tenant may use where <see cref="LimitsOf"/> says nothing else.</summary>
    public TenantLimits Limits { get; init; } = new();

    /// <summary>Limits of a tenant of its own; null takes <see cref="Limits"/>. Asked once when the tenant is first used.</summary>
    public Func<Guid, TenantLimits?>? LimitsOf { get; init; }

    /// <summary>How many connections all tenants together may have open, over all servers and databases, idle ones included.</summary>
    public int MaxConnections { get; init; } = 64;

    /// <summary>How long a statement waits for its turn before it fails with <see cref="TenantBusyException"/>.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a fenced tenant (one that is being moved) is waited for before <see cref="TenantFencedException"/>.</summary>
    public TimeSpan FenceTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections to a schema or database of one tenant are given up when it was not used for so long.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What stands between the client and the server.</summary>
    public PoolerMode Pooler { get; init; } = PoolerMode.None;

    /// <summary>Whether the tenant's id may appear in traces and metrics.</summary>
    public bool TenantInTelemetry { get; init; }

    /// <summary>Further settings of every data source: logging, enums and other types of the application. Called once a place.</summary>
    public Action<NpgsqlDataSourceBuilder>? Configure { get; init; }

    /// <summary>Time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>What stands between the client and the server.</summary>
public enum PoolerMode
{
    /// <summary>Nothing, or a pooler in session mode: a connection keeps its server process.</summary>
    None,

    /// <summary>
    /// A pooler in transaction mode (PgBouncer and its kind): every transaction may run in another server process, and what a session
    /// leaves (settings, temporary tables, advisory locks) others find. The client itself leaves nothing; SQL that does is the
    /// application's to avoid.
    /// </summary>
    Transaction,
}
