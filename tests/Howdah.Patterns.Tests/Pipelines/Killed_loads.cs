using System.Diagnostics;
using System.Globalization;
using System.Text;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

/// <summary>Loads in a process that kills itself; run again, they end as if nothing had been. Points are drawn from a seed.</summary>
public sealed class Killed_loads
{
    static readonly int Kills = Campaign.Full ? 50 : 3;

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task End_as_the_undisturbed_one(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        var draw = new Random(major);
        var (points, undisturbed) = await UndisturbedAsync(harbor, 20_000, streams: 1);
        foreach (var point in Enumerable.Range(0, Kills).Select(_ => draw.Next(1, points.Length + 1)))
            await KillAsync(harbor, point, undisturbed, streams: 1);
    }

    /// <summary>At each stage; what was copied and nobody took is dropped.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Over_several_streams_leave_nothing_behind(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        var (points, undisturbed) = await UndisturbedAsync(harbor, 60_000, streams: 3);
        Assert.Equal(["fetched", "began", "opened", "reading", "read", "gathered", "loading", "carried", "finished", "commit", "committed"],
            points.Distinct());
        var draw = new Random(major);
        var stages = points.Distinct().Select(stage => Array.IndexOf(points, stage) + 1)
            .Where((_, nth) => Campaign.Takes(nth, major))
            .Concat(Enumerable.Range(0, Campaign.Full ? Kills : 0).Select(_ => draw.Next(1, points.Length + 1)));
        foreach (var point in stages)
        {
            await KillAsync(harbor, point, undisturbed, streams: 3);
            var session = await harbor.Estate.OpenAsync();
            var sweep = session.Chores.Single(static chore => chore.Kind == "staging");
            // The next load has dropped it, if no backend of the killed one was still there.
            await Patience.UntilAsync("what was copied is dropped", async () =>
            {
                await sweep.Run(session, CancellationToken.None);
                return await harbor.TextAsync(Streamed_loads.Stagings) == "";
            });
        }
    }

    static async Task<(string[] Points, string State)> UndisturbedAsync(Harbor harbor, int rows, int streams)
    {
        var file = new StringBuilder("id;day;region;amount\n");
        for (var i = 1; i <= rows; i++)
            file.Append(CultureInfo.InvariantCulture, $"{i};01.03.2024;{(i % 5000 == 0 ? "Nowhere" : "North")};")
                .Append(CultureInfo.InvariantCulture, $"{(i % 7001 == 0 ? 0 : i % 90 + 1)}\n");
        harbor.Estate.Write("orders.csv", file.ToString());
        var (code, points) = await CrashAsync(harbor, 0, streams: streams);
        Assert.Equal(0, code);
        Assert.Contains("committed", points);
        var state = await StateAsync(harbor);
        Assert.Contains($"done,{rows},{rows - rows / 5000 - rows / 7001}", state, StringComparison.Ordinal);
        return (points, state);
    }

    static async Task KillAsync(Harbor harbor, int point, string undisturbed, int streams)
    {
        await harbor.Server.ExecuteAsync("truncate orders, howdah.quarantine, howdah.load_batch restart identity", harbor.Database);
        var killed = await CrashAsync(harbor, point, streams: streams);
        // How often reading is told of depends on the machine: a point may not come.
        Assert.True(killed.Code == 137 || killed.Points.Length < point, $"point {point}: {killed.Code}");
        Assert.True((await harbor.TextAsync("select id from orders limit 1")).Length == 0 || killed.Points[^1] is "committed"
            || killed.Code == 0);
        Assert.Equal(0, (await CrashAsync(harbor, 0, streams: streams)).Code);
        Assert.Equal(undisturbed, await StateAsync(harbor));
    }

    static Task<string> StateAsync(Harbor harbor) => harbor.TextAsync("""
        select pg_catalog.md5(pg_catalog.string_agg(o::text, ',' order by o.id)), 'rows' from orders o
        union all select state || ',' || rows_read || ',' || rows_loaded || ',' || rows_quarantined, sha256 from howdah.load_batch
        union all select line || rule || byte_offset, pg_catalog.convert_from(raw, 'UTF8') from howdah.quarantine
        """);

    internal static async Task<(int Code, string[] Points)> CrashAsync(Harbor harbor, int point, string pipeline = "orders",
        int streams = 1)
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Howdah.Crash.dll"), harbor.Estate.Folder, "pipeline",
                point.ToString(CultureInfo.InvariantCulture), pipeline, streams.ToString(CultureInfo.InvariantCulture)])
                { RedirectStandardOutput = true })!;
        var points = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, points.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
