using System.Globalization;
using Howdah.Loading.Copying;
using Howdah.Loading.Parquet.Columns;
using Howdah.Loading.Types;

namespace Howdah.Loading.Parquet.Cells;

/// <summary>Whole numbers.</summary>
sealed class WholeCell(int bytes, bool unsigned) : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var value = values.Longs[row];
        if (bytes == 4 && value == (int)value)
            buffer.Int32((int)value);
        else if (bytes == 8 && (!unsigned || value >= 0))
            buffer.Int64(value);
        else
            return Whole(unsigned ? (ulong)value : value, bytes, buffer);
        return null;
    }
}

/// <summary>Floating point. NaN and infinities are refused, as in any file: one of them spoils every sum.</summary>
sealed class RealCell(ParquetType type, bool wide, bool any) : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var value = values.Doubles[row];
        var finite = double.IsFinite(value);
        if (!finite && !any)
            return new(Rules.Syntax, "22P02", $"{PlainText.Of(type, values, row)} is no number");
        if (wide)
        {
            // The digits of a float, not those of the double that is nearest to it.
            buffer.Int64(BitConverter.DoubleToInt64Bits(value));
            return null;
        }
        var single = (float)value;
        if ((finite && !float.IsFinite(single)) || (single == 0 && value != 0))
            return Range(PlainText.Of(type, values, row), "real");
        buffer.Int32(BitConverter.SingleToInt32Bits(single));
        return null;
    }
}

/// <summary>Floating point into whole numbers, which writers make of them where some are missing.</summary>
sealed class RealToWholeCell(ParquetType type, int bytes) : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var value = values.Doubles[row];
        if (!double.IsFinite(value))
            return new(Rules.Syntax, "22P02", $"{PlainText.Of(type, values, row)} is no number");
        if (Math.Abs(value) >= 1e19)
            return Range(PlainText.Of(type, values, row), "whole numbers");
        return Math.Floor(value) == value ? Whole((Int128)value, bytes, buffer)
            : Rounded(PlainText.Of(type, values, row), "has decimals");
    }
}

/// <summary>Whole numbers into floating point.</summary>
sealed class WholeToRealCell(bool wide, bool unsigned) : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var value = values.Longs[row];
        if (wide)
            buffer.Int64(BitConverter.DoubleToInt64Bits(unsigned ? (ulong)value : value));
        else
            buffer.Int32(BitConverter.SingleToInt32Bits(unsigned ? (ulong)value : value));
        return null;
    }
}

/// <summary>Decimals into whole numbers.</summary>
sealed class DecimalToWholeCell(ParquetType type, int bytes) : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var value = Exact.Unscaled(type, values, row);
        var whole = System.Numerics.BigInteger.DivRem(value, System.Numerics.BigInteger.Pow(10, type.Scale), out var rest);
        if (!rest.IsZero)
            return Rounded(PlainText.Of(type, values, row), "has decimals");
        return whole > long.MaxValue || whole < long.MinValue ? Range(whole.ToString(CultureInfo.InvariantCulture), "whole numbers")
            : Whole((Int128)whole, bytes, buffer);
    }
}
