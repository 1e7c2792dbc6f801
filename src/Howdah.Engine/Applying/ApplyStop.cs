namespace Howdah.Engine.Applying;

/// <summary>Ends an apply early with an expected outcome; caught in one place, by <see cref="Applier"/>.</summary>
sealed class ApplyStop(ApplyOutcome outcome, string message, Exception? inner = null) : Exception(message, inner)
{
    internal ApplyOutcome Outcome => outcome;
}
