using System.Data;
using System.Runtime.ExceptionServices;
using Npgsql;

namespace Howdah.Client;

/// <summary>
/// Npgsql's own connection in one tenant's hands, for our packages whose foundation insists on Npgsql's own types (Entity Framework
/// Core). Whoever holds it sends every command through it and tells it of transactions; so it stays out of the public API.
/// </summary>
sealed class TenantLease(Tenant tenant) : IAsyncDisposable
{
    Made made;
    Session? session;
    bool inTransaction;

    internal Tenant Tenant => tenant;

    /// <summary>The connection object: made by <see cref="CreateAsync"/>, exchanged by <see cref="OpenAsync"/> where the tenant had
    /// moved.</summary>
    internal NpgsqlConnection? Connection => session?.Connection ?? made.Connection;

    internal bool IsOpen => session is not null;

    /// <summary>A connection object of the place where the tenant is, not open. Asks the registry only where the place is not known
    /// yet.</summary>
    internal async ValueTask<NpgsqlConnection> CreateAsync(CancellationToken token)
    {
        await tenant.SettleAsync(token).ConfigureAwait(false);
        var placement = await tenant.Source.Locator.FindAsync(tenant.Resident, token).ConfigureAwait(false);
        var place = tenant.Source.Places.At(placement);
        if (made.Place != place)
            made = new(place, place.Source.CreateConnection());
        return made.Connection!;
    }

    /// <summary>
    /// Waits for the tenant's turn and opens the connection. What is returned is another object than <see cref="CreateAsync"/> gave where
    /// the tenant is elsewhere now.
    /// </summary>
    internal async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken token)
    {
        if (session is not null)
            throw new InvalidOperationException("the connection is open already");
        session = await tenant.OpenSessionAsync(made, token).ConfigureAwait(false);
        return session.Connection;
    }

    /// <summary>Closes the connection and gives its place to others; a transaction under way is rolled back.</summary>
    internal async ValueTask CloseAsync()
    {
        if (session is not { } open)
            return;
        session = null;
        made = default;
        inTransaction = false;
        await open.CloseAsync().ConfigureAwait(false);
    }

    /// <summary>A transaction was begun on the connection (nothing needs to have been sent).</summary>
    internal void TransactionStarted()
    {
        Open.ContextSet = false;
        inTransaction = true;
    }

    /// <summary>The transaction was committed or rolled back.</summary>
    internal void TransactionEnded()
    {
        inTransaction = false;
        if (session is not null)
            session.ContextSet = false;
    }

    /// <summary>Sends the context where the transaction does not have it yet; to be called before a savepoint.</summary>
    internal async ValueTask SetContextAsync(CancellationToken token)
    {
        if (!inTransaction || Open.ContextSet)
            return;
        Open.Renew();
        Open.Front.ArrangeContext();
        await using (await Open.Front.Batch.ExecuteReaderAsync(token).ConfigureAwait(false))
            Open.ContextSet = true;
    }

    /// <summary>
    /// Runs a command of the connection with the context in front where the transaction does not have it yet, and gives the reader of the
    /// command's own first result. Its parameters have names, or it has none. Where the context stood in front,
    /// <see cref="NpgsqlDataReader.Statements"/> begins with it.
    /// </summary>
    /// <exception cref="TenantMovedException">The tenant lives elsewhere now: open again, and run what was not committed again.</exception>
    internal async ValueTask<NpgsqlDataReader> ExecuteReaderAsync(NpgsqlCommand command, CommandBehavior behavior, CancellationToken token)
    {
        while (true)
        {
            var at = Open;
            at.ThrowIfBusy();
            // Once in front, it stays in front of that command.
            var front = (!at.ContextSet || ContextStatement.IsInFront(command)) && (behavior & CommandBehavior.SchemaOnly) == 0;
            if (front)
            {
                at.Renew();
                at.PutInFront(command);
            }
            NpgsqlDataReader? reader = null;
            PostgresException refusal;
            try
            {
                const CommandBehavior single = CommandBehavior.SingleResult | CommandBehavior.SingleRow;
                reader = await command.ExecuteReaderAsync(front ? behavior & ~single : behavior, token).ConfigureAwait(false);
                if (front)
                {
                    await reader.NextResultAsync(token).ConfigureAwait(false);
                    at.ContextSet = inTransaction;
                }
                return reader;
            }
            catch (PostgresException e) when (Refusal.Inside(e, at.Placement, reader is not null))
            {
                refusal = e;
            }
            catch when (reader is not null)
            {
                await reader.DisposeAsync().ConfigureAwait(false);
                throw;
            }
            if (reader is not null)
                await reader.DisposeAsync().ConfigureAwait(false);
            await UnderstandAsync(at, refusal, token).ConfigureAwait(false);
        }
    }

    Session Open => session ?? throw new InvalidOperationException("the connection is not open");

    /// <summary>Returns where the tenant is served here again and nothing was lost; throws what happened otherwise.</summary>
    async ValueTask UnderstandAsync(Session at, PostgresException refusal, CancellationToken token)
    {
        var (locator, resident) = (tenant.Source.Locator, tenant.Resident);
        if (!await locator.HasMovedAsync(resident, at.Placement, refusal, token).ConfigureAwait(false))
            ExceptionDispatchInfo.Throw(refusal);
        if (inTransaction)
            throw Telemetry.Refuse(new TenantMovedException(tenant.Id, refusal));
        var found = await locator.AgainAsync(resident, at.Placement, refusal, token).ConfigureAwait(false);
        if (!found.SamePlaceAs(at.Placement))
            throw Telemetry.Refuse(new TenantMovedException(tenant.Id, refusal));
    }

    public ValueTask DisposeAsync() => CloseAsync();
}
