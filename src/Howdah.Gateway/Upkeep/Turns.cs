using Howdah.Engine.Upkeep;

namespace Howdah.Gateway.Upkeep;

/// <summary>Whose turn it is among chores with timetables. Pure.</summary>
static class Turns
{
    /// <summary>When a chore is due; null where it waits for others to be done anew.</summary>
    /// <param name="chore">The chore.</param>
    /// <param name="all">What is known of all chores with timetables, by name.</param>
    internal static DateTimeOffset? Due(ChoreSeen chore, IReadOnlyDictionary<string, ChoreSeen> all) =>
        chore.Dealt is null ? null : chore.Failures > 0 && chore.Retry is { } again ? again : Time(chore, all);

    /// <summary>
    /// Who comes before a chore and still owes: has a time up to the chore's own that is not dealt with, whether it runs, failed or waits
    /// itself. One that is due again and again is so waited for once, and not for ever. Null for nobody.
    /// </summary>
    internal static string? Awaits(ChoreSeen chore, IReadOnlyDictionary<string, ChoreSeen> all)
    {
        // What was missed comes as if it were for the moment at which that was found out.
        var time = Time(chore, all);
        var own = time is null || chore.Recalled > time ? chore.Recalled : time;
        return Before(chore, all).FirstOrDefault(each => Owes(each, all, own))?.Chore.Name;
    }

    /// <summary>How many times a chore has after one moment and up to another; none up to null.</summary>
    internal static int Between(Chore chore, DateTimeOffset after, DateTimeOffset? upTo)
    {
        var count = 0;
        for (var at = chore.Timetable?.Next(after); at <= upTo && count < Most; at = chore.Timetable?.Next(at.Value))
            count++;
        return count;
    }

    // Every minute for two months: beyond, nobody counts.
    const int Most = 100_000;

    static bool Owes(ChoreSeen chore, IReadOnlyDictionary<string, ChoreSeen> all, DateTimeOffset? upTo) =>
        chore.Dealt is null || Time(chore, all) <= upTo || Before(chore, all).Any(each => Owes(each, all, upTo));

    // Its next time that is not dealt with; of one without times the moment up to which those before it are.
    static DateTimeOffset? Time(ChoreSeen chore, IReadOnlyDictionary<string, ChoreSeen> all) =>
        chore is not { Dealt: { } dealt, Chore.Timetable: { } table } ? null
        : table.Next(chore.LeftOut > dealt ? chore.LeftOut.Value : dealt)
            ?? Before(chore, all).Select(static each => each.Dealt).Where(at => at > dealt).Max();

    // Pipelines that are run by nobody but people are not waited for.
    static IEnumerable<ChoreSeen> Before(ChoreSeen chore, IReadOnlyDictionary<string, ChoreSeen> all) =>
        (chore.Chore.Timetable?.After ?? []).Select(all.GetValueOrDefault).OfType<ChoreSeen>();
}
