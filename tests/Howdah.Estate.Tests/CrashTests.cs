using System.Globalization;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>
/// The apply is killed with SIGKILL at a point and run again: it must end in the same catalogs as an undisturbed run, with each step
/// recorded once.
/// Every point with HOWDAH_FULL=1; a seeded sample of them otherwise.
/// </summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Killed_anywhere_and_run_again_it_ends_the_same(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var calm = Sample.On(server, warehouse: Campaign.Full);
        var (points, code) = await CrashProcess.RunAsync(calm, "0");
        Assert.Equal(0, code);
        Assert.True(points > 60, $"{points} points are too few to be all");
        var expected = await CatalogDump.OfAsync(server, "store");

        // Seeded, so that a failure can be met again; first, last and the middle of the road are always among them.
        var random = new Random(20261123 + major);
        var chosen = Campaign.Full
            ? Enumerable.Range(1, points)
            : Enumerable.Range(0, 6).Select(_ => random.Next(1, points + 1)).Concat([1, 2, points]).Distinct().Order();
        foreach (var point in chosen)
        {
            await Sample.CleanAsync(server);
            using var sample = Sample.On(server, warehouse: Campaign.Full);
            Assert.NotEqual(0, (await CrashProcess.RunAsync(sample, point.ToString(CultureInfo.InvariantCulture))).Code);
            var (_, again) = await CrashProcess.RunAsync(sample, "0");
            Assert.True(again == 0, $"killed at point {point}, the next run fails");
            Assert.True(expected == await CatalogDump.OfAsync(server, "store"), $"killed at point {point}, the catalogs differ");
            Assert.True((await sample.Harness.PlanAsync()).Steps.Count == 0, $"killed at point {point}, something is left to do");
            Assert.Equal(0L, await server.ScalarAsync<long>(
                "select count(*) from (select step from howdah.journal where state = 'done' group by step having count(*) > 1) twice",
                    "store"));
            Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from howdah.journal where state = 'running'"));
        }
    }
}
