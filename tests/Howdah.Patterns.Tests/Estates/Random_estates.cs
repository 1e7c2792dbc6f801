using System.Diagnostics;
using System.Globalization;
using CsCheck;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>
/// Whole estates at random, changed at random. HOWDAH_FULL=1 tries new ones for minutes; HOWDAH_SEED=n tries one again.
/// </summary>
public sealed class Random_estates
{
    static readonly string? Again = Environment.GetEnvironmentVariable("HOWDAH_SEED");
    static readonly TimeSpan Patience = Campaign.Full ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(16);

    public static TheoryData<int> Versions => Campaign.On(1);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_made_and_mended_in_one_pass(int major)
    {
        var clock = Stopwatch.StartNew();
        var seed = Again is null ? Campaign.Full ? (ulong)DateTime.UtcNow.Ticks : 1 : ulong.Parse(Again, CultureInfo.InvariantCulture);
        do
        {
            var story = Story.Of(major).Generate(new PCG(1, seed), null, out _);
            if (await story.LiveAsync(major) is { } wrong)
            {
                var (least, told) = await Shrinking.ShrinkAsync(story, wrong, major,
                    Campaign.Full ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(20));
                Assert.Fail($"HOWDAH_SEED={seed} on {major}: {wrong}\nmade shorter: {told}\n{least}");
            }
            seed++;
        }
        while (Again is null && clock.Elapsed < Patience);
    }
}
