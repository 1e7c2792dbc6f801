namespace Howdah.Client;

/// <summary>What one tenant may use.</summary>
public sealed record TenantLimits
{
    /// <summary>Connections in use at one time.</summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>Statements and transactions that may wait for a connection; one more fails at once with <see
    /// cref="TenantBusyException"/>.</summary>
    public int MaxQueue { get; init; } = 1000;

    /// <summary>Its share where connections are scarce, relative to other tenants' weights.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Connections taken per second, on average; null has no limit.</summary>
    public double? Rate { get; init; }

    /// <summary>How many connections may be taken at once before <see cref="Rate"/> holds back.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>The server ends a statement that runs longer; null leaves the server's own setting.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>The server ends a statement that waits for a lock for longer; null leaves the server's own setting.</summary>
    public TimeSpan? LockTimeout { get; init; }
}
