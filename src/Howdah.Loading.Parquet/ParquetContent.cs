using System.Security.Cryptography;
using Howdah.Loading.Inputs;
using ParquetSharp;
using ParquetSharp.IO;

namespace Howdah.Loading.Parquet;

/// <summary>A Parquet file that is open: its bytes are hashed first, then read from where its last ones say that columns are. Both through
/// one handle, and the file may not change between.</summary>
sealed class ParquetContent : IContent
{
    readonly Stream stream;
    readonly ManagedRandomAccessFile bytes;
    readonly string name, hash;
    readonly DateTime? written;
    long rowsRead;

    ParquetContent(Stream stream, string name, string hash, ManagedRandomAccessFile bytes, ParquetFileReader file)
    {
        (this.stream, this.name, this.hash, this.bytes, File) = (stream, name, hash, bytes, file);
        Bytes = stream.Length;
        written = Written(stream);
        Rows = file.FileMetaData.NumRows;
    }

    internal ParquetFileReader File { get; }
    internal string Name => name;

    /// <summary>What reads rows from it, which has to be closed before.</summary>
    internal IDisposable? Reading { get; set; }

    internal long Bytes { get; }

    /// <summary>How many rows the file says it has.</summary>
    internal long Rows { get; }

    // Where bytes are read from says little: the share of rows that is read is told instead.
    public long Count => Rows == 0 || rowsRead >= Rows ? Bytes : (long)((double)Volatile.Read(ref rowsRead) / Rows * Bytes);
    public long? Total => Bytes;
    public long Decompressed => Bytes;

    internal void Passed(int rows) => Volatile.Write(ref rowsRead, rowsRead + rows);

    internal static async ValueTask<ParquetContent> OpenAsync(LoadInput input, bool hash, CancellationToken token)
    {
        var stream = (await input.OpenAsync(token).ConfigureAwait(false)).Stream;
        try
        {
            if (!stream.CanSeek)
                throw new LoadException($"{input.Name}: Parquet is read from its end, which a stream does not tell: keep it in a file "
                    + "first");
            Check(stream, input.Name);
            stream.Position = 0;
            var sum = hash ? Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, token).ConfigureAwait(false)) : "";
            return Open(stream, input.Name, sum);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    static ParquetContent Open(Stream stream, string name, string hash)
    {
        // The native side calls it back until the last of what it gave out is freed: all of that is disposed before, on every way out.
        var bytes = new ManagedRandomAccessFile(stream, leaveOpen: true);
        using var properties = ReaderProperties.GetDefaultReaderProperties();
        properties.EnableBufferedStream();
        properties.BufferSize = 128 << 10;
        properties.EnablePageChecksumVerification();
        try
        {
            return new(stream, name, hash, bytes, new(bytes, properties));
        }
        catch (Exception broken) when (broken is ParquetException or OverflowException or IOException)
        {
            bytes.Dispose();
            throw Broken(name, "its last part, which describes it, cannot be read", broken);
        }
    }

    /// <summary>What a broken file is told as.</summary>
    internal static LoadException Broken(string name, string what, Exception broken)
    {
        var said = broken.Message.Split('\n')[0].Trim();
        return new($"{name}: {what} ({said}): the file is broken or was cut; get it again", broken);
    }

    static void Check(Stream stream, string name)
    {
        var marks = Marks(stream);
        if (marks.Encrypted)
            throw new LoadException($"{name} is encrypted, and no keys are known here: write it without encryption, or decrypt it first");
        if (marks.Compressed)
            throw new LoadException($"{name} is compressed as a whole, and Parquet is compressed inside: decompress it first");
        if (!marks.Begins)
            throw new LoadException($"{name} is no Parquet file: it does not begin with PAR1");
        if (!marks.Ends)
            throw new LoadException($"{name} does not end as Parquet files do: it was cut or is being written; get it again");
    }

    /// <summary>What the first and the last bytes say.</summary>
    internal static (bool Begins, bool Ends, bool Encrypted, bool Compressed) Marks(Stream stream)
    {
        Span<byte> first = stackalloc byte[4], last = stackalloc byte[4];
        stream.Position = 0;
        if (stream.ReadAtLeast(first, 4, throwOnEndOfStream: false) < 4)
            return default;
        stream.Position = Math.Max(4, stream.Length - 4);
        // The shortest file has its marks, a length and a description between them.
        var ends = stream.ReadAtLeast(last, 4, throwOnEndOfStream: false) == 4 && stream.Length >= 12;
        return (first.SequenceEqual("PAR1"u8), ends && last.SequenceEqual("PAR1"u8),
            first.SequenceEqual("PARE"u8) || (ends && last.SequenceEqual("PARE"u8)),
            first is [0x1f, 0x8b, 8, _] or [0x28, 0xb5, 0x2f, 0xfd]);
    }

    static DateTime? Written(Stream stream) =>
        stream is FileStream file ? System.IO.File.GetLastWriteTimeUtc(file.SafeFileHandle) : null;

    public string End()
    {
        if (stream.Length != Bytes || Written(stream) != written)
            throw new LoadException($"{name} was changed while it was read: load it when it is whole");
        return hash;
    }

    public void Dispose()
    {
        Reading?.Dispose();
        File.Dispose();
        bytes.Dispose();
        stream.Dispose();
    }
}
