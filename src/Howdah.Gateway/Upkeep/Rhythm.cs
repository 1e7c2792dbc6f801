namespace Howdah.Gateway.Upkeep;

/// <summary>When a chore is due next. Pure: the number between 0 and 1 is given.</summary>
static class Rhythm
{
    static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(5);

    /// <summary>However often something failed, it is tried again within this time.</summary>
    internal static TimeSpan LongestBackoff { get; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a new leader waits before a chore, so that all of them do not begin at once: up to two seconds.</summary>
    internal static TimeSpan First(TimeSpan every, double random) => Min(every / 10, TimeSpan.FromSeconds(2)) * random;

    /// <summary>From the begin of one time to the next: the interval, a twentieth more or less.</summary>
    internal static TimeSpan Next(TimeSpan every, double random) => every * (0.95 + 0.1 * random);

    /// <summary>How long after its end a chore that failed so many times in a row is tried again: doubled each time, a fifth more or
    /// less.</summary>
    internal static TimeSpan Backoff(int failures, double random) =>
        Min(FirstBackoff * Math.Pow(2, Math.Min(failures - 1, 20)), LongestBackoff) * (0.8 + 0.4 * random);

    /// <summary>How long until a server that is away is looked for again: half a second, doubled up to ten.</summary>
    internal static TimeSpan Reconnect(int failures, double random) =>
        Min(TimeSpan.FromSeconds(0.5) * Math.Pow(2, Math.Min(failures - 1, 10)), TimeSpan.FromSeconds(10)) * (0.8 + 0.4 * random);

    /// <summary>How long to sleep before looking at the clock again: a day at most.</summary>
    internal static TimeSpan Wait(TimeSpan left) => Min(left, TimeSpan.FromDays(1));

    static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
