using System.Globalization;
using System.Numerics;
using Howdah.Loading.Parquet.Columns;

namespace Howdah.Loading.Parquet.Cells;

/// <summary>Values as texts, in the form that the loader reads texts in.</summary>
static class PlainText
{
    /// <param name="type">The column's type.</param>
    /// <param name="values">Its values.</param>
    /// <param name="row">Which one.</param>
    /// <param name="zone">Whose clocks are meant, for moments; null: UTC, and it is said.</param>
    internal static string Of(ParquetType type, ColumnValues values, int row, TimeZoneInfo? zone = null) => type.Kind switch
    {
        Kind.Boolean => values.Longs[row] != 0 ? "true" : "false",
        Kind.Integer => values.Longs[row].ToString(CultureInfo.InvariantCulture),
        Kind.Unsigned => ((ulong)values.Longs[row]).ToString(CultureInfo.InvariantCulture),
        Kind.Real => Plain(type.Single ? ((float)values.Doubles[row]).ToString("R", CultureInfo.InvariantCulture)
            : values.Doubles[row].ToString("R", CultureInfo.InvariantCulture)),
        Kind.Decimal => Decimal(Exact.Unscaled(type, values, row), type.Scale),
        Kind.Date => Moments.Text((Int128)values.Longs[row] * 86_400, 1, "") is { Length: 19 } day ? day[..10]
            : string.Create(CultureInfo.InvariantCulture, $"{values.Longs[row]} days since 1970"),
        Kind.Time => values.Longs[row] >= 0 && values.Longs[row] < 86_400 * type.PerSecond
            ? Moments.Text(values.Longs[row], type.PerSecond, "")[11..]
            : string.Create(CultureInfo.InvariantCulture, $"{values.Longs[row]} ({type.PerSecond} a second)"),
        Kind.Moment when zone is not null && Moments.Since2000(type, values, row, out var micros) is null && Moments.IsOfCalendar(micros) =>
            Moments.Text(micros + (Moments.DaysTo2000 * Moments.Day) + (zone.GetUtcOffset(Moments.Calendar(micros)).Ticks / 10),
                1_000_000, ""),
        Kind.Moment => Moments.Text(values.Longs[row], type.PerSecond, type.Utc ? "+00" : ""),
        Kind.OldMoment => Old(values.Bytes(row)),
        Kind.Uuid => new Guid(values.Bytes(row), bigEndian: true).ToString(),
        Kind.Bytes => "\\x" + Convert.ToHexStringLower(values.Bytes(row)),
        _ => "",
    };

    static string Old(ReadOnlySpan<byte> bytes)
    {
        var nanos = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var day = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) - 2_440_588L;
        return Moments.Text(((Int128)day * 86_400_000_000_000) + nanos, 1_000_000_000, "");
    }

    static string Decimal(BigInteger value, int scale)
    {
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var sign = value.Sign < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    /// <summary>Without an exponent.</summary>
    static string Plain(string number)
    {
        var mark = number.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
            return number;
        var exponent = int.Parse(number.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var (sign, mantissa) = number[0] == '-' ? ("-", number[1..mark]) : ("", number[..mark]);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var whole = (point < 0 ? mantissa.Length : point) + exponent;
        return whole <= 0 ? $"{sign}0.{new string('0', -whole)}{digits}"
            : whole >= digits.Length ? sign + digits.PadRight(whole, '0') : $"{sign}{digits[..whole]}.{digits[whole..]}";
    }
}
