using Howdah.Engine.Planning;

namespace Howdah.Engine.Applying;

/// <summary>How to apply.</summary>
public sealed record ApplyOptions
{
    /// <summary>A saved plan to do exactly; null plans afresh.</summary>
    public SavedPlan? Saved { get; init; }

    /// <summary>
    /// Makes of the plan of everything the plan of this run: some of its steps, and others. Null does everything that differs. Asked again
    /// when all is done: a step that it still wants then has not done what it was for.
    /// </summary>
    public Func<Plan, CancellationToken, Task<Plan>>? Narrow { get; init; }

    /// <summary>The hazards that may be taken.</summary>
    public IReadOnlySet<HazardKind> Allow { get; init; } = new HashSet<HazardKind>();

    /// <summary>Asked for hazards that were not allowed by name; null refuses them.</summary>
    public Func<Plan, bool>? Confirm { get; init; }

    /// <summary>How long to wait for another apply of the same estate.</summary>
    public TimeSpan EstateLockWait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one step tries again when a lock is not to be had.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a lost connection is tried again before the apply gives up.</summary>
    public TimeSpan ReconnectPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who applies, for the run's row: name and version of the tool.</summary>
    public string Tool { get; init; } = "howdah";

    /// <summary>Told of everything that happens.</summary>
    public IProgress<ApplyEvent>? Events { get; init; }

    /// <summary>Measures durations and waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Called before and after everything that is sent, with the point's name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }
}

/// <summary>What happened while applying.</summary>
public enum ApplyEventKind
{
    /// <summary>The plan is made and will be done.</summary>
    Planned,
    /// <summary>A step begins.</summary>
    Began,
    /// <summary>A step is done.</summary>
    Done,
    /// <summary>Something is waited for; the message says for whom.</summary>
    Waiting,
    /// <summary>What an earlier, cut-off run left was settled.</summary>
    Recovered,
}

/// <summary>One thing that happened.</summary>
/// <param name="Kind">What.</param>
/// <param name="Step">The step it concerns, if one.</param>
/// <param name="Message">In words; never a secret.</param>
/// <param name="Took">How long a finished step took.</param>
/// <param name="Plan">The plan, with <see cref="ApplyEventKind.Planned"/>.</param>
public sealed record ApplyEvent(ApplyEventKind Kind, Step? Step, string Message, TimeSpan Took = default, Plan? Plan = null);

/// <summary>How an apply ended.</summary>
public enum ApplyOutcome
{
    /// <summary>All steps are done and nothing is left.</summary>
    Done,
    /// <summary>Nothing needed doing.</summary>
    NothingToDo,
    /// <summary>Not begun: a hazard not allowed, a stranger, a stale plan, another apply.</summary>
    Refused,
    /// <summary>A step failed; what was done stays done, and the next run goes on there.</summary>
    Failed,
    /// <summary>Stopped on request.</summary>
    Stopped,
}

/// <summary>How an apply ended, and why.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Message">One sentence for people: what, why, what to do.</param>
/// <param name="Plan">The plan it worked on; null where it did not get so far.</param>
/// <param name="DoneSteps">How many steps were done.</param>
/// <param name="At">The step it stopped at; null where none.</param>
public sealed record ApplyResult(ApplyOutcome Outcome, string Message, Plan? Plan, int DoneSteps, Step? At = null);
