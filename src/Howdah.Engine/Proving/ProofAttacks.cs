namespace Howdah.Engine.Proving;

/// <summary>What a proof asks of those who read it: findings about ignores that hide more than they should.</summary>
public static class ProofAttacks
{
    /// <summary>The key under which they stand in reports.</summary>
    public const string Pattern = "proof";

    /// <summary>An ignore that says too little.</summary>
    public static Attack Unreasoned { get; } = new("PRV-01", "Every ignore says why, and until when", Gravity.Medium, false,
        "Reads the lines of the ignore file; one without a reason or a date, or that cannot be read, is a break, and ignores nothing.",
        "Howdah", "An ignore that nobody explained is a hole that nobody decided on; one without an end is never looked at again.");

    /// <summary>An ignore past its date.</summary>
    public static Attack Expired { get; } = new("PRV-02", "No ignore is past its date", Gravity.Medium, false,
        "Compares the date of each ignore with the date of the proof; one that has passed is a break, and ignores nothing.", "Howdah",
        "The date was when somebody promised to look again; until they do, what was ignored counts.");

    /// <summary>An ignore that matches nothing.</summary>
    public static Attack Idle { get; } = new("PRV-03", "Every ignore matches a finding", Gravity.Low, false,
        "Looks for a finding that each ignore is about; none, though the attack was made or does not exist, is a break.", "Howdah",
        "What was ignored is mended, or was never meant by that id or target; the line would hide the same hole when it comes back.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Attack> All { get; } = [Unreasoned, Expired, Idle];
}
