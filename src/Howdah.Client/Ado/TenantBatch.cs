using System.Data;
using System.Data.Common;
using Npgsql;

namespace Howdah.Client;

/// <summary>Several statements of one tenant: one round trip, and outside a transaction one transaction of their own.</summary>
public sealed class TenantBatch : DbBatch, IWork
{
    // Never run: it holds the user's statements, to which the context is added when they are.
    readonly NpgsqlBatch statements = new();
    readonly TenantConnection connection;
    readonly bool owns;
    NpgsqlBatch? running;
    Placement? first;
    DbTransaction? transaction;
    int? timeout;

    internal TenantBatch(TenantConnection connection, bool ownsConnection = false)
    {
        this.connection = connection;
        owns = ownsConnection;
    }

    /// <summary>Whose batch it is.</summary>
    public Tenant Tenant => connection.Tenant;

    /// <summary>The statements.</summary>
    public new NpgsqlBatchCommandCollection BatchCommands => statements.BatchCommands;

    /// <inheritdoc/>
    public override int Timeout
    {
        get => timeout ?? connection.Tenant.Source.CommandTimeout;
        set => timeout = value;
    }

    /// <inheritdoc/>
    protected override DbBatchCommandCollection DbBatchCommands => statements.BatchCommands;

    /// <inheritdoc/>
    /// <remarks>A batch stays with the connection that made it, and so with its tenant.</remarks>
    protected override DbConnection? DbConnection
    {
        get => owns ? null : connection;
        set
        {
            if (value is not null && value != connection)
                throw new NotSupportedException("a batch stays with its connection, and so with its tenant");
        }
    }

    /// <inheritdoc/>
    protected override DbTransaction? DbTransaction
    {
        get => transaction;
        set
        {
            connection.ThrowUnlessMine(value);
            transaction = value;
        }
    }

    /// <summary>Runs it and gives the reader of its first result.</summary>
    public new async ValueTask<NpgsqlDataReader> ExecuteReaderAsync(CommandBehavior behavior = CommandBehavior.Default,
        CancellationToken cancellationToken = default)
    {
        if (!owns)
            return await connection.RunAsync(this, behavior, cancellationToken).ConfigureAwait(false);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await connection.RunAsync(this, behavior | CommandBehavior.CloseConnection, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await connection.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default)
    {
        await using var reader = await ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
        }
        return reader.RecordsAffected;
    }

    /// <inheritdoc/>
    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default)
    {
        await using var reader = await ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
        var value = await reader.ReadAsync(cancellationToken).ConfigureAwait(false) && reader.FieldCount != 0 ? reader.GetValue(0) : null;
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
        {
        }
        return value;
    }

    /// <inheritdoc/>
    public override int ExecuteNonQuery() => ExecuteNonQueryAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override object? ExecuteScalar() => ExecuteScalarAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Prepare() => PrepareAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        if (owns)
            throw new InvalidOperationException("set `Max Auto Prepare`: this batch has no connection of its own to be prepared on");
        var at = connection.Session;
        at.ThrowIfBusy();
        at.Front.Arrange(front: true, BatchCommands);
        await at.Front.Batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Cancel() => running?.Cancel();

    /// <inheritdoc/>
    protected override DbBatchCommand CreateDbBatchCommand() => new NpgsqlBatchCommand();

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
        ExecuteReaderAsync(behavior).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        await ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);

    Task<NpgsqlDataReader> IWork.StartAsync(Session session, bool front, CommandBehavior behavior, CancellationToken token)
    {
        if (BatchCommands.Count == 0)
            throw new InvalidOperationException("the batch is empty");
        if ((behavior & CommandBehavior.CloseConnection) != 0)
            connection.CloseWithReader(session);
        running = session.Front.Batch;
        first ??= session.Placement;
        IEnumerable<NpgsqlBatchCommand> own = BatchCommands;
        session.Front.Arrange(front, first.SamePlaceAs(session.Placement) ? own : own.Select(Copy.Of));
        running.Timeout = Timeout;
        return running.ExecuteReaderAsync(behavior, token);
    }
}
