namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>What becomes of a statement in a tenant's place.</summary>
enum Fate
{
    /// <summary>It runs there.</summary>
    Run,
    /// <summary>It does not: it concerns what is not the tenant's.</summary>
    Skip,
    /// <summary>It cannot be told, or could not be done rightly: the migration is refused.</summary>
    Refuse,
}

/// <summary>What becomes of a statement in a tenant's place, and why.</summary>
sealed record Verdict(Fate Fate, string Why = "")
{
    internal static Verdict Run { get; } = new(Fate.Run);

    internal static Verdict Skip(string why) => new(Fate.Skip, why);

    internal static Verdict Refuse(string why) => new(Fate.Refuse, why);
}
