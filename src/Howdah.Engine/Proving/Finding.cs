namespace Howdah.Engine.Proving;

/// <summary>What an attack came to.</summary>
public enum Verdict
{
    /// <summary>It was really made and did not get through.</summary>
    Held,
    /// <summary>It got through.</summary>
    Broken,
    /// <summary>It could not be staged; never to be taken for held.</summary>
    Inconclusive,
    /// <summary>PostgreSQL itself cannot close it for a role that may run free SQL; listed once, with how to live with it.</summary>
    Residual,
    /// <summary>It cannot be undone, so it is made only where that was asked for.</summary>
    NotRun,
}

/// <summary>How grave it is when an attack gets through.</summary>
public enum Gravity
{
    /// <summary>Data of others is read or changed at will.</summary>
    Critical,
    /// <summary>One more mistake and it is.</summary>
    High,
    /// <summary>Something leaks that should not.</summary>
    Medium,
    /// <summary>Worth knowing.</summary>
    Low,
}

/// <summary>An attack as the reference page lists it.</summary>
/// <param name="Id">Stable: <c>TEN-A01</c>.</param>
/// <param name="Title">The promise in a few words: what holds when it is held.</param>
/// <param name="Gravity">How grave a break is.</param>
/// <param name="Live">Whether it really does it (true) or reads catalogs (false).</param>
/// <param name="How">How it is staged and what counts as a break.</param>
/// <param name="Source">Where the attack is known from: a CVE, a page of the documentation, an issue; or "Howdah" where it is our
/// own.</param>
/// <param name="Why">Why it matters, for somebody who never heard of it; empty where the title says all.</param>
public sealed record Attack(string Id, string Title, Gravity Gravity, bool Live, string How, string Source, string Why = "");

/// <summary>What was proved: one attack on one target.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Pattern">The key of the pattern whose promise it attacks.</param>
/// <param name="Target">What was attacked: <c>store.orders as store_app</c>.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Evidence">What was seen, in words and with the statement that showed it; never a secret, never a user's data.</param>
/// <param name="Fix">SQL or words that close it; null when held.</param>
public sealed record Finding(Attack Attack, string Pattern, string Target, Verdict Verdict, string Evidence, string? Fix = null)
{
    /// <summary>Everything that one cause concerns; <see cref="Target"/> alone where it is one thing.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [Target];

    /// <summary>The statement that got through, ready to be run again by a reader; null where nothing was run.</summary>
    public string? Statement { get; init; }

    /// <summary>The file it comes from, where it comes from one.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, from 1; 0 where it is not known.</summary>
    public int Line { get; init; }

    /// <summary>The estate's server it was found on; null where no estate is proved.</summary>
    public string? Server { get; init; }

    /// <summary>The estate's database it was found in; null where it concerns a whole server, or no estate is proved.</summary>
    public string? Database { get; init; }

    /// <summary>Why a person decided to live with it, and until when; null where nobody did. It then changes no exit code.</summary>
    public string? Ignored { get; init; }

    /// <summary>Whether a former proof found it already; it then changes no exit code.</summary>
    public bool Known { get; init; }

    /// <summary>Whether it changes the exit code, by its verdict.</summary>
    public bool Counts => Ignored is null && !Known;

    /// <summary>The same for some of its targets.</summary>
    public Finding On(IReadOnlyList<string> targets) => targets.Count == Targets.Count ? this
        : this with { Targets = targets, Target = targets.Count == 1 ? targets[0] : $"{targets[0]} and {targets.Count - 1} more" };
}

/// <summary>Words for evidence.</summary>
public static class Evidence
{
    /// <summary>An exception as evidence: the server's message alone, without its detail, which may hold users' data.</summary>
    public static string Of(Exception e) => e is Npgsql.PostgresException server ? $"{server.MessageText} (SQLSTATE {server.SqlState})"
        : e.Message;
}
