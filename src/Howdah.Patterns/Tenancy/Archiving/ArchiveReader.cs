using System.IO.Compression;
using System.Security.Cryptography;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>
/// Reads an archive that may have been made to do harm. Nothing is unpacked to disk; no name in it becomes a path; nothing is read beyond
/// the size that the manifest tells; and no row is used before every hash was compared.
/// </summary>
sealed class ArchiveReader : IDisposable
{
    const int MostManifest = 64 * 1024 * 1024;
    const int MostEntries = 20_000;

    readonly string path;
    readonly ZipArchive zip;

    ArchiveReader(string path, ZipArchive zip, ArchiveManifest manifest, string sha256)
    {
        this.path = path;
        this.zip = zip;
        Manifest = manifest;
        Sha256 = sha256;
    }

    internal ArchiveManifest Manifest { get; }

    /// <summary>Of the manifest.</summary>
    internal string Sha256 { get; }

    /// <summary>Opens an archive and reads its manifest.</summary>
    /// <exception cref="ArchiveException">It is none, or not as it was written.</exception>
    internal static async Task<ArchiveReader> OpenAsync(string path, ArchiveOptions options, CancellationToken token)
    {
        ZipArchive? zip = null;
        try
        {
            zip = new(File.OpenRead(path), ZipArchiveMode.Read);
            if (zip.Entries.Count > MostEntries)
                throw new ArchiveException($"{path}: more than {MostEntries} files are in it");
            var entry = zip.GetEntry(ArchiveManifest.Entry)
                ?? throw new ArchiveException($"{path} has no {ArchiveManifest.Entry}: it is not an archive of a tenant");
            if (entry.Length > MostManifest)
                throw new ArchiveException($"{path}: its manifest is larger than any manifest");
            var json = new MemoryStream();
            await using (var stream = entry.Open())
                await CopyAsync(stream, json, MostManifest, token);
            var hash = Convert.ToHexStringLower(SHA256.HashData(json.ToArray()));
            if (options.Sha256 is { } noted && !string.Equals(noted, hash, StringComparison.OrdinalIgnoreCase))
                throw new ArchiveException($"{path} is not the archive that was noted: its SHA-256 is {hash}");
            var manifest = ArchiveManifest.Read(json.ToArray());
            var reader = new ArchiveReader(path, zip, manifest, hash);
            reader.Check(options);
            return reader;
        }
        catch (Exception failed)
        {
            zip?.Dispose();
            if (failed is InvalidDataException)
                throw new ArchiveException($"{path} is not a whole zip file: take an unchanged copy");
            throw;
        }
    }

    /// <summary>Reads every file once and compares its hash; nothing has been done before.</summary>
    internal async Task VerifyAsync(CancellationToken token)
    {
        var buffer = new byte[256 * 1024];
        foreach (var table in Manifest.Tables)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using var stream = Open(table);
            var left = table.Bytes;
            try
            {
                while (await stream.ReadAsync(buffer, token) is > 0 and var count)
                {
                    if ((left -= count) < 0)
                        break;
                    hash.AppendData(buffer, 0, count);
                }
            }
            catch (InvalidDataException)
            {
                left = -1;
            }
            if (left != 0 || Convert.ToHexStringLower(hash.GetHashAndReset()) != table.Sha256)
                throw new ArchiveException($"{path}: {table.Entry} (the rows of {table.Plain}) is not as it was written: "
                    + "take an unchanged copy; nothing was imported");
        }
    }

    /// <summary>The rows of a table.</summary>
    internal Stream Open(ArchivedTable table) => zip.GetEntry(table.Entry)!.Open();

    // What is in it is what the manifest names, under the names that an export gives, each once.
    void Check(ArchiveOptions options)
    {
        var left = zip.Entries.Select(static entry => entry.FullName).Order(StringComparer.Ordinal);
        var told = Manifest.Tables.Select(static (_, i) => ArchiveWriter.EntryOf(i)).Append(ArchiveManifest.Entry)
            .Order(StringComparer.Ordinal);
        if (!left.SequenceEqual(told) || Manifest.Tables.Where((table, i) => table.Entry != ArchiveWriter.EntryOf(i)).Any()
            || Manifest.Tables.DistinctBy(static table => (table.Schema, table.Name)).Count() != Manifest.Tables.Count)
            throw new ArchiveException($"{path} holds other files than its manifest names: take an unchanged copy");
        if (Manifest.Tables.Aggregate(0m, static (sum, table) => sum + table.Bytes) is var bytes && bytes > options.MostBytes)
            throw new ArchiveException($"{path} says that it holds {bytes} bytes of rows, and {options.MostBytes} are allowed: "
                + "allow more with --max-bytes");
        foreach (var table in Manifest.Tables)
            if (zip.GetEntry(table.Entry)!.Length != table.Bytes)
                throw new ArchiveException($"{path}: {table.Entry} (the rows of {table.Plain}) has another size than its manifest says: "
                    + "take an unchanged copy");
    }

    static async Task CopyAsync(Stream from, MemoryStream to, int most, CancellationToken token)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, token) is > 0 and var count)
        {
            if (to.Length + count > most)
                throw new ArchiveException("its manifest is larger than any manifest");
            to.Write(buffer, 0, count);
        }
    }

    public void Dispose() => zip.Dispose();
}
