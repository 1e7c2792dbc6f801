using Howdah.Engine;

namespace Howdah.Gateway;

/// <summary>What a gateway works by: one estate, read and opened. Replaced as a whole, which those who wait are told.</summary>
/// <param name="session">The estate with its servers.</param>
sealed class Assignment(Session session)
{
    readonly TaskCompletionSource replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Session Session => session;

    /// <summary>Ends when there is another.</summary>
    internal Task Replaced => replaced.Task;

    internal void Replace() => replaced.TrySetResult();
}
