using System.Buffers.Binary;
using System.Globalization;
using Howdah.Loading.Copying;
using Howdah.Loading.Parquet.Columns;
using Howdah.Loading.Types;

namespace Howdah.Loading.Parquet.Cells;

/// <summary>Days. What the server takes for its infinities is out of range here.</summary>
sealed class DateCell : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var days = values.Longs[row] - Moments.DaysTo2000;
        if (days is < Moments.FirstDay or >= Moments.EndDay)
            return new(Rules.Range, "22008", $"{values.Longs[row]} days since 1970 are out of the range of date");
        buffer.Int32((int)days);
        return null;
    }
}

/// <summary>Times of day; 24:00 is refused, which the server would take for the next day.</summary>
sealed class TimeCell(ParquetType type) : Cell
{
    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        var value = values.Longs[row];
        if (value < 0 || value >= 86_400 * type.PerSecond)
            return new(Rules.Range, "22008", $"{PlainText.Of(type, values, row)} is out of the range of time");
        if (!Moments.TryMicros(value, type.PerSecond, out var micros))
            return Rounded(PlainText.Of(type, values, row), "has parts of a microsecond");
        buffer.Int64(micros);
        return null;
    }
}

/// <summary>Moments, local times and days into timestamps and days. A time of day that a date would lose is refused, and so is what is
/// finer than a microsecond.</summary>
sealed class MomentCell : Cell
{
    readonly ParquetType type;
    readonly string target;
    readonly TimeZoneInfo? zone;
    readonly TimestampEncoder? local;
    long cached = long.MinValue, shift;

    internal MomentCell(ParquetType type, string target, Reading reading)
    {
        (this.type, this.target) = (type, target);
        if (type.Utc && target is "timestamp" or "date")
            zone = reading.Zone;
        if (!type.Utc && target == "timestamptz")
            local = new(true, null, reading);
    }

    internal override FieldFault? Encode(ColumnValues values, int row, CopyBuffer buffer)
    {
        if (Moments.Since2000(type, values, row, out var micros) is { } fault)
            return fault;
        if (micros is < Moments.First or >= Moments.End)
            return OutOfRange(values, row);
        if (zone is not null || local is not null)
        {
            if (!Moments.IsOfCalendar(micros))
                return OutOfRange(values, row);
            if (local is not null)
                return local.EncodeLocal(micros, buffer);
            micros += Shift(micros);
        }
        if (target != "date")
        {
            buffer.Int64(micros);
            return null;
        }
        var days = Math.DivRem(micros, Moments.Day, out var rest);
        if (rest != 0)
            return Rounded(PlainText.Of(type, values, row, zone), "has a time of day, and the column is a date");
        buffer.Int32((int)days);
        return null;
    }

    FieldFault OutOfRange(ColumnValues values, int row) =>
        new(Rules.Range, "22008", $"{PlainText.Of(type, values, row)} is out of the range of {target}");

    long Shift(long micros)
    {
        // Rules of zones change at quarters of an hour at most; files are mostly in order of time.
        var quarter = Math.DivRem(micros, 900_000_000L, out var rest) - (rest < 0 ? 1 : 0);
        if (quarter != cached)
            (cached, shift) = (quarter, zone!.GetUtcOffset(Moments.Calendar(micros)).Ticks / 10);
        return shift;
    }
}

/// <summary>Times as numbers.</summary>
static class Moments
{
    internal const long DaysTo2000 = 10_957, Day = 86_400_000_000, FirstDay = -2_451_545, EndDay = 2_145_031_949,
        First = -211_813_488_000_000_000, End = 9_223_371_331_200_000_000;
    static readonly DateTime Y2000 = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    static readonly long Earliest = (DateTime.MinValue.Ticks - Y2000.Ticks) / 10, Latest = (DateTime.MaxValue.Ticks - Y2000.Ticks) / 10;

    /// <summary>Whether local times around it are in years from 1 to 9999.</summary>
    internal static bool IsOfCalendar(long micros) => micros >= Earliest + Day && micros <= Latest - Day;

    internal static DateTime Calendar(long micros) => Y2000.AddTicks(micros * 10);

    internal static bool TryMicros(long value, long perSecond, out long micros)
    {
        micros = perSecond switch { 1000 => value * 1000, 1_000_000 => value, _ => value / 1000 };
        return perSecond != 1_000_000_000 || value % 1000 == 0;
    }

    /// <summary>Microseconds since 2000.</summary>
    internal static FieldFault? Since2000(ParquetType type, ColumnValues values, int row, out long micros)
    {
        micros = 0;
        Int128 wide;
        if (type.Kind == Kind.Moment && type.PerSecond == 1_000_000)
        {
            var value = values.Longs[row];
            if (value >= long.MinValue + (DaysTo2000 * Day))
            {
                micros = value - (DaysTo2000 * Day);
                return null;
            }
        }
        if (type.Kind == Kind.Date)
        {
            wide = (Int128)values.Longs[row] * Day;
        }
        else
        {
            var (whole, fine) = type.Kind == Kind.OldMoment ? Old(values.Bytes(row))
                : type.PerSecond == 1_000_000_000 ? ((Int128)(values.Longs[row] / 1000), values.Longs[row] % 1000 != 0)
                : ((Int128)values.Longs[row] * (1_000_000 / type.PerSecond), false);
            if (fine)
                return new(Rules.Scale, "22003", $"{PlainText.Of(type, values, row)} has parts of a microsecond: it would be rounded");
            wide = whole;
        }
        wide -= DaysTo2000 * Day;
        if (wide < First || wide >= End)
            return new(Rules.Range, "22008", $"{PlainText.Of(type, values, row)} is out of the range of timestamp");
        micros = (long)wide;
        return null;
    }

    /// <summary>Nanoseconds of a day and the day, counted from noon of the year 4713 before our era.</summary>
    internal static (Int128 Micros, bool Fine) Old(ReadOnlySpan<byte> bytes)
    {
        var nanos = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var day = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) - 2_440_588L;
        return (((Int128)day * Day) + (nanos / 1000), nanos % 1000 != 0);
    }

    /// <summary>As ISO has it; what is outside of years 1 to 9999 as a number.</summary>
    internal static string Text(Int128 since1970, long perSecond, string zone)
    {
        var seconds = Int128.DivRem(since1970, perSecond);
        var (whole, part) = seconds.Remainder < 0 ? (seconds.Quotient - 1, (long)(seconds.Remainder + perSecond))
            : (seconds.Quotient, (long)seconds.Remainder);
        if (whole < -62_135_596_800 || whole > 253_402_300_799)
            return string.Create(CultureInfo.InvariantCulture, $"{since1970} ({perSecond} a second) since 1970");
        var moment = DateTime.UnixEpoch.AddSeconds((long)whole).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var digits = perSecond switch { 1000 => 3, 1_000_000 => 6, _ => 9 };
        var fraction = part == 0 ? ""
            : "." + part.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0').TrimEnd('0');
        return moment + fraction + zone;
    }
}
