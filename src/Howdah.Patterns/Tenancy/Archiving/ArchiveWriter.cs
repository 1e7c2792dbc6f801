using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>Writes an archive: under another name until it is whole, and readable by its owner only.</summary>
sealed class ArchiveWriter : IAsyncDisposable
{
    readonly string path;
    readonly FileStream file;
    readonly ZipArchive zip;
    bool done;

    ArchiveWriter(string path, FileStream file)
    {
        this.path = path;
        this.file = file;
        zip = new(file, ZipArchiveMode.Create, leaveOpen: true);
    }

    /// <summary>Begins an archive.</summary>
    /// <exception cref="ArchiveException">There is a file of that name.</exception>
    internal static ArchiveWriter Begin(string path)
    {
        if (File.Exists(path) || Directory.Exists(path))
            throw new ArchiveException($"{path} is there already: name another file with --out, or remove that one");
        var half = Half(path);
        File.Delete(half); // of a run that was killed
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, new(half, options));
    }

    /// <summary>Writes one file from a stream as it comes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="from">The stream.</param>
    /// <param name="gate">Sees every piece.</param>
    /// <param name="token">Cancels.</param>
    internal async Task<(long Bytes, string Sha256)> AddAsync(string name, Stream from, RowGate gate, CancellationToken token)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        var buffer = new byte[256 * 1024];
        var bytes = 0L;
        while (await from.ReadAsync(buffer, token) is > 0 and var count)
        {
            gate.Pass(buffer.AsSpan(0, count));
            hash.AppendData(buffer, 0, count);
            await entry.WriteAsync(buffer.AsMemory(0, count), token);
            bytes += count;
        }
        gate.End();
        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Writes the manifest, and gives the archive its name once the disk has it.</summary>
    /// <returns>The manifest's hash.</returns>
    internal async Task<string> FinishAsync(ArchiveManifest manifest, CancellationToken token)
    {
        var json = manifest.Write();
        await using (var entry = zip.CreateEntry(ArchiveManifest.Entry, CompressionLevel.Optimal).Open())
            await entry.WriteAsync(json, token);
        zip.Dispose();
        file.Flush(flushToDisk: true);
        await file.DisposeAsync();
        File.Move(Half(path), path);
        done = true;
        return Convert.ToHexStringLower(SHA256.HashData(json));
    }

    internal static string EntryOf(int index) => string.Create(CultureInfo.InvariantCulture, $"tables/{index + 1:0000}.copy");

    static string Half(string path) => $"{path}.part";

    public async ValueTask DisposeAsync()
    {
        if (done)
            return;
        // Not disposed of: that would write a directory, and make a half archive look whole.
        await file.DisposeAsync();
        File.Delete(Half(path));
    }
}
