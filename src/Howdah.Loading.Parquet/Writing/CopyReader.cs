using System.Buffers.Binary;

namespace Howdah.Loading.Parquet.Writing;

/// <summary>Fields of a binary COPY as they come from the server.</summary>
/// <param name="copy">The stream.</param>
sealed class CopyReader(Stream copy)
{
    static readonly byte[] Signature = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8];

    byte[] buffer = new byte[256 << 10];
    int from, to;

    /// <summary>Reads past the header.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal async ValueTask BeginAsync(CancellationToken token)
    {
        await NeedAsync(19, token).ConfigureAwait(false);
        if (!Taken(11).SequenceEqual(Signature) || Int32() != 0)
            throw new FormatException("these are no rows of a binary COPY");
        var more = Int32();
        await NeedAsync(more, token).ConfigureAwait(false);
        Taken(more);
    }

    /// <summary>How many fields the next row has; −1 at the end.</summary>
    internal async ValueTask<int> RowAsync(CancellationToken token)
    {
        await NeedAsync(2, token).ConfigureAwait(false);
        return BinaryPrimitives.ReadInt16BigEndian(Taken(2));
    }

    /// <summary>Makes the next field ready.</summary>
    /// <returns>Its length; −1 for NULL.</returns>
    internal async ValueTask<int> FieldAsync(CancellationToken token)
    {
        await NeedAsync(4, token).ConfigureAwait(false);
        var length = Int32();
        if (length > 0)
            await NeedAsync(length, token).ConfigureAwait(false);
        return length;
    }

    /// <summary>Bytes that are ready.</summary>
    internal ReadOnlySpan<byte> Taken(int length)
    {
        from += length;
        return buffer.AsSpan(from - length, length);
    }

    int Int32() => BinaryPrimitives.ReadInt32BigEndian(Taken(4));

    async ValueTask NeedAsync(int length, CancellationToken token)
    {
        if (to - from >= length)
            return;
        var kept = to - from;
        var room = length > buffer.Length ? new byte[Math.Max(length, (int)Math.Min(buffer.Length * 2L, Array.MaxLength))] : buffer;
        buffer.AsSpan(from, kept).CopyTo(room);
        (buffer, from, to) = (room, 0, kept);
        while (to < length)
        {
            var got = await copy.ReadAsync(buffer.AsMemory(to), token).ConfigureAwait(false);
            if (got == 0)
                throw new FormatException("the rows of the binary COPY end within a row");
            to += got;
        }
    }
}
