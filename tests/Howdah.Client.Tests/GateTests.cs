using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>Who goes next, without a server.</summary>
public sealed class GateTests
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    readonly FakeTimeProvider clock = new();

    static Lane Lane(double weight = 1, int connections = 100, int queue = 1000, double? rate = null, int burst = 1) => new(Guid.NewGuid(),
        new() { Weight = weight, MaxConnections = connections, MaxQueue = queue, Rate = rate, Burst = burst });

    [Fact]
    public async Task A_tenant_that_offers_much_does_not_hold_up_one_that_offers_little()
    {
        var gate = new Gate(2, Patience, clock);
        var (noisy, quiet) = (Lane(), Lane());
        await gate.EnterAsync(noisy, default);
        await gate.EnterAsync(noisy, default);
        var queue = Enumerable.Range(0, 50).Select(_ => gate.EnterAsync(noisy, default).AsTask()).ToList();
        var turn = gate.EnterAsync(quiet, default).AsTask();
        Assert.False(turn.IsCompleted);
        gate.Leave(noisy);
        await turn;
        Assert.Equal(0, queue.Count(static each => each.IsCompletedSuccessfully));
        Assert.Equal(2, gate.InUse);
    }

    [Fact]
    public async Task Those_that_wait_get_what_their_weights_say()
    {
        var gate = new Gate(1, Patience, clock);
        var lanes = new[] { Lane(weight: 1), Lane(weight: 2), Lane(weight: 5) };
        var first = Lane();
        await gate.EnterAsync(first, default);
        var order = new List<int>();
        var all = new List<Task>();
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var which = lane;
            for (var i = 0; i < 200; i++)
                all.Add(Enter(which));
        }
        gate.Leave(first);
        await Task.WhenAll(all);
        var got = order.Take(160).CountBy(static lane => lane).ToDictionary();
        Assert.InRange(got[0], 18, 22);
        Assert.InRange(got[1], 38, 42);
        Assert.InRange(got[2], 98, 102);
        Assert.Equal(0, gate.InUse);

        async Task Enter(int lane)
        {
            await gate.EnterAsync(lanes[lane], default);
            lock (order)
                order.Add(lane);
            gate.Leave(lanes[lane]);
        }
    }

    [Fact]
    public async Task A_tenant_has_no_more_than_its_own_limit()
    {
        var gate = new Gate(10, Patience, clock);
        var lane = Lane(connections: 2, queue: 1);
        await gate.EnterAsync(lane, default);
        await gate.EnterAsync(lane, default);
        var third = gate.EnterAsync(lane, default).AsTask();
        Assert.False(third.IsCompleted);
        var refused = await Assert.ThrowsAsync<TenantBusyException>(async () => await gate.EnterAsync(lane, default));
        Assert.True(refused.IsTransient);
        var other = Lane();
        await gate.EnterAsync(other, default);
        gate.Leave(lane);
        await third;
    }

    [Fact]
    public async Task One_that_gives_up_leaves_no_trace()
    {
        var gate = new Gate(1, Patience, clock);
        var (one, other) = (Lane(), Lane());
        await gate.EnterAsync(one, default);
        using var stop = new CancellationTokenSource();
        var gone = gate.EnterAsync(other, stop.Token).AsTask();
        var late = gate.EnterAsync(other, default).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        clock.Advance(Patience);
        await Assert.ThrowsAsync<TenantBusyException>(() => late);
        Assert.Equal(0, other.Live);
        var next = gate.EnterAsync(other, default).AsTask();
        gate.Leave(one);
        await next;
        gate.Leave(other);
        Assert.Equal(0, gate.InUse);
    }

    [Fact]
    public async Task A_rate_holds_back_after_the_burst()
    {
        var gate = new Gate(10, Patience, clock);
        var lane = Lane(rate: 10, burst: 3);
        for (var i = 0; i < 3; i++)
            await gate.EnterAsync(lane, default);
        var fourth = gate.EnterAsync(lane, default).AsTask();
        Assert.False(fourth.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await fourth;
        // Ten a second and patience for a minute: the six hundred and first is told at once.
        var waiting = Enumerable.Range(0, 600).Select(_ => gate.EnterAsync(lane, default).AsTask()).ToList();
        Assert.Equal(0, waiting.Count(static each => each.IsCompleted));
        await Assert.ThrowsAsync<TenantBusyException>(async () => await gate.EnterAsync(lane, default));
    }

    [Fact]
    public async Task Nothing_is_allocated_where_nobody_waits()
    {
        var gate = new Gate(10, Patience, clock);
        var lane = Lane();
        await gate.EnterAsync(lane, default);
        gate.Leave(lane);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            await gate.EnterAsync(lane, default);
            gate.Leave(lane);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
