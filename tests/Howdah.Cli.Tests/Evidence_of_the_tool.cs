using System.Text.Json;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class Evidence_of_the_tool
{
    const string Yaml = """
        howdah: 1
        estate: evidence
        SERVERS
        roles:
          evidence_owner: {}
          evidence_app: { login: true, password: "${file:secret}" }
        databases:
          evidence: { server: main, owner: evidence_owner, grants: [{ to: evidence_app, on: { database: true }, privileges: [connect] }] }
        """;

    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task is_narrowed_kept_and_checked(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, Yaml);
        estate.Write("secret", "evidence-7Qx");
        var folder = estate.Folder;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(folder, "secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await RunAsync(0, "apply", folder);
        await using (var admin = new NpgsqlConnection(server.ConnectionString()))
        {
            await admin.OpenAsync(TestContext.Current.CancellationToken);
            await using var weaken = new NpgsqlCommand("alter role evidence_app createdb", admin);
            await weaken.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var report = (await RunAsync(2, "prove", folder, "--json")).Out;
        using var json = JsonDocument.Parse(report);
        var root = json.RootElement;
        Assert.Equal("evidence", root.GetProperty("subject").GetString());
        Assert.Contains($"PostgreSQL {major}.", root.GetProperty("servers")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(64, root.GetProperty("fingerprint").GetString()!.Length);
        var broken = root.GetProperty("findings").EnumerateArray()
            .Where(static each => each.GetProperty("verdict").GetString() == "broken").ToList();
        Assert.Equal(root.GetProperty("broken").GetInt32(), broken.Count);
        var power = broken.Single(static each => each.GetProperty("id").GetString() == "ACC-R03");
        Assert.EndsWith("estate.yaml", power.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.Equal(4, power.GetProperty("line").GetInt32());

        estate.Write("base.json", report);
        var former = Path.Combine(folder, "base.json");
        var known = (await RunAsync(0, "prove", folder, "--baseline", former)).Out;
        Assert.Contains($"Known from the baseline ({broken.Count + root.GetProperty("inconclusive").GetInt32()})", known,
            StringComparison.Ordinal);
        var ignores = broken.Select(static each => $"{each.GetProperty("id").GetString()} reason=a trial, until=2999-01-01");
        var ignored = await Tool.RunAsync("prove", folder, "--ignore", string.Join('\n', ignores.Distinct()));
        Assert.True(ignored.Exit is 0 or 4, ignored.Out + ignored.Error);
        Assert.Contains("a trial (until 2999-01-01)", ignored.Out, StringComparison.Ordinal);
        estate.Write("howdah.ignore", "ACC-R03 reason=a trial, until=2001-01-01");
        Assert.Contains("PRV-02", (await RunAsync(2, "prove", folder, "--baseline", former)).Out, StringComparison.Ordinal);
        await RunAsync(1, "prove", folder, "--ignore", "/nowhere");

        foreach (var format in (string[])["json", "junit", "sarif", "html"])
        {
            var file = Path.Combine(folder, $"proof.{format}");
            var told = (await RunAsync(2, "prove", folder, "--format", format, "--out", file)).Error;
            var hash = told[(told.IndexOf("SHA-256 ", StringComparison.Ordinal) + 8)..].Trim();
            Assert.Contains(hash, (await RunAsync(0, "evidence", "verify", file, "--sha256", hash)).Out, StringComparison.Ordinal);
            await RunAsync(2, "evidence", "verify", file, "--sha256", hash.Replace(hash[0], hash[0] == 'f' ? 'e' : 'f'));
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            estate.Write($"proof.{format}", text.Replace("evidence_app", "evidence_ape", StringComparison.Ordinal));
            var changed = (await RunAsync(2, "evidence", "verify", file)).Error;
            Assert.Contains("changed after it was made", changed, StringComparison.Ordinal);
            Assert.Contains("cannot be a baseline", (await RunAsync(1, "prove", folder, "--baseline", file)).Error,
                StringComparison.Ordinal);
            estate.Write($"proof.{format}", text.Replace("\n", "\r\n", StringComparison.Ordinal));
            Assert.Contains("line ends", (await RunAsync(2, "evidence", "verify", file)).Error, StringComparison.Ordinal);
        }
        estate.Write("proof.txt", known);
        Assert.Contains("text does not", (await RunAsync(2, "evidence", "verify", Path.Combine(folder, "proof.txt"))).Error,
            StringComparison.Ordinal);
    }

    static async Task<(int Exit, string Out, string Error)> RunAsync(int exit, params string[] arguments)
    {
        var ended = await Tool.RunAsync(arguments);
        Assert.True(ended.Exit == exit, $"{string.Join(' ', arguments)}: {ended.Exit} instead of {exit}\n{ended.Out}{ended.Error}");
        return ended;
    }
}
