namespace Howdah.Loading.Inputs;

/// <summary>A file's bytes as the reader wants them: hashed, decompressed, without a byte order mark, UTF-16 turned into UTF-8.</summary>
sealed class ByteSource : IContent
{
    readonly HashedStream hashed;
    readonly Decompression decompressed;
    readonly Utf16Stream? wide;
    byte[] first = [];

    ByteSource(HashedStream hashed, Decompression decompressed, Utf16Stream? wide) =>
        (this.hashed, this.decompressed, this.wide) = (hashed, decompressed, wide);

    public long Count => hashed.Count;
    public long? Total => hashed.Total;
    public long Decompressed => decompressed.Grown;

    /// <summary>How many bytes of a mark were dropped: offsets count them.</summary>
    internal int Mark { get; private set; }

    internal static async ValueTask<ByteSource> OpenAsync(LoadInput input, Reading reading, CancellationToken token)
    {
        var hashed = new HashedStream(await input.OpenAsync(token).ConfigureAwait(false), input.Name);
        try
        {
            var decompressed = Decompression.Over(hashed, input.Name, reading);
            var wide = reading.Encoding.ToUpperInvariant() switch
            {
                "UTF-16" or "UTF-16LE" => new Utf16Stream(decompressed, false),
                "UTF-16BE" => new Utf16Stream(decompressed, true),
                _ => null,
            };
            var source = new ByteSource(hashed, decompressed, wide);
            source.DropMark(input.Name, reading);
            return source;
        }
        catch
        {
            await hashed.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal int Read(Span<byte> buffer)
    {
        if (first.Length == 0)
            return wide is null ? decompressed.Read(buffer) : wide.Read(buffer);
        var length = Math.Min(first.Length, buffer.Length);
        first.AsSpan(0, length).CopyTo(buffer);
        first = first[length..];
        return length;
    }

    /// <summary>Reads to the end of the file itself, and tells its hash.</summary>
    public string End()
    {
        var hash = hashed.End();
        decompressed.End();
        return hash;
    }

    public void Dispose()
    {
        decompressed.Dispose();
        hashed.Dispose();
    }

    void DropMark(string name, Reading reading)
    {
        var head = new byte[3];
        var got = 0;
        while (got < 3 && Read(head.AsSpan(got)) is > 0 and var more)
            got += more;
        if (wide is null && got >= 2 && head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            throw new LoadException($"{name} begins with the mark of UTF-16 and was declared as {reading.Encoding}: "
                + $"declare encoding: utf-16{(head[0] == 0xFE ? "be" : "")}");
        }
        // The mark of UTF-16 has become that of UTF-8 by now.
        var marked = got == 3 && head is [0xEF, 0xBB, 0xBF];
        Mark = marked ? 3 : 0;
        first = marked ? [] : head[..got];
    }
}
