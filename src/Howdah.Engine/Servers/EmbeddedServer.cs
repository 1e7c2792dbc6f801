using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Howdah.Engine.Files;
using Npgsql;

namespace Howdah.Engine.Servers;

/// <summary>
/// A PostgreSQL server that Howdah makes, starts and stops for one estate: loopback only, SCRAM, data checksums, no Unix socket. What it
/// knows of
/// itself stands in <c>.howdah/SERVER.json</c>; its data beside it, or under /var/lib/howdah where root runs Howdah.
/// </summary>
sealed class EmbeddedServer
{
    /// <summary>The superuser that applies; made by initdb.</summary>
    internal const string Admin = "howdah_admin";

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    readonly Estate estate;
    readonly ServerSpec spec;
    readonly SecretStore secrets;

    internal EmbeddedServer(Estate estate, ServerSpec spec, SecretStore secrets)
    {
        this.estate = estate;
        this.spec = spec;
        this.secrets = secrets;
        var folder = OsUser.IsRoot
            ? Path.Combine("/var/lib/howdah", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(estate.StateFolder)))[..16])
            : estate.StateFolder;
        Folder = Path.Combine(folder, spec.Name);
    }

    /// <summary>How long another howdah may be busy with the same server.</summary>
    internal TimeSpan LockPatience { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Holds the data directory and the log.</summary>
    internal string Folder { get; }

    internal string LogFile => Path.Combine(Folder, "server.log");

    string Data => Path.Combine(Folder, "data");

    string StateFile => Path.Combine(estate.StateFolder, spec.Name + ".json");

    int Major => spec.Embedded!.Value;

    /// <summary>The connection string of <see cref="Admin"/>, or null where the server was never started.</summary>
    internal string? ConnectionString => Port is not { } port ? null : new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = Admin,
        Password = Password,
        Database = "postgres",
        Timeout = 5,
    }.ConnectionString;

    string Password => secrets.Reveal(spec.Name, Admin, new("generated", ""), out var problem)
        ?? throw new ServerUnavailableException(problem!);

    int? Port => File.Exists(StateFile) ? JsonNode.Parse(File.ReadAllText(StateFile))!["port"]?.GetValue<int>() : null;

    /// <summary>Whether it answers.</summary>
    internal async Task<bool> RunsAsync(CancellationToken token)
    {
        if (ConnectionString is not { } text || !File.Exists(Path.Combine(Data, "postmaster.pid")))
            return false;
        try
        {
            await using var connection = new NpgsqlConnection(text + ";Pooling=false");
            await connection.OpenAsync(token);
            return true;
        }
        catch (NpgsqlException)
        {
            return false; // not there, still starting, or somebody else's server on the port: all mean "not ours and running"
        }
    }

    /// <summary>Makes it if need be and starts it; does nothing where it runs.</summary>
    internal async Task StartAsync(IProgress<string>? progress, CancellationToken token)
    {
        if (await RunsAsync(token))
            return;
        StateFolder.Ensure(estate.StateFolder);
        await using var only = await OneAtATimeAsync(token);
        if (await RunsAsync(token))
            return;
        var bin = await PostgresBinaries.FindAsync(Major, progress, token);
        if (!File.Exists(Path.Combine(Data, "PG_VERSION")))
            await MakeAsync(bin, progress, token);
        else if (File.ReadAllText(Path.Combine(Data, "PG_VERSION")).Trim() is var there
            && there != Major.ToString(CultureInfo.InvariantCulture))
            throw new ServerUnavailableException(
                $"the embedded server `{spec.Name}` holds data of PostgreSQL {there}, but the estate wants {Major}: write embedded: "
                    + $"{there}, or howdah down --purge to begin anew");
        await LaunchAsync(bin, progress, token);
    }

    /// <summary>Stops it; ends its sessions. Does nothing where it does not run.</summary>
    internal async Task StopAsync(CancellationToken token)
    {
        if (!Directory.Exists(estate.StateFolder))
            return;
        await using var only = await OneAtATimeAsync(token);
        await StopLockedAsync(token);
    }

    /// <summary>Stops it and deletes its data.</summary>
    internal async Task PurgeAsync(CancellationToken token)
    {
        if (!Directory.Exists(estate.StateFolder))
            return;
        await using var only = await OneAtATimeAsync(token);
        await StopLockedAsync(token);
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        File.Delete(StateFile);
    }

    async Task StopLockedAsync(CancellationToken token)
    {
        RemoveStalePid();
        if (Postmaster is not { } pid)
            return;
        if (OperatingSystem.IsLinux() && !Directory.Exists($"/proc/{pid}"))
        {
            // The postmaster was killed; its backends notice and end by themselves. Data may go only once they have.
            for (var i = 0; i < 50 && Backends(); i++)
                await Task.Delay(200, token);
            if (Backends())
                throw new ServerUnavailableException(
                    $"the embedded server `{spec.Name}` was killed and a session of it still works: end it and try again");
            return;
        }
        var bin = await PostgresBinaries.FindAsync(Major, null, token);
        var outcome = await OsUser.RunAsync(Path.Combine(bin, "pg_ctl"), ["stop", "-D", Data, "-m", "fast", "-w", "-t", "60"], token);
        if (outcome.Code != 0)
            throw new ServerUnavailableException($"the embedded server `{spec.Name}` does not stop: {LastLine(outcome.Output)}");
    }

    // Every process of a server works in its data folder.
    bool Backends() => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget == Data;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    async Task MakeAsync(string bin, IProgress<string>? progress, CancellationToken token)
    {
        progress?.Report($"making a PostgreSQL {Major} server for `{estate.Name}`");
        if (Directory.Exists(Data))
            Directory.Delete(Data, recursive: true); // initdb was cut off: without PG_VERSION nothing was ever in it
        Directory.CreateDirectory(Folder);
        var secret = Path.Combine(Folder, "initial-password");
        StateFolder.Write(secret, writer => writer.WriteRawValue(Password, skipInputValidation: true));
        try
        {
            await OsUser.OwnAsync(Folder, token);
            var outcome = await OsUser.RunAsync(Path.Combine(bin, "initdb"),
            [
                "-D", Data, "-U", Admin, "--pwfile", secret, "--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8",
                    "--locale=C.UTF-8",
            ], token);
            // C.UTF-8 is not everywhere (macOS); plain C is.
            if (outcome.Code != 0 && outcome.Output.Contains("locale", StringComparison.Ordinal))
                outcome = await OsUser.RunAsync(Path.Combine(bin, "initdb"),
                    ["-D", Data, "-U", Admin, "--pwfile", secret, "--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8",
                        "--locale=C"], token);
            if (outcome.Code != 0)
                throw new ServerUnavailableException($"PostgreSQL's initdb failed: {LastLine(outcome.Output)}");
        }
        finally
        {
            File.Delete(secret);
        }
    }

    async Task LaunchAsync(string bin, IProgress<string>? progress, CancellationToken token)
    {
        progress?.Report($"starting PostgreSQL {Major}");
        RemoveStalePid();
        var port = Port is { } kept && IsFree(kept) ? kept : FreePort();
        StateFolder.Write(StateFile, writer => new JsonObject { ["port"] = port, ["data"] = Data, ["major"] = Major }.WriteTo(writer));
        // A log that tells rows, so that tenants can be moved while they are written to. Client checks end what a killed client left
        // running; logs keep no statement texts, where a secret could stand.
        string[] settings =
        [
            $"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "password_encryption=scram-sha-256",
            "wal_level=logical", "client_connection_check_interval=1s", "log_min_error_statement=panic", "log_statement=none",
                "log_min_duration_statement=-1",
        ];
        var options = string.Join(' ', settings.Select(setting => $"-c {setting}"));
        var outcome = await OsUser.RunAsync(Path.Combine(bin, "pg_ctl"),
            ["start", "-D", Data, "-l", LogFile, "-w", "-t", "60", "-o", options], token);
        if (outcome.Code != 0)
            throw new ServerUnavailableException(
                $"the embedded server `{spec.Name}` does not start: {LastLine(LastLog(outcome.Output))} (log: {LogFile})");
        if (!await RunsAsync(token))
            throw new ServerUnavailableException($"the embedded server `{spec.Name}` started but does not let {Admin} in (log: {LogFile})");
    }

    // After a reboot the file may name a process that only has the same number, which would keep PostgreSQL from starting. A file whose
    // process is
    // gone stays: PostgreSQL clears it itself once it has made sure, by the shared memory it names, that no backend has outlived its
    // postmaster.
    void RemoveStalePid()
    {
        var file = Path.Combine(Data, "postmaster.pid");
        if (OperatingSystem.IsLinux() && Postmaster is { } pid && Directory.Exists($"/proc/{pid}") && !IsOurs(pid))
            File.Delete(file);
    }

    int? Postmaster => Path.Combine(Data, "postmaster.pid") is var file && File.Exists(file)
        && int.TryParse(File.ReadLines(file).FirstOrDefault(), out var pid) ? pid : null;

    bool IsOurs(int pid)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{pid}/cmdline");
            return arguments.Contains("postgres", StringComparison.Ordinal) && arguments.Contains(Data, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    async Task<FileStream> OneAtATimeAsync(CancellationToken token)
    {
        var file = Path.Combine(estate.StateFolder, "lock");
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited < LockPatience)
            {
                await Task.Delay(Pause, token); // another howdah starts the same server; its end is what we wait for
            }
            catch (IOException held)
            {
                throw new ServerUnavailableException(
                    $"the embedded server `{spec.Name}` cannot be started or stopped: another howdah has been at it for "
                        + $"{LockPatience.TotalSeconds:0} s; wait until it has ended or end it, then try again "
                        + $"(its lock: {file}; {held.Message})");
            }
        }
    }

    static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    string LastLog(string fallback) => File.Exists(LogFile) ? File.ReadAllText(LogFile) : fallback;

    static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .LastOrDefault()?.Trim() ?? "it gave no reason";
}
