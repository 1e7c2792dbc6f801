using System.Buffers.Binary;

namespace Howdah.Loading.Inputs;

/// <summary>UTF-16 as UTF-8. Halves of a character that stand alone become the three bytes that UTF-8 forbids for them, so that the check
/// of the field they stand in finds them.</summary>
sealed class Utf16Stream(Stream inner, bool bigEndian)
{
    readonly byte[] read = new byte[8192];
    byte[] made = new byte[3 * 8192];
    int madeFrom, madeTo, left;
    int? high;

    /// <summary>How many bytes at the end were half a unit.</summary>
    internal int Odd => left;

    internal int Read(Span<byte> buffer)
    {
        while (madeFrom == madeTo)
        {
            var got = inner.Read(read, left, read.Length - left);
            if (got == 0)
            {
                if (high is null && left == 0)
                    return 0;
                // What is cut in the middle is no text either.
                (madeFrom, madeTo) = (0, 0);
                Put(high ?? 0xDC00);
                (high, left) = (null, 0);
                break;
            }
            Convert(left + got);
        }
        var length = Math.Min(buffer.Length, madeTo - madeFrom);
        made.AsSpan(madeFrom, length).CopyTo(buffer);
        madeFrom += length;
        return length;
    }

    void Convert(int length)
    {
        (madeFrom, madeTo) = (0, 0);
        var at = 0;
        for (; at + 1 < length; at += 2)
        {
            int unit = bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(read.AsSpan(at))
                : BinaryPrimitives.ReadUInt16LittleEndian(read.AsSpan(at));
            if (high is { } first)
            {
                high = null;
                if (unit is >= 0xDC00 and <= 0xDFFF)
                {
                    Put(0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00));
                    continue;
                }
                Put(first);
            }
            if (unit is >= 0xD800 and <= 0xDBFF)
                high = unit;
            else
                Put(unit);
        }
        left = length - at;
        if (left > 0)
            read[0] = read[at];
    }

    void Put(int point)
    {
        if (madeTo + 4 > made.Length)
            Array.Resize(ref made, made.Length * 2);
        if (point < 0x80)
        {
            made[madeTo++] = (byte)point;
            return;
        }
        if (point < 0x800)
        {
            made[madeTo++] = (byte)(0xC0 | (point >> 6));
        }
        else
        {
            if (point < 0x10000)
            {
                made[madeTo++] = (byte)(0xE0 | (point >> 12));
            }
            else
            {
                made[madeTo++] = (byte)(0xF0 | (point >> 18));
                made[madeTo++] = (byte)(0x80 | ((point >> 12) & 0x3F));
            }
            made[madeTo++] = (byte)(0x80 | ((point >> 6) & 0x3F));
        }
        made[madeTo++] = (byte)(0x80 | (point & 0x3F));
    }
}
