namespace Howdah.Engine.Upkeep;

/// <summary>
/// When a chore is done that has times of its own or comes after others, and how it remembers what it has done: a host that was away, or
/// took over, knows by that which times were missed.
/// </summary>
public sealed record Timetable
{
    /// <summary>The first time after another; null where there is none, as it only comes after others. Pure.</summary>
    public required Func<DateTimeOffset, DateTimeOffset?> Next { get; init; }

    /// <summary>The names of chores that come before it.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>What it remembers; begins the memory where there is none. Takes the time that it is.</summary>
    public required Func<Session, DateTimeOffset, CancellationToken, Task<TimetableMemory>> Recall { get; init; }

    /// <summary>Keeps how it ended.</summary>
    public required Func<Session, TimetableEntry, CancellationToken, Task> Remember { get; init; }
}

/// <summary>What a chore with a timetable remembers.</summary>
/// <param name="Dealt">Up to when its times are dealt with.</param>
/// <param name="Failures">How often it failed since.</param>
public sealed record TimetableMemory(DateTimeOffset Dealt, int Failures)
{
    /// <summary>Up to when times that nobody was there for are left out; null where none is.</summary>
    public DateTimeOffset? LeftOut { get; init; }
}

/// <summary>How a chore with a timetable ended.</summary>
/// <param name="Begun">When it began: where it was done, all times up to then are dealt with.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Done">Whether it was done; else it failed.</param>
/// <param name="Message">One sentence.</param>
public sealed record TimetableEntry(DateTimeOffset Begun, DateTimeOffset Ended, bool Done, string Message);
