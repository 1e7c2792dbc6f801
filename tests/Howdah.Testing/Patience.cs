using System.Diagnostics;

namespace Howdah.Testing;

/// <summary>Waits for what must come true, and fails where it does not.</summary>
static class Patience
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Asks again and again, for a minute: far longer than it takes on a busy machine.</summary>
    /// <param name="what">What is waited for, for the failure.</param>
    /// <param name="asked">Whether it is so.</param>
    internal static async Task UntilAsync(string what, Func<Task<bool>> asked)
    {
        for (var clock = Stopwatch.StartNew(); !await asked();)
        {
            Xunit.Assert.True(clock.Elapsed < Limit, $"waited {Limit.TotalSeconds:0} s in vain: {what}");
            await Task.Delay(20);
        }
    }
}
