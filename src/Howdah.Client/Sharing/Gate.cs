using System.Diagnostics;

namespace Howdah.Client;

/// <summary>
/// Lets so many connections be in use over all tenants, and shares them fairly: of the tenants that wait, the one goes next that has got
/// least for its weight. A tenant that offers much waits in its own lane and holds nobody up.
/// </summary>
sealed class Gate(int capacity, TimeSpan patience, TimeProvider clock)
{
    readonly Lock sync = new();
    readonly PriorityQueue<Lane, double> ready = new();
    int inUse;
    double now;

    internal int InUse => inUse;

    /// <summary>Takes a connection's place; completes at once, without allocating, where nobody has to wait.</summary>
    internal ValueTask EnterAsync(Lane lane, CancellationToken token)
    {
        if (lane.Limits.Rate is { } rate)
            return EnterSlowlyAsync(lane, rate, token);
        return TryEnter(lane, out var waiter) ? default : WaitAsync(lane, waiter, token);
    }

    internal void Leave(Lane lane)
    {
        lock (sync)
        {
            inUse--;
            lane.InUse--;
            Offer(lane);
            Dispatch();
        }
    }

    bool TryEnter(Lane lane, out Waiter waiter)
    {
        lock (sync)
        {
            if (lane.Live == 0 && lane.InUse < lane.Limits.MaxConnections && inUse < capacity)
            {
                Grant(lane);
                waiter = null!;
                return true;
            }
            if (lane.Live >= lane.Limits.MaxQueue)
                throw new TenantBusyException(lane.Tenant, $"{lane.Live} of it wait already, as many as may");
            waiter = new();
            lane.Waiting.Enqueue(waiter);
            lane.Live++;
            Offer(lane);
            return false;
        }
    }

    async ValueTask WaitAsync(Lane lane, Waiter waiter, CancellationToken token)
    {
        var began = clock.GetTimestamp();
        try
        {
            await waiter.Task.WaitAsync(patience, clock, token).ConfigureAwait(false);
            Telemetry.Waited(clock.GetElapsedTime(began));
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            if (!waiter.TrySetCanceled(CancellationToken.None))
            {
                // Its turn came in the same moment: it is given back.
                Leave(lane);
            }
            else
            {
                lock (sync)
                    lane.Live--;
            }
            if (e is TimeoutException)
                throw new TenantBusyException(lane.Tenant, $"no connection came free for it within {patience.TotalSeconds:0.#} s");
            throw;
        }
    }

    async ValueTask EnterSlowlyAsync(Lane lane, double rate, CancellationToken token)
    {
        var each = (long)(clock.TimestampFrequency / rate);
        TimeSpan pause;
        lock (sync)
        {
            var at = clock.GetTimestamp();
            lane.Due = Math.Max(lane.Due, at - (each * (lane.Limits.Burst - 1)));
            pause = clock.GetElapsedTime(at, Math.Max(at, lane.Due));
            if (pause > patience)
                throw new TenantBusyException(lane.Tenant, $"it may take {rate:0.##} connections a second and offers more");
            lane.Due += each;
        }
        if (pause > TimeSpan.Zero)
            await Task.Delay(pause, clock, token).ConfigureAwait(false);
        if (!TryEnter(lane, out var waiter))
            await WaitAsync(lane, waiter, token).ConfigureAwait(false);
    }

    void Grant(Lane lane)
    {
        Debug.Assert(sync.IsHeldByCurrentThread);
        inUse++;
        lane.InUse++;
        // One that was away does not come back with credit: it starts from where the others are.
        lane.Pass = Math.Max(lane.Pass, now) + (1 / lane.Limits.Weight);
    }

    void Offer(Lane lane)
    {
        if (lane.Ready || lane.Live == 0 || lane.InUse >= lane.Limits.MaxConnections)
            return;
        lane.Ready = true;
        ready.Enqueue(lane, Math.Max(lane.Pass, now));
    }

    void Dispatch()
    {
        while (inUse < capacity && ready.TryDequeue(out var lane, out var pass))
        {
            lane.Ready = false;
            now = Math.Max(now, pass);
            while (lane.Waiting.TryDequeue(out var waiter))
            {
                if (!waiter.TrySetResult())
                    continue; // it gave up
                lane.Live--;
                Grant(lane);
                break;
            }
            Offer(lane);
        }
    }
}
