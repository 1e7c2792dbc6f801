using System.Collections.Concurrent;
using System.Diagnostics;
using Howdah.Client;

namespace Howdah.Bench.Client;

/// <summary>Nine tenants offer their share; what do they feel when a tenth offers 50 times as much?</summary>
static class NoisyNeighbor
{
    const int Quiet = 9, Share = 20, Times = 50;
    const string Work = "select count(*), max(v) from floored where tenant_id = $1";

    internal static async Task RunAsync(BenchHome home, Section section, double seconds, int rounds)
    {
        var (alone, beside, free, noisy) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await using var fair = home.Bound(new() { MaxConnections = 1, MaxQueue = 100 }, connections: 10);
        await using var bare = home.Bound(new() { MaxConnections = 1000, MaxQueue = int.MaxValue }, connections: 10);
        for (var round = 0; round <= rounds; round++)
        {
            var time = round == 0 ? 0.5 : seconds * 2;
            var (quietly, _) = await OfferAsync(fair, false, time);
            var (noisily, served) = await OfferAsync(fair, true, time);
            var (unlimited, _) = await OfferAsync(bare, true, time);
            if (round == 0)
                continue;
            alone.Add(quietly);
            beside.Add(noisily);
            free.Add(unlimited);
            noisy.Add(served);
        }
        var ratio = Section.Median(beside.Zip(alone, static (one, other) => one / other));
        section.Add($"""

            Noisy neighbor: {Quiet} tenants offer {Share} statements a second each (an aggregate of 1,000 rows), a tenth offers
            {Share * Times}; 8 connections for tenants, one of them for each tenant at most. p99 of the nine, from when a statement was due:

            | | p99 |
            |---|---|
            | alone | {Section.Median(alone):0.0} ms |
            | beside the noisy one | {Section.Median(beside):0.0} ms ({ratio:0.00} x) |
            | the same without a limit for each tenant, turns only | {Section.Median(free):0.0} ms |

            The noisy one was served {Section.Median(noisy):0} statements a second; the rest waited in its own queue or was refused.
            """);
    }

    static async Task<(double P99, double Served)> OfferAsync(TenantDataSource tenants, bool noise, double seconds)
    {
        var times = new ConcurrentBag<double>();
        var served = 0;
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var running = new ConcurrentBag<Task>();
        var clock = Stopwatch.StartNew();
        List<Task> sources = [.. Enumerable.Range(1, Quiet).Select(i => Task.Run(() => StreamAsync(i, Share)))];
        if (noise)
            sources.Add(Task.Run(() => StreamAsync(0, Share * Times)));
        await Task.WhenAll(sources);
        var ended = clock.Elapsed.TotalSeconds;
        var count = Volatile.Read(ref served);
        await Task.WhenAll(running);
        var sorted = times.Order().ToArray();
        return (sorted[(int)(sorted.Length * 0.99)], count / ended);

        // Open loop: what is due is sent, whether the one before was answered or not.
        async Task StreamAsync(int which, double rate)
        {
            var tenant = tenants.For(BenchHome.Tenant(which));
            for (var i = 0L; !stop.IsCancellationRequested; i++)
            {
                var due = (i + (which / 10.0)) / rate;
                while (clock.Elapsed.TotalSeconds < due && !stop.IsCancellationRequested)
                    await Task.Delay(1);
                running.Add(OneAsync(tenant, which, due));
            }
        }

        async Task OneAsync(Tenant tenant, int which, double due)
        {
            try
            {
                await using var command = tenant.CreateCommand(Work);
                command.Parameters.Add(new() { Value = tenant.Id });
                await command.ExecuteScalarAsync(which == 0 ? stop.Token : CancellationToken.None);
            }
            catch (Exception e) when (which == 0 && e is TenantBusyException or OperationCanceledException)
            {
                return;
            }
            if (which == 0)
                Interlocked.Increment(ref served);
            else
                times.Add((clock.Elapsed.TotalSeconds - due) * 1000);
        }
    }
}
