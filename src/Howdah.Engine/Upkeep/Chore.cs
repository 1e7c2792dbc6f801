namespace Howdah.Engine.Upkeep;

/// <summary>
/// What an estate needs again and again and nobody should have to remember: partitions made ahead, rollups refreshed. It may be cut off
/// anywhere and done again.
/// </summary>
/// <param name="Name">In words, unique in the estate: <c>partitions of shop</c>.</param>
/// <param name="Server">The server that it works on.</param>
/// <param name="Run">Does it, and says what was done; fails with an exception whose message tells why.</param>
public sealed record Chore(string Name, string Server, Func<Session, CancellationToken, Task<ChoreDone>> Run)
{
    /// <summary>The database that it works in; empty where it is none in particular.</summary>
    public string Database { get; init; } = "";

    /// <summary>What sort of work it is, as one word for metrics: <c>partitions</c>.</summary>
    public string Kind { get; init; } = "chore";

    /// <summary>Which of its sort it is, by a name of the estate file; empty where there is one only.</summary>
    public string Subject { get; init; } = "";

    /// <summary>How often a host that stays does it, counted from begin to begin.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long it may run; what takes longer is called off and has failed. Null for as long as it takes.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>Its own times, in place of an interval; then it is for hosts that stay alone, and not for <c>upkeep --once</c>.</summary>
    public Timetable? Timetable { get; init; }

    /// <summary>Why it failed where it took longer than it may.</summary>
    public string TooLong => $"it took longer than its timeout of {(Limit is { } limit ? Interval.Write(limit) : "none")}, so it was "
        + "called off; what it had not finished is rolled back";
}

/// <summary>What a chore did.</summary>
/// <param name="Message">One sentence for people; never a secret.</param>
public sealed record ChoreDone(string Message)
{
    /// <summary>How much was done, by what: <c>rows</c>, <c>made</c>. Added up by whoever counts.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>As of when what it looks after is up to date; when it began, where null.</summary>
    public DateTimeOffset? Fresh { get; init; }

    /// <summary>A sentence alone.</summary>
    /// <param name="message">The sentence.</param>
    public static implicit operator ChoreDone(string message) => new(message);

    /// <summary>A sentence alone.</summary>
    /// <param name="message">The sentence.</param>
    public static ChoreDone FromString(string message) => new(message);
}

/// <summary>How a chore ended.</summary>
public enum ChoreOutcome
{
    /// <summary>It was done; perhaps nothing needed doing.</summary>
    Done,
    /// <summary>It failed; what it had not finished was rolled back, and the next round tries again.</summary>
    Failed,
    /// <summary>Another upkeep of the same estate is at work on that server, so nothing was done here.</summary>
    Elsewhere,
}

/// <summary>How a chore ended, and why.</summary>
/// <param name="Chore">The chore.</param>
/// <param name="Outcome">How.</param>
/// <param name="Message">One sentence for people; never a secret.</param>
/// <param name="Took">How long it ran.</param>
public sealed record ChoreResult(Chore Chore, ChoreOutcome Outcome, string Message, TimeSpan Took);
