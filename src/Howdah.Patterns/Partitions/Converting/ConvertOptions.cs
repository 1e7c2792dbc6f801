namespace Howdah.Patterns.Partitions.Converting;

/// <summary>How to convert.</summary>
public sealed record ConvertOptions
{
    /// <summary>How many connections copy, and build indexes, at once.</summary>
    public int Streams { get; init; } = 2;

    /// <summary>How many pages of the table (8 kB as PostgreSQL is built) are copied in one transaction.</summary>
    public int PagesAtOnce { get; init; } = 4096;

    /// <summary>Rows a second that the copy does not exceed, on average; null for as fast as it goes.</summary>
    public int? RowsPerSecond { get; init; }

    /// <summary>How long a lock is waited for before the others that wait behind are let through; it is tried again.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromMilliseconds(75);

    /// <summary>How long a lock is tried for before the conversion stops; it can be resumed.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Whether the table as it was is dropped at once: there is no way back then.</summary>
    public bool DropOld { get; init; }

    /// <summary>Told of everything that happens.</summary>
    public IProgress<ConvertProgress>? Progress { get; init; }

    /// <summary>Measures durations and waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called at every point that a crash may hit, with its name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }
}

/// <summary>One thing that happened in a conversion.</summary>
/// <param name="Step">The step: building, copying, indexing, following, switched, kept, aborting, undone, dropping.</param>
/// <param name="Message">In words.</param>
/// <param name="Rows">Rows copied so far.</param>
/// <param name="Done">The part of the copy, or of the indexes, that is done, from 0 to 1; null in other steps.</param>
/// <param name="Left">How long the copy will take still, as far as can be told.</param>
public sealed record ConvertProgress(string Step, string Message, long Rows = 0, double? Done = null, TimeSpan? Left = null);

/// <summary>What a conversion will do, and what it takes.</summary>
/// <param name="Table">The table as <c>schema.name</c>.</param>
/// <param name="Bytes">Its size on disk, indexes included: about what is needed once more until the table as it was is dropped.</param>
/// <param name="Rows">How many rows it has, by the planner's estimate; null where it was never analyzed.</param>
/// <param name="Partitions">The partitions that it gets.</param>
/// <param name="Lines">What will be done and what changes for its users, in words.</param>
/// <param name="Problems">What keeps it from being converted; empty where nothing does.</param>
public sealed record ConvertPlan(string Table, long Bytes, long? Rows, IReadOnlyList<ConvertPart> Partitions,
    IReadOnlyList<string> Lines, IReadOnlyList<string> Problems);

/// <summary>A partition that a conversion will make.</summary>
/// <param name="Name">Its name as <c>schema.name</c>.</param>
/// <param name="Takes">Which rows it takes, in words.</param>
/// <param name="From">Of a range: the first value in it, as an instant where it is one of time.</param>
/// <param name="To">Of a range: the first value that is not in it; null where it has no end.</param>
public sealed record ConvertPart(string Name, string Takes, string? From, string? To);

/// <summary>How a conversion ended.</summary>
/// <param name="Table">The table as <c>schema.name</c>.</param>
/// <param name="Outcome"><c>converted</c> (the table as it was is kept), <c>finished</c> (it was dropped), <c>aborted</c> or
/// <c>undone</c>.</param>
/// <param name="Rows">How many rows the copy took, in all runs.</param>
/// <param name="LongestBlock">The longest time that a writer can have been made to wait by locks, in all runs.</param>
/// <param name="Took">How long this run took.</param>
public sealed record ConvertResult(string Table, string Outcome, long Rows, TimeSpan LongestBlock, TimeSpan Took);

/// <summary>A conversion cannot begin or cannot go on; the message says why and what to do.</summary>
/// <param name="sentence">The message.</param>
public sealed class ConvertException(string sentence) : Exception(sentence);
