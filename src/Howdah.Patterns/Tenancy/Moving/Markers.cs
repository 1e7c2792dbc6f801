using System.Collections.Concurrent;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>Who waits for which marker to be safe at the target.</summary>
sealed class Markers
{
    readonly ConcurrentDictionary<string, TaskCompletionSource> awaited = new();

    /// <summary>Ends when the marker, and so all that was committed before it, is safe at the target.</summary>
    internal Task WaitAsync(string marker) => Of(marker).Task;

    /// <summary>The marker is safe at the target.</summary>
    internal void Passed(string marker) => Of(marker).TrySetResult();

    /// <summary>Nothing will pass any more.</summary>
    internal void Fail(Exception why)
    {
        foreach (var each in awaited.Values)
            each.TrySetException(why);
    }

    TaskCompletionSource Of(string marker) =>
        awaited.GetOrAdd(marker, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
