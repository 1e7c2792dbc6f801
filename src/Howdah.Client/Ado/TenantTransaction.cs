using System.Data;
using System.Data.Common;
using Npgsql;

namespace Howdah.Client;

/// <summary>
/// A transaction of one tenant: BEGIN, the context and its first statement go in one flush. The tenant cannot change in it.
/// </summary>
public sealed class TenantTransaction : DbTransaction
{
    readonly TenantConnection connection;
    readonly IsolationLevel level;
    NpgsqlTransaction? inner;

    internal TenantTransaction(TenantConnection connection, IsolationLevel level, NpgsqlTransaction inner)
    {
        this.connection = connection;
        this.level = level;
        this.inner = inner;
    }

    /// <summary>Whose transaction it is.</summary>
    public Tenant Tenant => connection.Tenant;

    /// <inheritdoc/>
    public override IsolationLevel IsolationLevel => Inner.IsolationLevel;

    /// <inheritdoc/>
    public override bool SupportsSavepoints => true;

    /// <inheritdoc/>
    protected override DbConnection? DbConnection => inner is null ? null : connection;

    NpgsqlTransaction Inner => inner ?? throw new InvalidOperationException("the transaction has ended");

    /// <inheritdoc/>
    public override async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        await Inner.CommitAsync(cancellationToken).ConfigureAwait(false);
        End();
    }

    /// <inheritdoc/>
    public override void Commit() => CommitAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        await Inner.RollbackAsync(cancellationToken).ConfigureAwait(false);
        End();
    }

    /// <inheritdoc/>
    public override void Rollback() => RollbackAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task SaveAsync(string savepointName, CancellationToken cancellationToken = default)
    {
        await connection.SetContextAsync(cancellationToken).ConfigureAwait(false);
        await Inner.SaveAsync(savepointName, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Save(string savepointName) => SaveAsync(savepointName).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task RollbackAsync(string savepointName, CancellationToken cancellationToken = default)
    {
        await Inner.RollbackAsync(savepointName, cancellationToken).ConfigureAwait(false);
        connection.Rewind();
    }

    /// <inheritdoc/>
    public override void Rollback(string savepointName) => RollbackAsync(savepointName).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override Task ReleaseAsync(string savepointName, CancellationToken cancellationToken = default) =>
        Inner.ReleaseAsync(savepointName, cancellationToken);

    /// <inheritdoc/>
    public override void Release(string savepointName) => Inner.Release(savepointName);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (inner is { } open)
        {
            await open.DisposeAsync().ConfigureAwait(false);
            End();
        }
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && inner is { } open)
        {
            open.Dispose();
            End();
        }
        base.Dispose(disposing);
    }

    /// <summary>Begins again on another connection: nothing of it had been answered.</summary>
    internal async ValueTask RestartAsync(Session session, CancellationToken token) =>
        inner = await session.Connection.BeginTransactionAsync(level, token).ConfigureAwait(false);

    /// <summary>Its connection is gone, and it with it.</summary>
    internal void Abandon() => inner = null;

    void End()
    {
        inner = null;
        connection.Ended(this);
    }
}
