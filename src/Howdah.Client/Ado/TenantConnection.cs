using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Npgsql;

namespace Howdah.Client;

/// <summary>
/// A connection bound to one tenant for good. Every statement outside a transaction is one round trip with the context in front of it;
/// every transaction begins with the context. Where the tenant moves, the connection goes with it between transactions.
/// </summary>
public sealed class TenantConnection : DbConnection
{
    // With the context's own result in front, these would end the reading there.
    const CommandBehavior Single = CommandBehavior.SingleResult | CommandBehavior.SingleRow;
    readonly Tenant tenant;
    Session? session;
    TenantTransaction? transaction;

    internal TenantConnection(Tenant tenant) => this.tenant = tenant;

    /// <summary>Whose connection it is.</summary>
    public Tenant Tenant => tenant;

    internal Session Session => session ?? throw new InvalidOperationException("the connection is not open");

    /// <inheritdoc/>
    /// <remarks>It comes from the tenant; setting it is refused.</remarks>
    [AllowNull]
    public override string ConnectionString
    {
        get => tenant.ConnectionString;
        set => throw new NotSupportedException("where to connect comes from the tenant");
    }

    /// <inheritdoc/>
    public override string Database => session?.Connection.Database ?? "";

    /// <inheritdoc/>
    public override string DataSource => session?.Connection.DataSource ?? "";

    /// <inheritdoc/>
    public override string ServerVersion => Session.Connection.ServerVersion;

    /// <inheritdoc/>
    public override ConnectionState State => session?.Connection.State ?? ConnectionState.Closed;

    /// <inheritdoc/>
    public override bool CanCreateBatch => true;

    /// <inheritdoc/>
    protected override DbProviderFactory DbProviderFactory => NpgsqlFactory.Instance;

    /// <inheritdoc/>
    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        // One that broke is closed to everybody who looks at its state, as with Npgsql's own.
        if (session is not null && State is ConnectionState.Closed or ConnectionState.Broken)
            await CloseAsync().ConfigureAwait(false);
        if (session is not null)
            throw new InvalidOperationException("the connection is open already");
        if (System.Transactions.Transaction.Current is not null)
        {
            throw new InvalidOperationException("an ambient transaction (TransactionScope) could carry one tenant's context into another's:"
                + " use BeginTransaction of the tenant's connection");
        }
        session = await tenant.OpenSessionAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Open() => OpenAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async Task CloseAsync()
    {
        if (session is not { } open)
            return;
        session = null;
        transaction?.Abandon();
        transaction = null;
        await open.CloseAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Close() => CloseAsync().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException("where to connect comes from the tenant");

    /// <inheritdoc/>
    public override void EnlistTransaction(System.Transactions.Transaction? transaction) =>
        throw new NotSupportedException("use BeginTransaction: an ambient transaction could outlive the tenant's context");

    /// <summary>Begins a transaction. Nothing is sent before its first statement, which goes with BEGIN and the context in one
    /// flush.</summary>
    public new ValueTask<TenantTransaction> BeginTransactionAsync(CancellationToken cancellationToken = default) =>
        BeginTransactionAsync(IsolationLevel.Unspecified, cancellationToken);

    /// <summary>Begins a transaction. Nothing is sent before its first statement, which goes with BEGIN and the context in one
    /// flush.</summary>
    public new async ValueTask<TenantTransaction> BeginTransactionAsync(IsolationLevel isolationLevel,
        CancellationToken cancellationToken = default)
    {
        Session.ThrowIfBusy();
        if (transaction is not null)
            throw new InvalidOperationException("a transaction is under way on this connection");
        var inner = await Session.Connection.BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false);
        Session.ContextSet = false;
        return transaction = new(this, isolationLevel, inner);
    }

    /// <summary>A statement of this connection.</summary>
    public new TenantCommand CreateCommand() => new(this);

    /// <summary>A batch of this connection.</summary>
    public new TenantBatch CreateBatch() => new(this);

    /// <inheritdoc/>
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        BeginTransactionAsync(isolationLevel).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel,
        CancellationToken cancellationToken) => await BeginTransactionAsync(isolationLevel, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand() => CreateCommand();

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => CreateBatch();

    /// <summary>
    /// Begins to bring many rows into a table of the tenant, through every policy. Outside a transaction it is one of its own.
    /// </summary>
    /// <param name="table">The table, with or without its schema (<c>shop.orders</c>).</param>
    /// <param name="columns">The columns that rows are written for, in that order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<TenantImport> BeginImportAsync(string table, IReadOnlyList<string> columns,
        CancellationToken cancellationToken = default) => TenantImport.BeginAsync(this, table, columns, cancellationToken);

    internal bool InTransaction => transaction is not null;

    internal void Ended(TenantTransaction ended)
    {
        if (transaction != ended)
            return;
        transaction = null;
        if (session is { } open)
            open.ContextSet = false;
    }

    internal void ThrowUnlessMine(DbTransaction? wanted)
    {
        if (wanted is not null && wanted != transaction)
            throw new InvalidOperationException("the transaction is not the one under way on this connection");
    }

    /// <summary>Runs it with the context where it has to be, and again at the new home where the tenant had moved and nothing was
    /// kept.</summary>
    internal ValueTask<NpgsqlDataReader> RunAsync(IWork work, CommandBehavior behavior, CancellationToken token)
    {
        try
        {
            var at = Session;
            at.ThrowIfBusy();
            // Nothing is executed there, so nothing needs a context.
            var front = (!at.ContextSet || at.Rewound || at.Expiring) && (behavior & CommandBehavior.SchemaOnly) == 0;
            if (front)
                at.Renew();
            var sent = work.StartAsync(at, front, front ? behavior & ~Single : behavior, token);
            return at.Front.Take().Await(new(this, work, at, front, behavior, token), sent);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<NpgsqlDataReader>(e);
        }
    }

    internal void ContextIsSet(Session at) => (at.ContextSet, at.Rewound) = (transaction is not null, false);

    /// <summary>A savepoint was gone back to: what the context was then, it is again.</summary>
    internal void Rewind()
    {
        if (session is { } open)
            open.Rewound = tenant.Source.Signature is not null;
    }

    /// <summary>After an error: runs it at the tenant's new home, if that is what it told of.</summary>
    /// <param name="attempt">What failed.</param>
    /// <param name="reader">Where the context had been answered, the reader that stood on it.</param>
    /// <param name="error">How.</param>
    internal async ValueTask<NpgsqlDataReader> RecoverAsync(Attempt attempt, NpgsqlDataReader? reader, Exception error)
    {
        if (reader is not null)
            await reader.DisposeAsync().ConfigureAwait(false);
        if (error is not PostgresException refusal || !Refusal.Inside(refusal, attempt.At.Placement, reader is not null))
            ExceptionDispatchInfo.Throw(error);
        await FollowAsync(attempt.At, (PostgresException)error, attempt.Token).ConfigureAwait(false);
        return await RunAsync(attempt.Work, attempt.Behavior, attempt.Token).ConfigureAwait(false);
    }

    /// <summary>Sends the context by itself where the transaction does not have it yet: a savepoint must not come before it.</summary>
    internal async ValueTask SetContextAsync(CancellationToken token)
    {
        if (Session.ContextSet)
            return;
        await using var reader = await RunAsync(Nothing.Instance, CommandBehavior.Default, token).ConfigureAwait(false);
    }

    /// <summary>Closes with the reader that was asked to.</summary>
    internal void CloseWithReader(Session at) =>
        at.Connection.StateChange += (_, change) =>
        {
            if (change.CurrentState != ConnectionState.Closed)
                return;
            at.Closed();
            if (session == at)
                session = null;
        };

    /// <summary>Goes where the tenant is now. Throws where it is nowhere, and where a transaction would have to be done again by its
    /// owner.</summary>
    async ValueTask FollowAsync(Session at, PostgresException refusal, CancellationToken token)
    {
        var (locator, resident) = (tenant.Source.Locator, tenant.Resident);
        if (!await locator.HasMovedAsync(resident, at.Placement, refusal, token).ConfigureAwait(false))
            ExceptionDispatchInfo.Throw(refusal);
        if (at.ContextSet)
            throw Telemetry.Refuse(new TenantMovedException(tenant.Id, refusal));
        // While it waits, it holds nothing that others could use.
        session = null;
        await at.CloseAsync().ConfigureAwait(false);
        try
        {
            await locator.AgainAsync(resident, at.Placement, refusal, token).ConfigureAwait(false);
            session = await tenant.OpenSessionAsync(token).ConfigureAwait(false);
            if (transaction is not null)
                await transaction.RestartAsync(session, token).ConfigureAwait(false);
        }
        catch
        {
            transaction?.Abandon();
            transaction = null;
            throw;
        }
    }

    sealed class Nothing : IWork
    {
        internal static Nothing Instance { get; } = new();

        public Task<NpgsqlDataReader> StartAsync(Session session, bool front, CommandBehavior behavior, CancellationToken token)
        {
            session.Front.ArrangeContext();
            return session.Front.Batch.ExecuteReaderAsync(behavior, token);
        }
    }
}
