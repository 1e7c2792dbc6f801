namespace Howdah.Engine.Servers;

/// <summary>
/// Who runs embedded servers. PostgreSQL refuses to run as root, so root hands it to another account: <c>postgres</c> where it exists, else
/// a
/// system account <c>howdah</c> that is made once. What that account must reach lies outside root's home, under /var.
/// </summary>
static class OsUser
{
    static string? chosen;

    internal static bool IsRoot => Environment.UserName == "root" && !OperatingSystem.IsWindows();

    /// <summary>Where fetched binaries are kept.</summary>
    internal static string CacheFolder => IsRoot
        ? "/var/cache/howdah"
        : Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "howdah");

    /// <summary>Runs a program as the account that runs servers.</summary>
    internal static async Task<Command.Outcome> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken token)
    {
        if (!IsRoot)
            return await Command.RunAsync(program, arguments, null, token);
        var name = await NameAsync(token);
        return await Command.RunAsync("setpriv", [$"--reuid={name}", $"--regid={name}", "--clear-groups", "--", program, .. arguments],
            "/", token);
    }

    /// <summary>Gives a file or folder to the account that runs servers.</summary>
    internal static async Task OwnAsync(string path, CancellationToken token)
    {
        if (!IsRoot)
            return;
        var name = await NameAsync(token);
        var outcome = await Command.RunAsync("chown", ["-R", $"{name}:{name}", path], null, token);
        if (outcome.Code != 0)
            throw new ServerUnavailableException($"cannot give {path} to the account {name}: {outcome.Output}");
    }

    static async Task<string> NameAsync(CancellationToken token)
    {
        if (chosen is not null)
            return chosen;
        foreach (var name in (string[])["postgres", "howdah"])
        {
            if ((await Command.RunAsync("id", ["-u", name], null, token)).Code == 0)
                return chosen = name;
        }
        var made = await Command.RunAsync("useradd",
            ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "howdah"], null, token);
        return made.Code == 0
            ? chosen = "howdah"
            : throw new ServerUnavailableException(
                $"PostgreSQL may not run as root, and the system account `howdah` could not be made ({made.Output}): make it, or run "
                    + $"howdah as another user");
    }
}
