namespace Howdah.Engine.Upkeep;

/// <summary>
/// What an estate needs again and again and nobody should have to remember: partitions made ahead, rollups refreshed. It may be cut off
/// anywhere and done again.
/// </summary>
/// <param name="Name">In words, unique in the estate: <c>partitions of shop</c>.</param>
/// <param name="Server">The server that it works on.</param>
/// <param name="Run">Does it, and says in one sentence what was done; fails with an exception whose message tells why.</param>
public sealed record Chore(string Name, string Server, Func<Session, CancellationToken, Task<string>> Run);

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
