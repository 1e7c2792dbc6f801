using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Howdah.Client;

/// <summary>
/// A statement of one tenant. Its context and itself are one round trip and one transaction. Parameters by position (<c>$1</c>) are
/// cheapest; names (<c>@id</c>) and several statements in one text work, too.
/// </summary>
public sealed class TenantCommand : DbCommand, IWork
{
    readonly NpgsqlBatchCommand statement = new() { AppendErrorBarrier = false };
    readonly TenantConnection connection;
    readonly bool owns;
    NpgsqlCommand? script;
    NpgsqlBatch? running;
    Placement? first;
    DbTransaction? transaction;
    string text = "";
    bool changed;
    int? timeout;

    internal TenantCommand(TenantConnection connection, bool ownsConnection = false)
    {
        this.connection = connection;
        owns = ownsConnection;
    }

    /// <summary>Whose statement it is.</summary>
    public Tenant Tenant => connection.Tenant;

    /// <inheritdoc/>
    [AllowNull]
    public override string CommandText
    {
        get => text;
        set
        {
            text = value ?? "";
            changed = true;
        }
    }

    /// <inheritdoc/>
    public override int CommandTimeout
    {
        get => timeout ?? connection.Tenant.Source.CommandTimeout;
        set => timeout = value;
    }

    /// <inheritdoc/>
    public override CommandType CommandType
    {
        get => statement.CommandType;
        set => statement.CommandType = value;
    }

    /// <inheritdoc/>
    public override UpdateRowSource UpdatedRowSource { get; set; } = UpdateRowSource.Both;

    /// <inheritdoc/>
    public override bool DesignTimeVisible { get; set; }

    /// <summary>The statement's parameters.</summary>
    public new NpgsqlParameterCollection Parameters => statement.Parameters;

    /// <inheritdoc/>
    protected override DbParameterCollection DbParameterCollection => statement.Parameters;

    /// <inheritdoc/>
    /// <remarks>A command stays with the connection that made it, and so with its tenant.</remarks>
    protected override DbConnection? DbConnection
    {
        get => owns ? null : connection;
        set
        {
            if (value is not null && value != connection)
                throw new NotSupportedException("a command stays with its connection, and so with its tenant");
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

    /// <inheritdoc/>
    public override void Cancel()
    {
        running?.Cancel();
        script?.Cancel();
    }

    /// <inheritdoc/>
    public override void Prepare() => PrepareAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    /// <remarks>
    /// Prepares the context with it. With <c>Max Auto Prepare</c> in the connection string this happens by itself, and also for commands
    /// that have no connection of their own.
    /// </remarks>
    public override async Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        if (owns)
            throw new InvalidOperationException("set `Max Auto Prepare`: this command has no connection of its own to be prepared on");
        Apply();
        var at = connection.Session;
        at.ThrowIfBusy();
        at.Front.Arrange(front: true, statement);
        await at.Front.Batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs it and gives the reader of its own result.</summary>
    public new ValueTask<NpgsqlDataReader> ExecuteReaderAsync(CancellationToken cancellationToken = default) =>
        ExecuteReaderAsync(CommandBehavior.Default, cancellationToken);

    /// <summary>Runs it and gives the reader of its own result.</summary>
    public new ValueTask<NpgsqlDataReader> ExecuteReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken = default) =>
        owns || (behavior & CommandBehavior.CloseConnection) != 0
            ? OpenAndRunAsync(behavior | CommandBehavior.CloseConnection, cancellationToken)
            : connection.RunAsync(this, behavior, cancellationToken);

    /// <summary>Runs it and gives the number of rows that it changed.</summary>
    public new ValueTask<int> ExecuteNonQueryAsync(CancellationToken cancellationToken = default) => CountAsync(cancellationToken);

    /// <summary>Runs it and gives the first value.</summary>
    public new ValueTask<object?> ExecuteScalarAsync(CancellationToken cancellationToken = default) => FirstAsync(cancellationToken);

    /// <inheritdoc/>
    public override int ExecuteNonQuery() => CountAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override object? ExecuteScalar() => FirstAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override DbParameter CreateDbParameter() => new NpgsqlParameter();

    /// <inheritdoc/>
    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) =>
        ExecuteReaderAsync(behavior).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        await ExecuteReaderAsync(behavior, cancellationToken).ConfigureAwait(false);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<int> CountAsync(CancellationToken token)
    {
        var reader = await ExecuteReaderAsync(CommandBehavior.Default, token).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.NextResultAsync(token).ConfigureAwait(false))
            {
            }
            return reader.RecordsAffected;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    async ValueTask<object?> FirstAsync(CancellationToken token)
    {
        var reader = await ExecuteReaderAsync(CommandBehavior.Default, token).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var value = await reader.ReadAsync(token).ConfigureAwait(false) && reader.FieldCount != 0 ? reader.GetValue(0) : null;
            // What else the text holds is run before anybody is told of success.
            while (await reader.NextResultAsync(token).ConfigureAwait(false))
            {
            }
            return value;
        }
    }

    async ValueTask<NpgsqlDataReader> OpenAndRunAsync(CommandBehavior behavior, CancellationToken token)
    {
        if (owns)
            await connection.OpenAsync(token).ConfigureAwait(false);
        try
        {
            return await connection.RunAsync(this, behavior, token).ConfigureAwait(false);
        }
        catch
        {
            await connection.CloseAsync().ConfigureAwait(false);
            throw;
        }
    }

    Task<NpgsqlDataReader> IWork.StartAsync(Session session, bool front, CommandBehavior behavior, CancellationToken token)
    {
        if ((behavior & CommandBehavior.CloseConnection) != 0)
            connection.CloseWithReader(session);
        Apply();
        if (HoldsSeveral)
        {
            script = session.Script(text, statement.Parameters, front);
            script.CommandTimeout = CommandTimeout;
            return script.ExecuteReaderAsync(behavior, token);
        }
        running = session.Front.Batch;
        first ??= session.Placement;
        session.Front.Arrange(front, first.SamePlaceAs(session.Placement) ? statement : Copy.Of(statement));
        running.Timeout = CommandTimeout;
        return running.ExecuteReaderAsync(behavior, token);
    }

    /// <summary>Only Npgsql can tell where one statement ends; with parameters by position there can be only one.</summary>
    bool HoldsSeveral => statement.CommandType == CommandType.Text && text.AsSpan().TrimEnd().TrimEnd(';').Contains(';')
        && (statement.Parameters.Count == 0 || statement.Parameters[0].ParameterName.Length > 0);

    void Apply()
    {
        if (!changed)
            return;
        changed = false;
        statement.CommandText = text;
    }
}
