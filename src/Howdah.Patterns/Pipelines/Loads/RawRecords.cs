using System.IO.Compression;
using Howdah.Loading;
using ZstdSharp;

namespace Howdah.Patterns.Pipelines;

/// <summary>Records of a file as they stand there, by where they begin: for rows that the server refused once they were sent.</summary>
/// <param name="path">The file.</param>
/// <param name="format">How it is read.</param>
sealed class RawRecords(string path, FormatWish format) : IRawRecords
{
    internal const int Most = 64 << 10;

    /// <summary>The record at each offset of the decompressed file, at most 64 KB of it.</summary>
    public Task<IReadOnlyDictionary<long, (byte[] Bytes, string? Place)>> FetchAsync(LoadJob? job, IReadOnlyList<long> offsets,
        CancellationToken token) => Task.FromResult<IReadOnlyDictionary<long, (byte[] Bytes, string? Place)>>(Fetch(offsets));

    public bool HasOffsets => true;

    Dictionary<long, (byte[] Bytes, string? Place)> Fetch(IReadOnlyList<long> offsets)
    {
        using var raw = File.OpenRead(path);
        using var plain = Plain(raw);
        var found = new Dictionary<long, (byte[], string?)>();
        var buffer = new BufferedStream(plain, 1 << 16);
        long at = 0;
        foreach (var offset in offsets.Distinct().Order())
        {
            // Records do not overlap, so the next one begins where this one ended, or later.
            at = Skip(buffer, plain, at, offset);
            var record = Read(buffer, ref at);
            if (record is not null)
                found[offset] = (record, null);
        }
        return found;
    }

    /// <summary>The first record: the header. Null for an empty file.</summary>
    public byte[]? First()
    {
        using var raw = File.OpenRead(path);
        using var plain = Plain(raw);
        long at = 0;
        var record = Read(new BufferedStream(plain, 1 << 16), ref at);
        return record is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : record;
    }

    /// <summary>Whether bytes are one record from end to end, so that they can stand between others.</summary>
    internal bool IsWhole(byte[] record)
    {
        long at = 0;
        using var stream = new MemoryStream([.. record, (byte)'\n']);
        return record.Length > 0 && Read(new BufferedStream(stream), ref at) is { } read && read.AsSpan().SequenceEqual(record)
            && at == record.Length + 1;
    }

    static long Skip(BufferedStream buffer, Stream plain, long at, long to)
    {
        if (plain.CanSeek)
            buffer.Seek(to, SeekOrigin.Begin);
        else
        {
            var scratch = new byte[1 << 16];
            while (at < to && buffer.Read(scratch, 0, (int)Math.Min(scratch.Length, to - at)) is > 0 and var got)
                at += got;
        }
        return to;
    }

    byte[]? Read(BufferedStream buffer, ref long at)
    {
        var quote = format.Type == "ndjson" ? -1 : format.Quote[0];
        using var record = new MemoryStream();
        var quoted = false;
        int next;
        while ((next = buffer.ReadByte()) >= 0)
        {
            at++;
            if (next == '\n' && !quoted)
                break;
            quoted ^= next == quote;
            if (record.Length < Most)
                record.WriteByte((byte)next);
        }
        var bytes = record.ToArray();
        return next < 0 && bytes.Length == 0 ? null : bytes is [.. var line, (byte)'\r'] ? line : bytes;
    }

    static Stream Plain(FileStream raw)
    {
        var first = new byte[4];
        var got = raw.ReadAtLeast(first, 4, throwOnEndOfStream: false);
        raw.Position = 0;
        return first switch
        {
            [0x1f, 0x8b, 8, ..] when got >= 3 => new GZipStream(raw, CompressionMode.Decompress),
            [0x28, 0xb5, 0x2f, 0xfd] => new DecompressionStream(raw),
            _ => raw,
        };
    }
}
