namespace Howdah.Gateway.Upkeep;

/// <summary>Wakes those who wait for something to have changed.</summary>
sealed class Bell
{
    volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends at the next ring. Taken before looking at what may change.</summary>
    internal Task Next => next.Task;

    internal void Ring() => Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
