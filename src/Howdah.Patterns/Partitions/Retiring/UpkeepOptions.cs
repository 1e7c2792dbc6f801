namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>How to look after partitions.</summary>
public sealed record UpkeepOptions
{
    /// <summary>Only this table, as <c>schema.name</c>; null for all.</summary>
    public string? Table { get; init; }

    /// <summary>The clock here. The server's decides what is old; where the two are a day apart nothing is retired.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told what is under way.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>How long another upkeep is waited for: one that was just killed needs a moment to be gone.</summary>
    public TimeSpan BusyPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a lock is tried for; each try waits 200 ms.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a detaching may wait for older transactions that use the table.</summary>
    public TimeSpan DetachPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Called at every step, with the point's name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }
}

/// <summary>What an upkeep did.</summary>
/// <param name="Busy">Whether another upkeep of the database was under way, so that nothing was done.</param>
/// <param name="Tables">What was done to each table.</param>
public sealed record UpkeepReport(bool Busy, IReadOnlyList<TableReport> Tables)
{
    /// <summary>Whether all that was to be done is done.</summary>
    public bool Done => !Busy && Tables.All(static table => table.Problems.Count == 0);
}

/// <summary>What an upkeep did to one table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Steps">Partitions that were made or mended, and detachings that were ended, in words.</param>
/// <param name="Retired">Partitions that were retired.</param>
/// <param name="Problems">What could not be done, and why; the other tables were looked after all the same.</param>
public sealed record TableReport(string Table, IReadOnlyList<string> Steps, IReadOnlyList<RetiredPartition> Retired,
    IReadOnlyList<string> Problems);

/// <summary>A partition that was retired.</summary>
/// <param name="Partition">Its name.</param>
/// <param name="From">Its lower bound; null for the beginning of time.</param>
/// <param name="To">Its upper bound.</param>
/// <param name="Goal"><c>detach</c>, <c>drop</c> or <c>archive</c>.</param>
/// <param name="Rows">How many rows it held; null where it was only detached.</param>
/// <param name="Archive">The manifest of its archive, in the folder of archives; null where none was written.</param>
public sealed record RetiredPartition(string Partition, string? From, string To, string Goal, long? Rows, string? Archive);
