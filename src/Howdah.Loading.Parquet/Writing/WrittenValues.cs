using System.Buffers.Binary;
using System.Text;

namespace Howdah.Loading.Parquet.Writing;

/// <summary>Values as Parquet counts them.</summary>
static class WrittenValues
{
    /// <summary>Decimals of so many digits fit into 8 bytes.</summary>
    internal const int LongDigits = 18;

    const int DaysTo2000 = 10_957;
    const long MicrosTo2000 = DaysTo2000 * 86_400_000_000;

    internal static int Days(WrittenColumn column, ReadOnlySpan<byte> field) => BinaryPrimitives.ReadInt32BigEndian(field) switch
    {
        int.MaxValue or int.MinValue => throw None(column, "an infinity"),
        var days when days > int.MaxValue - DaysTo2000 => throw None(column, "a day too far away"),
        var days => days + DaysTo2000,
    };

    internal static long Micros(WrittenColumn column, ReadOnlySpan<byte> field) => BinaryPrimitives.ReadInt64BigEndian(field) switch
    {
        long.MaxValue or long.MinValue => throw None(column, "an infinity"),
        var micros when micros > long.MaxValue - MicrosTo2000 => throw None(column, "a time too far away"),
        var micros => micros + MicrosTo2000,
    };

    /// <summary>All digits of a number in its text form, as one number.</summary>
    internal static Int128 Unscaled(WrittenColumn column, ReadOnlySpan<byte> text)
    {
        Int128 value = 0;
        var behind = -1;
        foreach (var each in text[(text[0] == '-' ? 1 : 0)..])
        {
            if (each == '.' && behind < 0)
                behind = 0;
            else if (char.IsAsciiDigit((char)each))
            {
                value = value * 10 + (each - '0');
                behind += behind < 0 ? 0 : 1;
            }
            else
                throw None(column, Encoding.UTF8.GetString(text));
        }
        if (Math.Max(behind, 0) != column.Scale)
            throw new FormatException($"column {column.Name} holds a number of another scale than {column.Scale}");
        return text[0] == '-' ? -value : value;
    }

    /// <summary>The fewest bytes that hold so many digits.</summary>
    internal static int Width(int precision)
    {
        var bytes = 1;
        while (Math.Pow(2, 8 * bytes - 1) - 1 < Math.Pow(10, precision) - 1)
            bytes++;
        return bytes;
    }

    static FormatException None(WrittenColumn column, string what) =>
        new($"column {column.Name} holds {what}, which Parquet has no value of its type for: write CSV instead");
}
