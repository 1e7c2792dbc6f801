using System.Data.Common;

namespace Howdah.Client;

/// <summary>A tenant cannot be served; the types derived from it say why.</summary>
public abstract class TenantException : DbException
{
    private protected TenantException(Guid tenant, string message, Exception? inner) : base(message, inner) => Tenant = tenant;

    /// <summary>The tenant.</summary>
    public Guid Tenant { get; }

    /// <summary>The server's SQLSTATE, where the server said so.</summary>
    public override string? SqlState => (InnerException as DbException)?.SqlState;
}

/// <summary>The registry has no such tenant, or it is being erased.</summary>
public sealed class TenantUnknownException : TenantException
{
    internal TenantUnknownException(Guid tenant, Exception? inner = null)
        : base(tenant, $"there is no tenant {tenant}: the registry of the home database does not know it", inner)
    {
    }
}

/// <summary>The tenant is suspended.</summary>
public sealed class TenantSuspendedException : TenantException
{
    internal TenantSuspendedException(Guid tenant, Exception? inner = null)
        : base(tenant, $"tenant {tenant} is suspended: `howdah tenant resume` opens it again", inner)
    {
    }
}

/// <summary>The tenant is being moved or made, and was not served again within the time allowed. Trying again later is worth it.</summary>
public sealed class TenantFencedException : TenantException
{
    internal TenantFencedException(Guid tenant, TimeSpan waited, Exception? inner = null)
        : base(tenant, $"tenant {tenant} is fenced (being moved) and was not served again within {waited.TotalSeconds:0.#} s", inner) =>
        Waited = waited;

    /// <summary>How long it was waited for.</summary>
    public TimeSpan Waited { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>
/// The tenant was moved away or fenced in the middle of a transaction, of which nothing is kept. Running the transaction again finds the
/// new home.
/// </summary>
public sealed class TenantMovedException : TenantException
{
    internal TenantMovedException(Guid tenant, Exception inner)
        : base(tenant, $"tenant {tenant} is no longer served where this transaction began: nothing of it is kept, run it again", inner)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The tenant uses all it may use, or all connections are in use, and its turn did not come.</summary>
public sealed class TenantBusyException : TenantException
{
    internal TenantBusyException(Guid tenant, string reason) : base(tenant, $"tenant {tenant} has to wait: {reason}", null)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The tenant lives where this client was not told how to go.</summary>
public sealed class TenantUnreachableException : TenantException
{
    internal TenantUnreachableException(Guid tenant, string reason) : base(tenant, $"tenant {tenant} cannot be reached: {reason}", null)
    {
    }
}
