using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Diagnostics;
using System.Security.Cryptography;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Testing;

/// <summary>
/// A real PostgreSQL for tests: loopback, a free port, SCRAM, no fsync. It ends with the test process, however that ends: a shell waits for
/// the process to be gone and then stops the server and deletes its data.
/// </summary>
sealed class TestServer
{
    const string Password = "test-superuser-password";
    static readonly ConcurrentDictionary<int, Lazy<Task<TestServer>>> Shared = new();
    static readonly ConcurrentDictionary<int, Lazy<Task<string>>> Templates = new();
    // Held, so that their pipes stay open as long as this process lives.
    static readonly ConcurrentBag<Process> Watchers = [];
    static int counter;

    TestServer(int major, int port, string folder, string bin)
    {
        Major = major;
        Port = port;
        Folder = folder;
        Bin = bin;
    }

    internal int Major { get; }
    internal int Port { get; }
    internal string Folder { get; }
    internal string Bin { get; }
    internal string Data => Path.Combine(Folder, "data");
    internal string Log => Path.Combine(Folder, "server.log");

    /// <summary>The server that all tests of this process share.</summary>
    internal static Task<TestServer> GetAsync(int major) =>
        Shared.GetOrAdd(major, static version => new(async () => (await StartOwnAsync(version)).Keep())).Value;

    /// <summary>Told of each server that was started; who listens may end it with its test.</summary>
    internal static Action<TestServer>? Started { get; set; }

    /// <summary>Whether it outlives the test that started it.</summary>
    internal bool Kept { get; private set; }

    /// <summary>Lets it live on for other tests.</summary>
    internal TestServer Keep()
    {
        Kept = true;
        return this;
    }

    /// <summary>A server for one test: for tests of roles and of whole servers; its data in folder <paramref name="on"/>.</summary>
    internal static async Task<TestServer> StartOwnAsync(int major, string? on = null)
    {
        string bin;
        try
        {
            bin = await PostgresBinaries.FindAsync(major, null, CancellationToken.None);
        }
        catch (ServerUnavailableException missing)
        {
            Xunit.Assert.Skip(missing.Message);
            throw;
        }
        var template = await Templates.GetOrAdd(major, version => new(() => MakeTemplateAsync(version, bin))).Value;
        var server = new TestServer(major, FreePort(), NewFolder(on), bin);
        await RunAsync("cp", "-a", Path.Combine(template, "data"), server.Data);
        if (OsUser.IsRoot)
            await OsUser.OwnAsync(server.Folder, CancellationToken.None);
        await server.StartAsync();
        Watch(server);
        Started?.Invoke(server);
        return server;
    }

    internal string ConnectionString(string database = "postgres") => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = "howdah_admin",
        Password = Password,
        Database = database,
        Pooling = false,
        Timeout = 15,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>What a test gives a role that logs in often, in place of the password: a login takes 4,096 rounds otherwise, which were a
    /// sixth of the tests' own processor time, for connections are not pooled.</summary>
    internal static string Verifier(string password) => Scram.Verifier(password, RandomNumberGenerator.GetBytes(16), 1);

    internal async Task<NpgsqlConnection> OpenAsync(string database = "postgres")
    {
        var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        return connection;
    }

    // Without asking for the database's own types.
    Task<NpgsqlConnection> OpenPlainAsync(string database) =>
        ServerAccess.OpenAsync(ConnectionString(database), CancellationToken.None, types: false);

    /// <summary>Runs SQL as the superuser.</summary>
    internal async Task ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = await OpenPlainAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value of a query as the superuser.</summary>
    internal async Task<T?> ScalarAsync<T>(string sql, string database = "postgres")
    {
        await using var connection = await OpenPlainAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>A new, empty database.</summary>
    internal async Task<string> CreateDatabaseAsync(string? name = null)
    {
        name ??= $"test_{Environment.ProcessId}_{Interlocked.Increment(ref counter)}";
        await ExecuteAsync($"create database \"{name}\" template template0");
        return name;
    }

    internal async Task StartAsync()
    {
        var options = string.Join(' ', ((string[])[$"port={Port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off",
            "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "client_connection_check_interval=200ms",
            "shared_buffers=32MB", "autovacuum=off", "max_wal_size=4GB", "jit=off"]).Select(setting => $"-c {setting}"));
        var outcome = await OsUser.RunAsync(Path.Combine(Bin, "pg_ctl"), ["start", "-D", Data, "-l", Log, "-w", "-t", "60", "-o", options],
            CancellationToken.None);
        if (outcome.Code != 0)
            throw new InvalidOperationException(
                $"test server {Major} did not start: {outcome.Output}\n{(File.Exists(Log) ? File.ReadAllText(Log) : "")}");
    }

    /// <summary>Stops it; <c>immediate</c> is a crash.</summary>
    internal Task StopAsync(string mode = "immediate") =>
        OsUser.RunAsync(Path.Combine(Bin, "pg_ctl"), ["stop", "-D", Data, "-m", mode, "-w"], CancellationToken.None);

    /// <summary>Stops it for good and frees its disk; nobody needs it any more.</summary>
    internal async Task EndAsync()
    {
        await StopAsync();
        await Command.RunAsync("rm", ["-rf", Folder], null, CancellationToken.None);
    }

    static async Task<string> MakeTemplateAsync(int major, string bin)
    {
        var folder = NewFolder();
        var secret = Path.Combine(folder, "password");
        await File.WriteAllTextAsync(secret, Verifier(Password));
        await OsUser.OwnAsync(folder, CancellationToken.None);
        var outcome = await OsUser.RunAsync(Path.Combine(bin, "initdb"),
            ["-D", Path.Combine(folder, "data"), "-U", "howdah_admin", "--pwfile", secret, "--auth=scram-sha-256", "--encoding=UTF8",
                "--locale=C.UTF-8", "--no-sync"],
            CancellationToken.None);
        if (outcome.Code != 0)
            throw new InvalidOperationException($"initdb {major} failed: {outcome.Output}");
        Watch(folder, "true");
        return folder;
    }

    static void Watch(TestServer server)
    {
        // The postmaster's own pid file says whom to end: immediate shutdown is enough, the data goes too.
        Watch(server.Folder, $"kill -QUIT $(head -1 '{server.Data}/postmaster.pid') 2>/dev/null; sleep 1");
    }

    internal static void Watch(string folder, string end)
    {
        // The pipe to its input ends with this process, however that ends. Looking every second cost more than the tests, with 200 servers.
        var watcher = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", $"read -r gone; {end}; rm -rf '{folder}'"])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        if (watcher is not null)
            Watchers.Add(watcher);
    }

    // HOWDAH_TEST_DATA is a folder in memory where ./test finds room for one: on a disk, making and deleting the files of hundreds of
    // databases took a third of all processor time.
    internal static string NewFolder(string? on = null)
    {
        var folder = on is not null ? Directory.CreateDirectory(Path.Combine(on, "pg")).FullName
            : Environment.GetEnvironmentVariable("HOWDAH_TEST_DATA") is { Length: > 0 } data
                ? Directory.CreateDirectory(Path.Combine(data,
                    $"howdah-pg-{Environment.ProcessId}-{Interlocked.Increment(ref counter)}")).FullName
            : Directory.CreateTempSubdirectory("howdah-pg-").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute);
        return folder;
    }

    static async Task RunAsync(string program, params string[] arguments)
    {
        var outcome = await Command.RunAsync(program, arguments, null, CancellationToken.None);
        if (outcome.Code != 0)
            throw new InvalidOperationException($"{program}: {outcome.Output}");
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
