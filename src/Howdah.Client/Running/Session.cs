using System.Data;
using Npgsql;

namespace Howdah.Client;

/// <summary>One connection in one tenant's hands, from the pool of the place where the tenant is.</summary>
sealed class Session
{
    readonly TenantDataSource source;
    readonly Resident resident;
    readonly Place place;
    bool closed, set;
    long signed;

    Session(TenantDataSource source, Resident resident, Placement placement, Place place, NpgsqlConnection connection)
    {
        this.source = source;
        this.resident = resident;
        this.place = place;
        Placement = placement;
        Connection = connection;
        Front = source.Fronts.Rent();
        Renew();
        Front.Batch.Connection = connection;
    }

    internal Placement Placement { get; }
    internal NpgsqlConnection Connection { get; }
    internal Front Front { get; }

    /// <summary>Whether the transaction under way has its context, and so was answered.</summary>
    internal bool ContextSet { get; set; }

    internal static async ValueTask<Session> OpenAsync(TenantDataSource source, Resident resident, CancellationToken token)
    {
        var placement = resident.Placement is { State: "active" } known ? known
            : await source.Locator.FindAsync(resident, token).ConfigureAwait(false);
        while (true)
        {
            await source.Gate.EnterAsync(resident.Lane, token).ConfigureAwait(false);
            Place? place = null;
            PostgresException refusal;
            try
            {
                place = source.Places.Enter(placement);
                var connection = place.Source.CreateConnection();
                await connection.OpenAsync(token).ConfigureAwait(false);
                Telemetry.Taken();
                return new(source, resident, placement, place, connection);
            }
            catch (PostgresException e) when (Refusal.AtTheDoor(e, placement))
            {
                source.GiveBack(resident.Lane, place);
                refusal = e;
            }
            catch
            {
                source.GiveBack(resident.Lane, place);
                throw;
            }
            placement = await source.Locator.AgainAsync(resident, placement, refusal, token).ConfigureAwait(false);
        }
    }

    /// <summary>To be called before the context is sent: a signed one is made anew when half of its life is over.</summary>
    internal void Renew()
    {
        if (source.Signature is not { } signature)
        {
            if (!set)
                Front.Set(resident.Text, resident.Lane.Limits);
        }
        else if (!set || Expiring)
        {
            signed = source.Options.Clock.GetTimestamp();
            Front.Set(signature.Sign(resident.Text, Connection.ProcessID), resident.Lane.Limits);
        }
        set = true;
    }

    /// <summary>Whether half of a signed context's life is over, so that a transaction under way needs it anew, too.</summary>
    internal bool Expiring => source.Signature is not null && source.Options.Clock.GetElapsedTime(signed) > Signature.Lifetime / 2;

    /// <summary>Whether the context of the transaction under way may be an older one again: rolled back to a savepoint before it was made
    /// anew.</summary>
    internal bool Rewound { get; set; }

    /// <summary>Throws where a reader is still open, before anything of the batch that it reads is touched.</summary>
    internal void ThrowIfBusy()
    {
        if ((Connection.FullState & (ConnectionState.Executing | ConnectionState.Fetching)) != 0)
            throw new InvalidOperationException("a reader is still open on this connection");
    }

    /// <summary>A text of several statements, as a command of its own: the context is its first statement.</summary>
    internal NpgsqlCommand Script(string text, NpgsqlParameterCollection parameters, bool front)
    {
        var script = new NpgsqlCommand(text, Connection);
        foreach (NpgsqlParameter parameter in parameters)
            script.Parameters.Add(parameter.Clone());
        if (front)
            Front.PutInFront(script);
        return script;
    }

    internal async ValueTask CloseAsync()
    {
        if (closed)
            return;
        await Connection.DisposeAsync().ConfigureAwait(false);
        Closed();
    }

    /// <summary>The connection is back in its pool.</summary>
    internal void Closed()
    {
        if (closed)
            return;
        closed = true;
        Front.Batch.Connection = null;
        source.Fronts.Return(Front);
        source.GiveBack(resident.Lane, place);
        Telemetry.Given();
    }
}
