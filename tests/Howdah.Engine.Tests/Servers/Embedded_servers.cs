using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Howdah.Engine.Files;
using Howdah.Engine.Servers;
using Npgsql;
using Xunit;

namespace Howdah.Engine.Tests.Servers;

public sealed class Embedded_servers : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("howdah-embedded-").FullName;

    [Fact]
    public async Task start_survive_kill_9_restart_stop_and_purge()
    {
        var (estate, secrets) = Declare();
        var server = new EmbeddedServer(estate, estate.Servers["main"], secrets);
        await server.StartAsync(null, CancellationToken.None);
        Assert.True(await server.RunsAsync(CancellationToken.None));
        await server.StartAsync(null, CancellationToken.None); // again: nothing to do
        await ExecuteAsync(server, "create table kept as select 7 as x");
        Assert.Equal("on", await ScalarAsync(server, "show data_checksums"));
        Assert.Equal("127.0.0.1", await ScalarAsync(server, "show listen_addresses"));

        Process.GetProcessById(Pid(server)).Kill();
        await server.StartAsync(null, CancellationToken.None);
        Assert.Equal(7, await ScalarAsync(server, "select x from kept"));

        await server.StopAsync(CancellationToken.None);
        Assert.False(await server.RunsAsync(CancellationToken.None));
        await server.StopAsync(CancellationToken.None);

        // A pid file from before a reboot, whose number another process has now.
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "data/postmaster.pid"),
            Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        await server.StartAsync(null, CancellationToken.None);
        Assert.Equal(7, await ScalarAsync(server, "select x from kept"));

        await server.PurgeAsync(CancellationToken.None);
        Assert.False(Directory.Exists(server.Folder));
    }

    [Fact]
    public async Task Two_starts_at_once_make_one_server()
    {
        var (estate, secrets) = Declare();
        var one = new EmbeddedServer(estate, estate.Servers["main"], secrets);
        var two = new EmbeddedServer(estate, estate.Servers["main"], new FileSecretStore(estate.StateFolder, estate.Folder));
        await Task.WhenAll(one.StartAsync(null, CancellationToken.None), two.StartAsync(null, CancellationToken.None));
        Assert.Equal(one.ConnectionString, two.ConnectionString);
        await one.PurgeAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_start_that_another_holds_up_says_so()
    {
        var (estate, secrets) = Declare();
        StateFolder.Ensure(estate.StateFolder);
        await using var held = new FileStream(Path.Combine(estate.StateFolder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
            FileShare.None);
        var server = new EmbeddedServer(estate, estate.Servers["main"], secrets) { LockPatience = TimeSpan.FromMilliseconds(300) };
        var stopped = await Assert.ThrowsAsync<ServerUnavailableException>(() => server.StartAsync(null, CancellationToken.None));
        Assert.Contains("another howdah has been at it", stopped.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_are_made_once_and_closed_to_others()
    {
        var (estate, secrets) = Declare();
        var made = secrets.Reveal("main", "app", new("generated", ""), out _);
        Assert.Equal(made, new FileSecretStore(estate.StateFolder, estate.Folder).Reveal("main", "app", new("generated", ""), out _));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(estate.StateFolder, "secrets.json")));
        Assert.Null(secrets.Reveal("main", "app", new("env", "HOWDAH_NO_SUCH_VARIABLE"), out var problem));
        Assert.Contains("${env:HOWDAH_NO_SUCH_VARIABLE}", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pencil")]
    [InlineData("")]
    [InlineData("pass word ü ß 漢字")]
    public void A_verifier_matches_its_password_and_no_other(string password)
    {
        var verifier = Scram.Verifier(password, RandomNumberGenerator.GetBytes(16));
        Assert.True(Scram.Matches(verifier, password));
        Assert.False(Scram.Matches(verifier, password + "x"));
        Assert.False(Scram.Matches("md5" + new string('0', 32), password));
    }

    [Fact]
    public void A_verifier_is_the_one_of_RFC_7677() =>
        // The RFC's exchange: user `user`, password `pencil`, salt W22ZaJ0SNY7soEsUEjb6gQ==, 4096 iterations; keys derived from it.
        Assert.StartsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:",
            Scram.Verifier("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ==")), StringComparison.Ordinal);

    [Fact]
    public void Both_spellings_of_a_connection_string_are_read()
    {
        var link = ConnectionText.Parse("postgresql://us%40er:p%2Fw@db.example:6000/my%20db?sslmode=verify-full&application_name=x");
        Assert.Equal(("us@er", "p/w", "db.example", 6000, "my db", SslMode.VerifyFull),
            (link.Username, link.Password, link.Host, link.Port, link.Database, link.SslMode));
        Assert.Equal("h", ConnectionText.Parse("Host=h;Username=u").Host);
        Assert.DoesNotContain("hunter2", Assert.Throws<FormatException>(() => ConnectionText.Parse("hunter2")).Message,
            StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    (Estate, SecretStore) Declare()
    {
        var server = new ServerSpec("main", 18, null, new Dictionary<string, object>());
        var estate = new Estate("embedded", Path.Combine(folder, "estate.yaml"), new Dictionary<string, ServerSpec> { ["main"] = server },
            [],
            new Dictionary<string, object>(), "");
        return (estate, new FileSecretStore(estate.StateFolder, estate.Folder));
    }

    static int Pid(EmbeddedServer server) =>
        int.Parse(File.ReadLines(Path.Combine(server.Folder, "data/postmaster.pid")).First(), CultureInfo.InvariantCulture);

    static async Task ExecuteAsync(EmbeddedServer server, string sql) => await ScalarAsync(server, sql);

    static async Task<object?> ScalarAsync(EmbeddedServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
