using Xunit;

namespace Howdah.Testing;

/// <summary>How much of a long campaign runs: with HOWDAH_FULL=1 (<c>./test --full</c>) all of it on every version.</summary>
static class Campaign
{
    internal static bool Full { get; } = Environment.GetEnvironmentVariable("HOWDAH_FULL") == "1";

    /// <summary>Whether the nth of many alike things runs on a version: half of them on each, all of them on one of the two.</summary>
    internal static bool Takes(int nth, int major) => Full || nth % 2 == (major == 15 ? 1 : 0);

    /// <summary>Those of many alike things that run on a version.</summary>
    internal static IEnumerable<T> Of<T>(IEnumerable<T> things, int major) => things.Where((_, nth) => Takes(nth, major));

    /// <summary>The version that a long test runs on; both in full.</summary>
    public static TheoryData<int> On(int nth) => [.. ((int[])[18, 15]).Where(major => Takes(nth, major))];

    /// <summary>The points, from 1 on, at which a process is killed on a version.</summary>
    internal static IEnumerable<int> Points(int count, int major) => Enumerable.Range(1, count).Where(point => Takes(point, major));
}
