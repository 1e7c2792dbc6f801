using System.Buffers.Binary;
using System.Numerics;
using Howdah.Loading.Copying;
using Howdah.Loading.Parquet.Columns;
using Howdah.Loading.Types;

namespace Howdah.Loading.Parquet.Cells;

/// <summary>Whole numbers and decimals into numeric: to digits of base 10,000 without a text between, but for those of more than 34 digits
/// and columns of unusual precision. Decimals that the column lacks are refused unless they are zeros.</summary>
sealed class NumericCell : Cell
{
    static readonly UInt128[] Powers = [.. Enumerable.Range(0, 39).Select(static i => (UInt128)BigInteger.Pow(10, i))];
    static readonly UInt128 Most = Powers[34];
    readonly ParquetType type;
    readonly FieldEncoder encoder;
    readonly int room, scale;
    readonly bool usual;

    /// <param name="type">The file's type.</param>
    /// <param name="modifier">The column's precision, as the catalog has it.</param>
    /// <param name="encoder">Reads texts for the column.</param>
    internal NumericCell(ParquetType type, int modifier, FieldEncoder encoder)
    {
        (this.type, this.encoder) = (type, encoder);
        var precision = modifier < 4 ? -1 : (modifier - 4) >> 16 & 0xffff;
        scale = modifier < 4 ? type.Scale : (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
        room = precision < 0 ? 38 : precision - scale;
        usual = scale is >= 0 and <= 34 && room is > 0;
    }

    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        if (!usual || !Exact.TrySmall(type, values, row, out var value))
            return encoder.Encode(System.Text.Encoding.UTF8.GetBytes(PlainText.Of(type, values, row)), buffer);
        var negative = value < 0;
        var digits = (UInt128)(negative ? -value : value);
        var decimals = type.Scale;
        if (digits >= Most)
            return encoder.Encode(System.Text.Encoding.UTF8.GetBytes(PlainText.Of(type, values, row)), buffer);
        if (decimals > scale)
        {
            if (decimals - scale >= 39)
                return encoder.Encode(System.Text.Encoding.UTF8.GetBytes(PlainText.Of(type, values, row)), buffer);
            var power = Powers[decimals - scale];
            if (digits % power != 0)
                return Rounded(PlainText.Of(type, values, row), $"has more than {scale} decimals");
            (digits, decimals) = (digits / power, scale);
        }
        if (room + decimals < 39 && digits >= Powers[room + decimals])
            return Range(PlainText.Of(type, values, row), $"numeric({room + scale},{scale})");
        Write(digits, decimals, negative, buffer);
        return null;
    }

    static void Write(UInt128 value, int decimals, bool negative, CopyBuffer buffer)
    {
        Span<short> groups = stackalloc short[12];
        var after = (decimals + 3) / 4;
        var (count, left) = (0, value * Powers[(after * 4) - decimals]);
        // The last group first.
        while (left > ulong.MaxValue)
        {
            (left, var group) = UInt128.DivRem(left, 10_000);
            groups[count++] = (short)group;
        }
        for (var small = (ulong)left; small > 0; small /= 10_000)
            groups[count++] = (short)(small % 10_000);
        // Zeros at the end are left out, as the server itself does.
        var zeros = 0;
        while (zeros < count && groups[zeros] == 0)
            zeros++;
        var kept = count - zeros;
        var bytes = buffer.Take(12 + (2 * kept));
        BinaryPrimitives.WriteInt32BigEndian(bytes, 8 + (2 * kept));
        BinaryPrimitives.WriteInt16BigEndian(bytes[4..], (short)kept);
        BinaryPrimitives.WriteInt16BigEndian(bytes[6..], (short)(kept == 0 ? 0 : count - after - 1));
        BinaryPrimitives.WriteInt16BigEndian(bytes[8..], negative && kept > 0 ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(bytes[10..], (short)decimals);
        for (var i = 0; i < kept; i++)
            BinaryPrimitives.WriteInt16BigEndian(bytes[(12 + (2 * i))..], groups[count - 1 - i]);
    }
}

/// <summary>Numbers without their point.</summary>
static class Exact
{
    /// <summary>The number, where 16 bytes hold it.</summary>
    internal static bool TrySmall(ParquetType type, ColumnValues values, int row, out Int128 value)
    {
        if (type.Store == Store.Longs)
        {
            value = type.Kind == Kind.Unsigned ? (ulong)values.Longs[row] : values.Longs[row];
            return true;
        }
        var bytes = values.Bytes(row);
        value = 0;
        if (bytes.Length > 16)
            return false;
        // The sign stands in the first bit.
        value = bytes.Length > 0 && bytes[0] >= 0x80 ? -1 : 0;
        foreach (var each in bytes)
            value = (value << 8) | each;
        return value != Int128.MinValue;
    }

    internal static BigInteger Unscaled(ParquetType type, ColumnValues values, int row) =>
        TrySmall(type, values, row, out var small) ? small : new BigInteger(values.Bytes(row), isUnsigned: false, isBigEndian: true);
}
