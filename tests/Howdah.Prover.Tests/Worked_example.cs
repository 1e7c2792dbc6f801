using Howdah.Engine.Proving;
using Howdah.Prover.Fixing;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>The help desk of docs/guide/prove.md: seven holes are found, the script closes them, and then there are none.</summary>
public sealed class Worked_example
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Seven_holes_are_found_and_closed(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var database = await server.CreateDatabaseAsync("helpdesk");
        await server.ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "helpdesk.sql")), database);
        var first = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        string[] holes = ["TEN-A04", "TEN-A11", "TEN-B05", "TEN-B20", "TEN-C01", "TEN-C03", "TEN-D01"];
        Assert.Equal(holes, Broken(first));
        var script = FixScript.Write(first.Findings, "helpdesk");
        await server.ExecuteAsync(string.Join('\n', script.Split('\n').Where(static line => !line.StartsWith('\\'))), database);
        var second = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Empty(Broken(second));
    }

    static IEnumerable<string> Broken(CheckResult result) => result.Findings.Where(static finding => finding.Verdict == Verdict.Broken)
        .Select(static finding => finding.Attack.Id).Distinct().Order(StringComparer.Ordinal);
}
