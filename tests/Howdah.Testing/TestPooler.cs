using System.Net;
using System.Net.Sockets;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Testing;

/// <summary>
/// A real PgBouncer in front of a test server: loopback, a free port, SCRAM, as the account that runs servers. It ends with the test
/// process,
/// however that ends, or when disposed.
/// </summary>
sealed class TestPooler : IAsyncDisposable
{
    const string Program = "/usr/sbin/pgbouncer";
    readonly string folder;
    readonly TestServer server;
    readonly int port;

    TestPooler(TestServer server, string folder, int port)
    {
        this.server = server;
        this.folder = folder;
        this.port = port;
    }

    /// <summary>Which one it is: what a pooler can keep depends on it.</summary>
    internal Version Version { get; private set; } = new();

    /// <summary>What it wrote.</summary>
    internal string Log => File.ReadAllText(Path.Combine(folder, "log"));

    /// <summary>Starts one; the test is skipped where there is no PgBouncer.</summary>
    /// <param name="server">In front of which.</param>
    /// <param name="logins">Passwords by role.</param>
    /// <param name="settings">Lines of the section <c>[pgbouncer]</c> besides where and for whom.</param>
    internal static async Task<TestPooler> StartAsync(TestServer server, IReadOnlyDictionary<string, string> logins,
        params string[] settings)
    {
        if (!File.Exists(Program))
            Xunit.Assert.Skip($"there is no {Program}: apt-get install pgbouncer");
        var pooler = new TestPooler(server, TestServer.NewFolder(), TestServer.FreePort());
        string In(string name) => Path.Combine(pooler.folder, name);
        await File.WriteAllLinesAsync(In("users"), logins.Select(static login => $"\"{login.Key}\" \"{login.Value}\""));
        await File.WriteAllLinesAsync(In("ini"),
        [
            "[databases]", $"* = host=127.0.0.1 port={server.Port}", "[pgbouncer]", "listen_addr = 127.0.0.1",
            $"listen_port = {pooler.port}",
            "unix_socket_dir =", "auth_type = scram-sha-256", $"auth_file = {In("users")}", $"logfile = {In("log")}",
            $"pidfile = {In("pid")}", .. settings,
        ]);
        await OsUser.OwnAsync(pooler.folder, CancellationToken.None);
        var said = await Command.RunAsync(Program, ["--version"], null, CancellationToken.None);
        pooler.Version = Version.Parse(said.Output.Split('\n')[0].Split(' ')[1]);
        var outcome = await OsUser.RunAsync(Program, ["-q", "-d", In("ini")], CancellationToken.None);
        if (outcome.Code != 0)
            throw new InvalidOperationException($"PgBouncer did not start: {outcome.Output}\n{(File.Exists(In("log")) ? pooler.Log : "")}");
        // It goes into the background before it listens.
        await Patience.UntilAsync("PgBouncer listens", pooler.ListensAsync);
        TestServer.Watch(pooler.folder, $"kill $(cat '{In("pid")}') 2>/dev/null");
        return pooler;
    }

    async Task<bool> ListensAsync()
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException) when (!File.Exists(Path.Combine(folder, "log")) || !Log.Contains("FATAL", StringComparison.Ordinal))
        {
            return false;
        }
    }

    internal string ConnectionString(string database, string role, string password) =>
        new NpgsqlConnectionStringBuilder(server.ConnectionString(database)) { Port = port, Username = role, Password = password }
            .ConnectionString;

    /// <summary>Ends it at once.</summary>
    public async ValueTask DisposeAsync()
    {
        var file = Path.Combine(folder, "pid");
        if (File.Exists(file))
            await Command.RunAsync("kill", [(await File.ReadAllTextAsync(file)).Trim()], null, CancellationToken.None);
    }
}
