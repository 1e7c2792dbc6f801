namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>How migrations run in tenants' places.</summary>
public sealed record FanoutOptions
{
    /// <summary>The tenants meant, by name; all where empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>The tenant that goes first; the smallest where null. The others follow only if it did well.</summary>
    public string? Canary { get; init; }

    /// <summary>How many places are worked on at once.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>Whether to go on with the others where one place fails.</summary>
    public bool ContinueOnError { get; init; }

    /// <summary>How long a place tries again when a lock is not to be had.</summary>
    public TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Told how far it is.</summary>
    public IProgress<FanoutProgress>? Progress { get; init; }

    /// <summary>Measures waits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Whether tenants are tried on which work is under way; else they are left to that work.</summary>
    internal bool UnderWay { get; init; } = true;

    /// <summary>Called before and after everything that is sent, with the point's name: crash tests end the process there.</summary>
    internal Action<string>? Fault { get; init; }
}

/// <summary>How far the work in tenants' places is.</summary>
/// <param name="Done">Places done.</param>
/// <param name="Of">Places to do.</param>
/// <param name="Message">What just happened, in words.</param>
public sealed record FanoutProgress(int Done, int Of, string Message);

/// <summary>A place that could not be brought up.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Place">Its name.</param>
/// <param name="Migration">The migration that failed.</param>
/// <param name="Why">One sentence.</param>
public sealed record PlaceFailure(string Tenant, string Place, string Migration, string Why);

/// <summary>What running migrations in tenants' places came to.</summary>
/// <param name="Places">How many places there are.</param>
/// <param name="Done">How many were brought up now.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Moving">Tenants passed over because they are being moved.</param>
/// <param name="Left">How many are behind still, those that failed and are being moved among them.</param>
public sealed record FanoutReport(int Places, int Done, IReadOnlyList<PlaceFailure> Failed, IReadOnlyList<string> Moving, int Left);
