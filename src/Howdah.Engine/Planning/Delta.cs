using Howdah.Engine.Files;

namespace Howdah.Engine.Planning;

/// <summary>What a differ gives: what to do, and what to tell.</summary>
/// <param name="Steps">Steps, in an order that respects <see cref="Step.After"/> within the pattern.</param>
/// <param name="Notes">Strangers with our names (errors: the plan is refused), undeclared things left alone (warnings), hints.</param>
public sealed record Delta(IReadOnlyList<Step> Steps, IReadOnlyList<Diagnostic> Notes)
{
    /// <summary>Nothing to do, nothing to tell.</summary>
    public static Delta None { get; } = new([], []);
}
