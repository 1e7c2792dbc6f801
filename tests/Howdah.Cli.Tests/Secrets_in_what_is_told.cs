using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Howdah.Cli.Output;
using Howdah.Engine.Files;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class Secrets_in_what_is_told
{
    const string Hostile = "it's \"7Q\" <x>&\\ ü%20+end";

    [Fact]
    public void Give_way_to_their_references_the_longest_first()
    {
        var revealed = new Dictionary<string, SecretRef>
        {
            ["hunter2-long"] = new("env", "APP"), ["Host=h;Password=hunter2-long"] = new("env", "URL"), ["abc"] = new("env", "SHORT"),
        };
        Assert.Equal("${env:URL} and ${env:APP}, abc", SecretMask.Apply("Host=h;Password=hunter2-long and hunter2-long, abc", revealed));
    }

    [Theory, InlineData(15), InlineData(18)]
    public async Task Are_masked_however_a_format_spells_them(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, """
            howdah: 1
            estate: masked
            SERVERS
            roles: { masked_owner: {}, masked_app: { login: true, password: "${file:secret}" } }
            databases:
              masked: { server: main, owner: masked_owner, grants: [{ to: masked_app, on: { database: true }, privileges: [connect] }] }
            """);
        estate.Write("secret", Hostile);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(estate.Folder, "secret"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (exit, output, error) = await Tool.RunAsync("apply", estate.Folder);
        Assert.True(exit == 0, output + error);
        var literal = Hostile.Replace("'", "''", StringComparison.Ordinal);
        foreach (var format in (string[])["csv", "table", "json"])
        {
            (exit, output, error) = await Tool.RunAsync("sql", estate.Folder, "--as", "masked_app", "--format", format,
                $"select '{literal}' as x");
            Assert.True(exit == 0, error);
            Assert.Contains("${file:secret}", output, StringComparison.Ordinal);
            Assert.DoesNotContain("7Q", output + error, StringComparison.Ordinal);
            if (format == "json")
                Assert.Equal("${file:secret}", JsonDocument.Parse(output).RootElement[0].GetProperty("x").GetString());
        }
        // Asked for, it is given so that each reader gets it whole.
        Assert.Equal("1", await ShAsync("psql -X -At -c 'select 1' \"$1\"", await DsnAsync(estate, "uri")));
        Assert.Equal("1", await ShAsync("set -a; eval \"$1\"; psql -X -At -c 'select 1'", await DsnAsync(estate, "env")));
        await using (var login = new NpgsqlConnection(await DsnAsync(estate, "npgsql")))
            await login.OpenAsync(TestContext.Current.CancellationToken);
        // An error of the server that quotes it, told for people.
        (exit, output, error) = await Tool.RunAsync("sql", estate.Folder, "--as", "masked_app", $"select '{literal}'::int");
        Assert.Equal(1, exit);
        Assert.Contains("${file:secret}", error, StringComparison.Ordinal);
        Assert.DoesNotContain("7Q", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_connection_stay_out_of_the_failure_to_connect()
    {
        using var folder = new TempFolder();
        folder.Write("estate.yaml", "howdah: 1\nestate: away\nservers: { main: { connection: \"${file:url}\" } }\ndatabases: {}\n");
        foreach (var url in (string[])["postgresql://me:marker-9Zk@127.0.0.1:1/x", "Host=127.0.0.1;Port=1;Username=me;Password=marker-9Zk",
            "Host=127.0.0.1;Pasword=marker-9Zk", "marker-9Zk", "postgresql://me:marker-9Zk@127.0.0.1:marker-9Zk/x"])
        {
            folder.Write("url", url);
            var (exit, output, error) = await Tool.RunAsync("plan", folder.Path, "--verbose");
            Assert.Equal(1, exit);
            Assert.DoesNotContain("marker-9Zk", output + error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stand_in_no_output_log_journal_or_process_list_of_a_first_hour()
    {
        using var folder = new TempFolder();
        var seen = new ConcurrentDictionary<string, bool>();
        using var over = new CancellationTokenSource();
        var watch = Task.Run(() => WatchProcesses(seen, over.Token), TestContext.Current.CancellationToken);
        var told = "";
        try
        {
            foreach (var line in (string[])["init", "up", "plan --verbose", "plan --json", "plan --sql", "apply --verbose",
                "prove --format json", "doctor", "tenant list --dir", "migrate status --dir", "down", "up --verbose"])
            {
                var words = line.Split(' ');
                var at = words[0] is "tenant" or "migrate" ? 3 : 1;
                var (exit, output, error) = await Tool.RunAsync([.. words[..at], folder.Path, .. words[at..]]);
                if (exit != 0 && error.Contains("install", StringComparison.Ordinal))
                    Assert.Skip(error);
                Assert.True(exit is 0 or 4, $"{line}: {exit}\n{output}{error}");
                told += output + error;
            }
            var journal = await Tool.RunAsync("sql", folder.Path, "--database", "shop", "--format", "json",
                "select row_to_json(j)::text from howdah.journal j");
            Assert.True(journal.Exit == 0, journal.Error);
            told += journal.Out;
            await over.CancelAsync();
            await watch;
            var secrets = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, ".howdah/secrets.json"),
                TestContext.Current.CancellationToken)).RootElement.EnumerateObject().Select(each => each.Value.GetString()!).ToList();
            Assert.True(secrets.Count > 1);
            var data = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder.Path, ".howdah/main.json"),
                TestContext.Current.CancellationToken)).RootElement.GetProperty("data").GetString()!;
            var log = await File.ReadAllTextAsync(Path.Combine(data, "../server.log"), TestContext.Current.CancellationToken);
            Assert.Contains(seen.Keys, each => each.Contains("initdb", StringComparison.Ordinal)); // the watch saw something
            foreach (var secret in secrets)
            {
                Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
                Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
                Assert.DoesNotContain(seen.Keys, each => each.Contains(secret, StringComparison.Ordinal));
            }
        }
        finally
        {
            await over.CancelAsync();
            await Tool.RunAsync("down", folder.Path, "--purge");
        }
    }

    static async Task<string> DsnAsync(EstateHarness estate, string format)
    {
        var (exit, output, error) = await Tool.RunAsync("dsn", estate.Folder, "--as", "masked_app", "--format", format);
        Assert.True(exit == 0, error);
        return output.TrimEnd('\n');
    }

    static async Task<string> ShAsync(string script, string argument)
    {
        var (exit, output, error) = await Tool.EndAsync(Process.Start(new ProcessStartInfo("sh", ["-c", script, "sh", argument])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!);
        Assert.True(exit == 0, error);
        return output.Trim();
    }

    static void WatchProcesses(ConcurrentDictionary<string, bool> seen, CancellationToken token)
    {
        while (OperatingSystem.IsLinux() && !token.WaitHandle.WaitOne(2))
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(each => char.IsAsciiDigit(Path.GetFileName(each)[0])))
            {
                try
                {
                    seen.TryAdd(File.ReadAllText(Path.Combine(process, "cmdline")), true);
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // Ended between the list and the look.
                }
            }
        }
    }
}
