using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>How to move.</summary>
public sealed record MoveOptions
{
    /// <summary>How many tables are copied at once.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>How long the tenant may wait, at most: what is not done by then is taken back and tried again.</summary>
    public TimeSpan FencePatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the copy may take to catch up with its source before the move stops.</summary>
    public TimeSpan CatchUpPatience { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Told of everything that happens.</summary>
    public IProgress<MoveProgress>? Progress { get; init; }

    /// <summary>Measures durations and waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called at every step, with the point's name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }
}

/// <summary>One thing that happened in a move.</summary>
/// <param name="Step">The step: placing, copying, following, fenced, switched, cleaning.</param>
/// <param name="Message">In words.</param>
/// <param name="Rows">Rows copied so far.</param>
/// <param name="Changes">Changes applied so far.</param>
public sealed record MoveProgress(string Step, string Message, long Rows = 0, long Changes = 0);

/// <summary>How a move ended.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Id">Its id.</param>
/// <param name="Outcome"><c>moved</c>, <c>aborted</c>, or <c>there</c> where nothing was to do.</param>
/// <param name="From">Where it lived.</param>
/// <param name="To">Where it lives now.</param>
/// <param name="Rows">How many rows were copied by this run.</param>
/// <param name="Changes">How many changes were applied by this run.</param>
/// <param name="Pause">How long the tenant was refused; null where this run did not switch.</param>
/// <param name="Verified">Whether the whole was compared by hashes: both before any change and as it was at the switch.</param>
public sealed record MoveResult(string Tenant, Guid Id, string Outcome, Placement From, Placement To, long Rows, long Changes,
    TimeSpan? Pause, bool Verified);
