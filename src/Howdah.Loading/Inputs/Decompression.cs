using System.IO.Compression;
using ZstdSharp;

namespace Howdah.Loading.Inputs;

/// <summary>The bytes inside a gzip or zstd file, told by their first bytes; those of any other file as they are. What grows past the
/// declared limits is refused before it is read.</summary>
sealed class Decompression : ForwardStream
{
    const long Free = 16 << 20;
    readonly HashedStream outer;
    readonly Stream inner;
    readonly string name;
    readonly Reading reading;
    readonly bool compressed;
    long grown;

    Decompression(HashedStream outer, Stream inner, string name, Reading reading, bool compressed) =>
        (this.outer, this.inner, this.name, this.reading, this.compressed) = (outer, inner, name, reading, compressed);

    /// <summary>A gzip file ends with the length of its content, which nobody else compares: one that was cut ends early, without a word.
    /// </summary>
    internal void End()
    {
        if (inner is GZipStream && outer.Last != unchecked((uint)grown))
        {
            throw new LoadException($"{name} ends after {grown} bytes of content and its last bytes say another length: it was cut, or is "
                + "several gzip files put together; load those one by one");
        }
    }

    /// <summary>How many bytes came out.</summary>
    internal long Grown => grown;

    internal static Decompression Over(HashedStream outer, string name, Reading reading)
    {
        var first = new byte[4];
        var got = outer.ReadAtLeast(first, 4, throwOnEndOfStream: false);
        var whole = new Prefixed(first.AsMemory(0, got), outer);
        return first switch
        {
            [0x1f, 0x8b, 8, ..] when got >= 3 => new(outer, new GZipStream(whole, CompressionMode.Decompress), name, reading, true),
            [0x28, 0xb5, 0x2f, 0xfd] => new(outer, new DecompressionStream(whole, leaveOpen: true), name, reading, true),
            _ => new(outer, whole, name, reading, false),
        };
    }

    public override int Read(Span<byte> buffer)
    {
        int got;
        try
        {
            got = inner.Read(buffer);
        }
        catch (Exception broken) when (broken is InvalidDataException or ZstdException or EndOfStreamException)
        {
            throw new LoadException($"{name} is compressed and broken after {grown} bytes of content: {broken.Message}", broken);
        }
        grown += got;
        if (compressed && (grown > reading.MaxDecompressedBytes
            || (grown > Free && grown / Math.Max(1, outer.Count) > reading.MaxCompressionRatio)))
        {
            throw new LoadException($"{name} grows to more than {grown} bytes from {outer.Count}: past the limits of decompression "
                + $"({reading.MaxDecompressedBytes} bytes, {reading.MaxCompressionRatio} to 1)");
        }
        return got;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A stream whose first bytes were read already.</summary>
    sealed class Prefixed(ReadOnlyMemory<byte> first, Stream rest) : ForwardStream
    {
        ReadOnlyMemory<byte> first = first;

        public override int Read(Span<byte> buffer)
        {
            if (first.IsEmpty)
                return rest.Read(buffer);
            var length = Math.Min(first.Length, buffer.Length);
            first.Span[..length].CopyTo(buffer);
            first = first[length..];
            return length;
        }
    }
}
