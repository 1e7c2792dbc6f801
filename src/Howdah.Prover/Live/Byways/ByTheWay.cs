using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Byways;

/// <summary>Ways around the tables: what policies read, sequences, large objects, foreign tables and notifications.</summary>
sealed class ByTheWay(Surface surface, Tally tally, bool intrusive, CancellationToken until, CancellationToken token)
{
    internal async Task MakeAsync(Link link, Link second, IReadOnlyList<Access> accesses, IReadOnlySet<uint> open)
    {
        await GuardAsync(LiveAttacks.Lured, () => new LureAttack(surface, tally).MakeAsync(link, accesses, open, until, token));
        await InRingAsync(link, LiveAttacks.Sequences, ring => SequenceReads.MakeAsync(ring, surface, tally, until, token));
        await InRingAsync(link, LiveAttacks.Objects, ring => LargeObjects.MakeAsync(ring, surface, tally, until, token));
        await GuardAsync(LiveAttacks.Foreigners, () => new ForeignReads(surface, tally).MakeAsync(link, until, token));
        await GuardAsync(LiveAttacks.Notices, () => new Notices(surface, tally, intrusive).MakeAsync(link, second, until, token));
    }

    Task InRingAsync(Link link, Attack attack, Func<Ring, Task> work) => GuardAsync(attack, async () =>
    {
        if (until.IsCancellationRequested)
            return;
        await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token, surface.Entrance);
        await work(ring);
    });

    // One way's trouble is not the others'.
    async Task GuardAsync(Attack attack, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
        {
            tally.Unclear(attack, surface.Database, Evidence.Of(trouble));
        }
    }
}
