namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>How far a move is. Each step is written down before it is done, so that whoever finds it knows the most that can have happened.
/// </summary>
enum MoveStep
{
    /// <summary>Nothing is done yet, but the new place may be about to be made.</summary>
    Placing,
    /// <summary>Publication and slot are being made and rows copied; cut off here, it begins again.</summary>
    Copying,
    /// <summary>The copy is complete and follows its source.</summary>
    Following,
    /// <summary>The tenant waits: it is refused everywhere.</summary>
    Fenced,
    /// <summary>The tenant is served in its new place; what is left of the old one goes. There is no way back but another move.</summary>
    Switched,
    /// <summary>The move is being given up: what was made goes.</summary>
    Aborting,
}

static class MoveSteps
{
    internal static string Word(this MoveStep step) => step switch
    {
        MoveStep.Placing => "placing",
        MoveStep.Copying => "copying",
        MoveStep.Following => "following",
        MoveStep.Fenced => "fenced",
        MoveStep.Switched => "switched",
        _ => "aborting",
    };

    internal static MoveStep Read(string word) => Enum.GetValues<MoveStep>().First(step => step.Word() == word);

    /// <summary>Whether the move can still be given up.</summary>
    internal static bool CanAbort(this MoveStep step) => step != MoveStep.Switched;
}
