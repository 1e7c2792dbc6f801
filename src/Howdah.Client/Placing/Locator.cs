using System.Runtime.ExceptionServices;
using Npgsql;

namespace Howdah.Client;

/// <summary>Asks the registry where a tenant is, and waits while it is fenced.</summary>
sealed class Locator(TenantDataSource source, TenantDataSourceOptions options) : IDisposable
{
    /// <summary>Connections kept free for looking up, so that those who hold one can do so.</summary>
    internal const int Reserved = 2;
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromMilliseconds(500);
    const string Columns = "select id, state, model, server, database, role, epoch from howdah.";
    readonly SemaphoreSlim slots = new(Reserved);

    /// <summary>Where the tenant is, as far as is known, else as the registry says.</summary>
    internal ValueTask<Placement> FindAsync(Resident resident, CancellationToken token) =>
        resident.Placement is { State: "active" } known ? new(known) : new(LookAsync(resident, null, null).WaitAsync(token));

    /// <summary>Where the tenant is after the server refused it at <paramref name="seen"/>.</summary>
    /// <returns>A place to go to.</returns>
    /// <exception cref="PostgresException">The refusal itself, where the registry says that nothing changed.</exception>
    internal async ValueTask<Placement> AgainAsync(Resident resident, Placement seen, PostgresException refusal, CancellationToken token)
    {
        if (resident.Placement is { State: "active" } known && !known.SameAs(seen))
            return known;
        using var activity = Telemetry.Relocate(options.TenantInTelemetry ? resident.Id : null, refusal.SqlState);
        var found = await LookAsync(resident, seen, refusal).WaitAsync(token).ConfigureAwait(false);
        if (found.SameAs(seen) && refusal.SqlState != Refusal.Fenced)
            ExceptionDispatchInfo.Throw(refusal);
        return found;
    }

    /// <summary>Whether the tenant is served elsewhere, or not at all, now; does not wait.</summary>
    internal async ValueTask<bool> HasMovedAsync(Resident resident, Placement seen, PostgresException refusal, CancellationToken token)
    {
        var found = refusal.SqlState == Refusal.Fenced ? null : await AskAsync("locate($1)", resident.Id, token).ConfigureAwait(false);
        var moved = found is not { State: "active" } || !found.SameAs(seen);
        if (moved)
            resident.Placement = null;
        return moved;
    }

    /// <summary>One look-up for all who ask at the same time.</summary>
    Task<Placement> LookAsync(Resident resident, Placement? seen, PostgresException? refusal)
    {
        lock (resident.Sync)
            return resident.Looking ??= RunAsync(resident, seen, refusal);
    }

    async Task<Placement> RunAsync(Resident resident, Placement? seen, PostgresException? refusal)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var found = await WaitAsync(resident.Id, seen, refusal).ConfigureAwait(false);
            if (seen is not null && !found.SameAs(seen))
                source.Places.Forget(seen);
            return resident.Placement = found;
        }
        catch (TenantException)
        {
            resident.Placement = null;
            throw;
        }
        finally
        {
            lock (resident.Sync)
                resident.Looking = null;
        }
    }

    async Task<Placement> WaitAsync(Guid tenant, Placement? seen, PostgresException? refusal)
    {
        var began = options.Clock.GetTimestamp();
        var pause = FirstPause;
        for (var first = true; ; first = false)
        {
            var found = await AskAsync("locate($1)", tenant, CancellationToken.None).ConfigureAwait(false);
            switch (found?.State)
            {
                case null or "erasing":
                    throw Telemetry.Refuse(new TenantUnknownException(tenant, refusal));
                case "suspended":
                    throw Telemetry.Refuse(new TenantSuspendedException(tenant, refusal));
                // A fence that the registry does not tell of yet, or no longer: worth a moment.
                case "active" when !(first && refusal?.SqlState == Refusal.Fenced && found.SameAs(seen!)):
                    return found;
            }
            var waited = options.Clock.GetElapsedTime(began);
            if (waited >= options.FenceTimeout)
                throw Telemetry.Refuse(new TenantFencedException(tenant, waited, refusal));
            await Task.Delay(pause, options.Clock).ConfigureAwait(false);
            pause = pause < LongestPause / 2 ? pause * 2 : LongestPause;
        }
    }

    /// <summary>The tenant of that name.</summary>
    internal Task<Placement?> ByNameAsync(string name, CancellationToken token) => AskAsync("locate_name($1)", name, token);

    async Task<Placement?> AskAsync<T>(string call, T argument, CancellationToken token)
    {
        await source.CheckedAsync(token).ConfigureAwait(false);
        await slots.WaitAsync(token).ConfigureAwait(false);
        Place? place = null;
        using var activity = Telemetry.Locate(options.TenantInTelemetry && argument is Guid id ? id : null);
        try
        {
            place = source.Places.Enter(null);
            await using var connection = await place.Source.OpenConnectionAsync(token).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(Columns + call, connection);
            command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = argument });
            await using var row = await command.ExecuteReaderAsync(token).ConfigureAwait(false);
            return await row.ReadAsync(token).ConfigureAwait(false)
                ? new(row.GetGuid(0), row.GetString(1), row.GetString(2), Text(row, 3), Text(row, 4), Text(row, 5), row.GetInt64(6))
                : null;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName)
        {
            throw new InvalidOperationException("the home database has no howdah.locate: apply an estate with `tenancy` there first", e);
        }
        finally
        {
            if (place is not null)
                source.Places.Leave(place);
            slots.Release();
        }
    }

    public void Dispose() => slots.Dispose();

    static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
