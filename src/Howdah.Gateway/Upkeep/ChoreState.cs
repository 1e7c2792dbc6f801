using Howdah.Engine.Upkeep;

namespace Howdah.Gateway.Upkeep;

/// <summary>What is known of a chore at one moment.</summary>
sealed record ChoreSeen(Chore Chore)
{
    /// <summary>When it is to begin; null where this instance does not lead, and where it waits for others.</summary>
    internal DateTimeOffset? Due { get; init; }

    /// <summary>Since when it runs; null where it does not.</summary>
    internal DateTimeOffset? Begun { get; init; }

    /// <summary>When the last time that it was done began: what was there then is dealt with.</summary>
    internal DateTimeOffset? LastBegun { get; init; }

    /// <summary>As of when what it looks after is up to date.</summary>
    internal DateTimeOffset? Fresh { get; init; }

    /// <summary>When that ended.</summary>
    internal DateTimeOffset? LastDone { get; init; }

    /// <summary>How long it ran the last time, done or failed.</summary>
    internal TimeSpan? Took { get; init; }

    /// <summary>How many times in a row it failed.</summary>
    internal int Failures { get; init; }

    /// <summary>When it is tried again, where it failed.</summary>
    internal DateTimeOffset? Retry { get; init; }

    /// <summary>Up to when the times of its timetable are dealt with; null where it has none, or before it is known.</summary>
    internal DateTimeOffset? Dealt { get; init; }

    /// <summary>Up to when times are left out that nobody was there for; null where none is.</summary>
    internal DateTimeOffset? LeftOut { get; init; }

    /// <summary>How many times were left out.</summary>
    internal long Missed { get; init; }

    /// <summary>When that was found out.</summary>
    internal DateTimeOffset? Recalled { get; init; }

    /// <summary>How many times it was done.</summary>
    internal long Done { get; init; }

    /// <summary>How many times it failed.</summary>
    internal long Failed { get; init; }

    /// <summary>How many times it took longer than it may.</summary>
    internal long TimedOut { get; init; }

    /// <summary>Whether that is how it ended the last time.</summary>
    internal bool TooLong { get; init; }

    /// <summary>How many times it was called off: at a stop, or with the lead lost.</summary>
    internal long CalledOff { get; init; }

    /// <summary>How much was done, by what, all together.</summary>
    internal IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();
}

/// <summary>What is known of a chore: one snapshot, replaced as a whole. Its own loop alone writes it.</summary>
sealed class ChoreState(Chore chore)
{
    volatile ChoreSeen seen = new(chore);

    /// <summary>What is known now.</summary>
    internal ChoreSeen Seen => seen;

    internal void Renew(Chore anew) => seen = seen with { Chore = anew };

    /// <summary>Nobody here does it any more.</summary>
    internal void Idle() => seen = seen with { Due = null, Dealt = null };

    /// <summary>Takes what it remembers over.</summary>
    /// <returns>How many times were left out that were not known to be.</returns>
    internal int Recall(TimetableMemory memory, DateTimeOffset now)
    {
        var missed = Turns.Between(seen.Chore, seen.LeftOut > memory.Dealt ? seen.LeftOut.Value : memory.Dealt, memory.LeftOut);
        seen = seen with
        {
            Dealt = memory.Dealt, Recalled = now, Failures = memory.Failures, LeftOut = memory.LeftOut,
            // What failed before times that are left out is left out with them.
            Retry = memory.LeftOut is null ? now : null, Missed = seen.Missed + missed,
        };
        return missed;
    }

    internal void Due(DateTimeOffset? at) => seen = seen with { Due = at };

    internal void Begin(DateTimeOffset at) => seen = seen with { Begun = at };

    internal void Done(ChoreDone done, DateTimeOffset at, TimeSpan took) => seen = seen with
    {
        Begun = null, Dealt = seen.Dealt is null ? null : seen.Begun,
        LastBegun = seen.Begun, LastDone = at, Fresh = done.Fresh ?? seen.Begun, Took = took,
        Failures = 0, TooLong = false, Done = seen.Done + 1,
        Counts = done.Counts.Concat(seen.Counts).GroupBy(static each => each.Key, static each => each.Value)
            .ToDictionary(static group => group.Key, static group => group.Sum()),
    };

    internal void Failed(TimeSpan took, DateTimeOffset retry, bool tooLong) => seen = seen with
    {
        Begun = null, Retry = retry, Took = took, Failures = seen.Failures + 1, TooLong = tooLong,
        Failed = seen.Failed + (tooLong ? 0 : 1), TimedOut = seen.TimedOut + (tooLong ? 1 : 0),
    };

    internal void CalledOff() => seen = seen with { Begun = null, CalledOff = seen.CalledOff + 1 };
}
