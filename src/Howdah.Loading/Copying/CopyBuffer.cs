using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Howdah.Loading.Copying;

/// <summary>Rows in the form of binary COPY. It grows for a row that is larger, and shrinks again when it is emptied.</summary>
sealed class CopyBuffer
{
    internal const int Usual = 256 << 10;
    byte[] bytes = new byte[Usual];

    /// <summary>How many bytes there are; set back, what was written behind is gone.</summary>
    internal int Length { get; set; }

    internal ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    internal void Clear()
    {
        if (bytes.Length > 4 * Usual)
            bytes = new byte[Usual];
        Length = 0;
    }

    /// <summary>Room for some bytes, which count as written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<byte> Take(int count)
    {
        var at = Length;
        if (bytes.Length - at < count)
            Grow(count);
        Length = at + count;
        return bytes.AsSpan(at, count);
    }

    internal void Null() => BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);

    internal void Int16(short value)
    {
        var room = Take(6);
        BinaryPrimitives.WriteInt32BigEndian(room, 2);
        BinaryPrimitives.WriteInt16BigEndian(room[4..], value);
    }

    internal void Int32(int value)
    {
        var room = Take(8);
        BinaryPrimitives.WriteInt32BigEndian(room, 4);
        BinaryPrimitives.WriteInt32BigEndian(room[4..], value);
    }

    internal void Int64(long value)
    {
        var room = Take(12);
        BinaryPrimitives.WriteInt32BigEndian(room, 8);
        BinaryPrimitives.WriteInt64BigEndian(room[4..], value);
    }

    internal void Bytes(ReadOnlySpan<byte> value)
    {
        var room = Take(4 + value.Length);
        BinaryPrimitives.WriteInt32BigEndian(room, value.Length);
        value.CopyTo(room[4..]);
    }

    /// <summary>Bytes without a length before them.</summary>
    internal void Put(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    internal void Fields(int count) => BinaryPrimitives.WriteInt16BigEndian(Take(2), (short)count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    void Grow(int count) => Array.Resize(ref bytes, Math.Max(bytes.Length * 2, checked(Length + count)));
}
