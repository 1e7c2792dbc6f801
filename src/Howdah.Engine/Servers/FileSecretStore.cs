using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Howdah.Engine.Files;

namespace Howdah.Engine.Servers;

/// <summary>Secrets from the environment and from files, and generated ones kept in the estate's state folder, readable by its owner
/// alone.</summary>
public sealed class FileSecretStore(string stateFolder, string estateFolder) : SecretStore
{
    readonly Lock gate = new();
    readonly Dictionary<string, SecretRef> revealed = [];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, SecretRef> Revealed
    {
        get
        {
            lock (gate)
                return new Dictionary<string, SecretRef>(revealed);
        }
    }

    string StoreFile => Path.Combine(stateFolder, "secrets.json");

    /// <inheritdoc/>
    public override string? Reveal(string server, string role, SecretRef reference, out string? problem)
    {
        lock (gate)
        {
            problem = null;
            var secret = reference.Kind switch
            {
                "env" => Environment.GetEnvironmentVariable(reference.Name),
                "file" => FromFile(reference.Name),
                _ => Generated($"{server}/{role}"),
            };
            if (string.IsNullOrEmpty(secret))
            {
                problem = reference.Kind == "env"
                    ? $"{reference} is not set: export {reference.Name} and run again"
                    : $"{reference} cannot be read or is empty: put the secret into that file";
                return null;
            }
            revealed.TryAdd(secret, reference);
            revealed.TryAdd(Scram.Prepare(secret), reference);
            // A connection string holds a password, which a message may hold alone.
            if (role.Length == 0 && PasswordIn(secret) is { Length: > 0 } password)
                revealed.TryAdd(password, reference);
            return secret;
        }
    }

    static string? PasswordIn(string connection)
    {
        try
        {
            return ConnectionText.Parse(connection).Password;
        }
        catch (FormatException)
        {
            return null; // told where it is used
        }
    }

    string? FromFile(string name)
    {
        try
        {
            return File.ReadAllText(Path.Combine(estateFolder, name)).TrimEnd('\r', '\n');
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return null; // told by the caller, who knows the reference
        }
    }

    // Two processes may make secrets at once: neither may forget the other's.
    FileStream Alone()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new(Path.Combine(stateFolder, "secrets.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < 200)
            {
                // Held for as long as a small file is read and written.
                using var wait = new ManualResetEventSlim();
                wait.Wait(10);
            }
        }
    }

    string Generated(string key)
    {
        StateFolder.Ensure(stateFolder);
        using var only = Alone();
        var store = File.Exists(StoreFile) ? JsonNode.Parse(File.ReadAllText(StoreFile))!.AsObject() : [];
        if (store[key] is { } kept)
            return kept.GetValue<string>();
        // 24 random bytes; letters and digits only, so that no connection string has to escape it.
        var made = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        store[key] = made;
        StateFolder.Write(StoreFile, writer => store.WriteTo(writer));
        return made;
    }
}

/// <summary>The estate's state folder: ignored by git, closed to others.</summary>
static class StateFolder
{
    internal static void Ensure(string folder)
    {
        if (!Directory.Exists(folder))
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        var ignore = Path.Combine(folder, ".gitignore");
        if (!File.Exists(ignore))
            File.WriteAllText(ignore, "*\n");
    }

    /// <summary>Writes a file of mode 0600 as a whole or not at all.</summary>
    internal static void Write(string file, Action<Utf8JsonWriter> write)
    {
        Ensure(Path.GetDirectoryName(file)!);
        var temporary = $"{file}.{Environment.ProcessId}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            using var writer = new Utf8JsonWriter(stream, new() { Indented = true });
            write(writer);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, file, overwrite: true);
    }
}
