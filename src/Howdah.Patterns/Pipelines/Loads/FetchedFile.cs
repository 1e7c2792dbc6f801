using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Howdah.Engine.Servers;
using Howdah.Loading;

namespace Howdah.Patterns.Pipelines;

/// <summary>A source that is a file of an npm package: taken out of it once, where it is not at hand, kept beside the estate, and known by
/// its hash. Nothing of the package is run.</summary>
static class FetchedFile
{
    /// <summary>What it is called, wherever it was found.</summary>
    internal static string Name(FetchWish wish) => $"npm:{wish.Package}/{wish.File}";

    /// <summary>Whether a file has its content.</summary>
    internal static async Task<bool> IsItAsync(string path, FetchWish wish, CancellationToken token)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, token)) == wish.Sha256;
    }

    /// <summary>Fetches it, unless it was fetched before.</summary>
    /// <param name="folder">The estate's folder.</param>
    /// <param name="wish">What it is.</param>
    /// <param name="missing">Where it was not found, for messages.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>Where it is.</returns>
    /// <exception cref="LoadException">It cannot be had, or is another than declared.</exception>
    internal static async Task<string> GetAsync(string folder, FetchWish wish, string missing, CancellationToken token)
    {
        var kept = Path.Combine(folder, ".howdah", "fetched", $"{wish.Sha256[..12]}-{Path.GetFileName(wish.File)}");
        if (File.Exists(kept) && await IsItAsync(kept, wish, token))
            return kept;
        if (Command.Find("npm") is not { } npm)
            throw new LoadException($"there is no file {missing}, and no npm that could fetch {Name(wish)}: install Node.js, or put "
                + "the file there");
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        var scratch = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(kept)!, $"npm-{Path.GetRandomFileName()}")).FullName;
        try
        {
            var outcome = await Command.RunAsync(npm,
                ["pack", "--silent", "--ignore-scripts", "--pack-destination", scratch, wish.Package], folder, token);
            if (outcome.Code != 0 || Directory.EnumerateFiles(scratch, "*.tgz").SingleOrDefault() is not { } package)
                throw new LoadException($"there is no file {missing}, and npm cannot fetch {wish.Package} (exit code {outcome.Code}: "
                    + $"{outcome.Output.Split('\n').LastOrDefault(static line => line.Trim().Length > 0, "it said nothing").Trim()})");
            var taken = Path.Combine(scratch, "file");
            await TakeAsync(package, wish, taken, token);
            if (!await IsItAsync(taken, wish, token))
                throw new LoadException($"{Name(wish)} is not the file that is declared: its SHA-256 is another");
            // Whole or not there: of two at once the later takes the place of the same bytes.
            File.Move(taken, kept, overwrite: true);
            return kept;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    static async Task TakeAsync(string package, FetchWish wish, string to, CancellationToken token)
    {
        await using var packed = File.OpenRead(package);
        await using var plain = new GZipStream(packed, CompressionMode.Decompress);
        await using var archive = new TarReader(plain);
        while (await archive.GetNextEntryAsync(copyData: false, token) is { } entry)
        {
            // Packages have one folder, mostly called package, with all in it.
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)
                || entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..] != wish.File)
                continue;
            await entry.ExtractToFileAsync(to, overwrite: false, token);
            return;
        }
        throw new LoadException($"the npm package {wish.Package} has no file {wish.File}");
    }
}
