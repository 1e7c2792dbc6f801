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
    [InlineData(18)]
    [InlineData(15)]
    public async Task End_as_the_undisturbed_one(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        var draw = new Random(major);
        var file = new StringBuilder("id;day;region;amount\n");
        for (var i = 1; i <= 20_000; i++)
            file.Append(CultureInfo.InvariantCulture, $"{i};01.03.2024;{(i % 5000 == 0 ? "Nowhere" : "North")};")
                .Append(CultureInfo.InvariantCulture, $"{(i % 7001 == 0 ? 0 : i % 90 + 1)}\n");
        harbor.Estate.Write("orders.csv", file.ToString());
        var (code, points) = await CrashAsync(harbor, 0);
        Assert.Equal(0, code);
        Assert.Contains("committed", points);
        var undisturbed = await StateAsync(harbor);
        Assert.Contains("done,20000,19994", undisturbed, StringComparison.Ordinal);
        foreach (var point in Enumerable.Range(0, Kills).Select(_ => draw.Next(1, points.Length + 1)))
        {
            await harbor.Server.ExecuteAsync("truncate orders, howdah.quarantine, howdah.load_batch restart identity", harbor.Database);
            var killed = await CrashAsync(harbor, point);
            // How often reading is told of depends on the machine: a point may not come.
            Assert.True(killed.Code == 137 || killed.Points.Length < point, $"point {point}: {killed.Code}");
            Assert.True((await harbor.TextAsync("select id from orders limit 1")).Length == 0 || killed.Points[^1] is "committed"
                || killed.Code == 0);
            Assert.Equal(0, (await CrashAsync(harbor, 0)).Code);
            Assert.Equal(undisturbed, await StateAsync(harbor));
        }
    }

    static Task<string> StateAsync(Harbor harbor) => harbor.TextAsync("""
        select pg_catalog.md5(pg_catalog.string_agg(o::text, ',' order by o.id)), 'rows' from orders o
        union all select state || ',' || rows_read || ',' || rows_loaded || ',' || rows_quarantined, sha256 from howdah.load_batch
        union all select line || rule || byte_offset, pg_catalog.convert_from(raw, 'UTF8') from howdah.quarantine
        """);

    internal static async Task<(int Code, string[] Points)> CrashAsync(Harbor harbor, int point, string pipeline = "orders")
    {
        using var process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Howdah.Crash.dll"), harbor.Estate.Folder, "pipeline",
                point.ToString(CultureInfo.InvariantCulture), pipeline]) { RedirectStandardOutput = true })!;
        var points = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, points.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
