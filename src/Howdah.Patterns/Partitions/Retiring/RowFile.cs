using System.IO.Compression;
using System.Security.Cryptography;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>The rows of a partition in a file: CSV as PostgreSQL writes it, compressed, or Parquet.</summary>
static class RowFile
{
    /// <summary>How files of CSV end.</summary>
    internal const string Csv = ".csv.gz";

    const int Piece = 256 * 1024;

    /// <summary>Writes the rows of a table, and gives the file its name once the disk has all of it.</summary>
    internal static async Task<(long Bytes, string Sha256)> WriteAsync(Work work, QName table, IReadOnlyList<ArchivedColumn> columns,
        string path, CancellationToken token)
    {
        var half = Begin(path);
        long bytes;
        string sha256;
        if (path.EndsWith(ParquetFile.Extension, StringComparison.Ordinal))
        {
            try
            {
                await using var file = Open(half);
                await ParquetFile.WriteAsync(work, table, columns, file, token);
                file.Flush(flushToDisk: true);
                bytes = file.Length;
            }
            catch (FormatException)
            {
                // Its rows stay in the table, and in the next attempt's file, which may have another name.
                File.Delete(half);
                throw;
            }
            sha256 = await HashAsync(half, token);
            File.Move(half, path, overwrite: true);
            return (bytes, sha256);
        }
        await using (var file = Open(half))
        {
            await using var hashed = new Hashed(file);
            bytes = await FillAsync(work, table, columns, hashed, token);
            sha256 = hashed.Sha256();
            file.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
        return (bytes, sha256);
    }

    static async Task<long> FillAsync(Work work, QName table, IReadOnlyList<ArchivedColumn> columns, Hashed to, CancellationToken token)
    {
        await using var packed = new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true);
        using var rows = (StreamReader)await work.Connection.BeginTextExportAsync(
            Sql.Of($"copy (select {Names(columns)} from {table}) to stdout (format csv, header true)").ToString(), token);
        // The bytes as the server sends them: nothing is decoded on the way.
        var buffer = new byte[Piece];
        var bytes = 0L;
        while (await rows.BaseStream.ReadAsync(buffer, token) is > 0 and var count)
        {
            await packed.WriteAsync(buffer.AsMemory(0, count), token);
            bytes += count;
        }
        return bytes;
    }

    /// <summary>Writes a small file in the same way.</summary>
    /// <returns>Its hash.</returns>
    internal static async Task<string> WriteAsync(byte[] content, string path, CancellationToken token)
    {
        var half = Begin(path);
        await using (var file = Open(half))
        {
            await file.WriteAsync(content, token);
            file.Flush(flushToDisk: true);
        }
        File.Move(half, path, overwrite: true);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    /// <summary>Reads a file of rows into a table.</summary>
    /// <param name="work">Where.</param>
    /// <param name="path">The file.</param>
    /// <param name="manifest">What the file is to be.</param>
    /// <param name="table">The table, which has all columns of the manifest.</param>
    /// <param name="token">Cancels; the rows are the transaction's.</param>
    /// <exception cref="FormatException">The file is not as it was written.</exception>
    internal static async Task LoadAsync(Work work, string path, LeafManifest manifest, Sql table, CancellationToken token)
    {
        if (await HashAsync(path, token) != manifest.Sha256)
            throw new FormatException($"{path} is not as it was written: its SHA-256 is another; take an unchanged copy");
        if (path.EndsWith(ParquetFile.Extension, StringComparison.Ordinal))
        {
            await ParquetFile.LoadAsync(work, path, manifest, table, token);
            return;
        }
        await using var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var writer = (NpgsqlCopyTextWriter)await work.Connection.BeginTextImportAsync(
            Sql.Of($"copy {table} ({Names(manifest.Columns)}) from stdin (format csv, header true)").ToString(), token);
        try
        {
            var buffer = new byte[Piece];
            var left = manifest.Bytes;
            while (await packed.ReadAsync(buffer, token) is > 0 and var count)
            {
                if ((left -= count) < 0)
                    throw new FormatException($"{path} holds more than its manifest says: take an unchanged copy");
                await writer.BaseStream.WriteAsync(buffer.AsMemory(0, count), token);
            }
        }
        catch (Exception failed) when (failed is InvalidDataException or FormatException)
        {
            await writer.CancelAsync();
            throw failed is FormatException ? failed : new FormatException($"{path} cannot be unpacked: take an unchanged copy");
        }
        await writer.DisposeAsync();
    }

    /// <summary>The hash of a file.</summary>
    internal static async Task<string> HashAsync(string path, CancellationToken token)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, token));
    }

    static Sql Names(IReadOnlyList<ArchivedColumn> columns) => Sql.List(columns.Select(static column => new Ident(column.Name)));

    /// <summary>Takes away a file of rows, whole or half.</summary>
    internal static void Delete(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            return;
        File.Delete(path);
        File.Delete(Half(path));
    }

    static string Half(string path) => path + ".part";

    static string Begin(string path)
    {
        // Whoever may read the rows is for the database to say: the archive is its owner's only.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        else
            Directory.CreateDirectory(Path.GetDirectoryName(path)!,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var half = Half(path);
        File.Delete(half); // of a run that was killed
        return half;
    }

    static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, options);
    }

    // Hashes what passes.
    sealed class Hashed(Stream inner) : Stream
    {
        readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        internal string Sha256() => Convert.ToHexStringLower(hash.GetHashAndReset());

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            inner.Write(buffer);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            hash.AppendData(buffer.Span);
            return inner.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => inner.Flush();
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
