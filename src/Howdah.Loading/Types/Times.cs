using Howdah.Loading.Copying;

namespace Howdah.Loading.Types;

/// <summary>Dates in the declared form.</summary>
sealed class DateEncoder(DateFormat? format) : FieldEncoder
{
    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        Moment moment = default;
        if (format is null ? text.Length != 10 || !IsoDates.TryDate(text, ref moment) || !moment.IsReal : !format.TryRead(text, out moment))
            return Syntax(text, $"date as {format?.Text ?? "yyyy-MM-dd"}", "22007");
        buffer.Int32(moment.Days);
        return null;
    }
}

/// <summary>Times of day; 24:00 and seconds 60 are refused, which the server would take for the next day or minute.</summary>
sealed class TimeEncoder(DateFormat? format) : FieldEncoder
{
    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        var moment = new Moment { Year = 2000, Month = 1, Day = 1 };
        var at = 0;
        if (format is null ? !IsoDates.TryTime(text, ref at, ref moment) || at != text.Length || !moment.IsReal
            : !format.TryRead(text, out moment))
        {
            return Syntax(text, $"time as {format?.Text ?? "HH:mm:ss"}", "22007");
        }
        buffer.Int64(moment.Microseconds);
        return null;
    }
}

/// <summary>Timestamps. Without time zone an offset is refused, which the server would drop; with time zone it is needed, or a declared
/// zone.</summary>
sealed class TimestampEncoder(bool zoned, DateFormat? format, Reading reading) : FieldEncoder
{
    static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    long cachedHour = long.MinValue, cachedShift;

    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        Moment moment = default;
        if (format is null ? !TryIso(text, ref moment) : !format.TryRead(text, out moment))
        {
            return Syntax(text, $"{(zoned ? "timestamp with time zone" : "timestamp")} as "
                + (format?.Text ?? $"yyyy-MM-dd HH:mm:ss{(zoned ? "+00" : "")}"), "22007");
        }
        if (!zoned)
        {
            if (moment.HasOffset)
            {
                return new(Rules.Syntax, "22007", $"{Shown(text)} has an offset and the column has no time zone: the offset would be "
                    + "lost; make the column timestamptz");
            }
            buffer.Int64(moment.SinceEpoch);
            return null;
        }
        if (moment.HasOffset)
        {
            buffer.Int64(moment.SinceEpoch - (moment.OffsetMinutes * 60_000_000L));
            return null;
        }
        if (reading.Zone is null)
        {
            return new(Rules.NoOffset, "22007", $"{Shown(text)} has no offset and the column has a time zone: declare the zone of "
                + "the file's times");
        }
        return Local(text, moment.SinceEpoch, buffer);
    }

    static bool TryIso(ReadOnlySpan<byte> text, ref Moment moment)
    {
        if (!IsoDates.TryDate(text, ref moment) || text.Length < 16 || text[10] is not ((byte)' ' or (byte)'T'))
            return false;
        var at = 11;
        if (!IsoDates.TryTime(text, ref at, ref moment))
            return false;
        if (at < text.Length)
        {
            moment.HasOffset = IsoDates.TryOffset(text, ref at, out moment.OffsetMinutes);
            if (!moment.HasOffset)
                return false;
        }
        return at == text.Length && moment.IsReal;
    }

    /// <summary>Writes a local time of the declared zone, which is a number already.</summary>
    internal FieldFault? EncodeLocal(long micros, CopyBuffer buffer) => Local([], micros, buffer) is null ? null
        : Local(System.Text.Encoding.UTF8.GetBytes($"{Epoch.AddTicks(micros * 10):yyyy-MM-dd HH:mm:ss.ffffff}"), micros, buffer);

    FieldFault? Local(ReadOnlySpan<byte> text, long micros, CopyBuffer buffer)
    {
        // Rules of zones change at quarters of an hour at most; files are mostly in order of time.
        var quarter = Math.DivRem(micros, 900_000_000L, out var rest) - (rest < 0 ? 1 : 0);
        if (quarter != cachedHour)
        {
            var local = Epoch.AddTicks(micros * 10);
            if (reading.Zone!.IsInvalidTime(local))
            {
                if (reading.MissingHour == MissingHour.Reject)
                {
                    return new(Rules.LocalTime, "22008", $"{Shown(text)} was never shown by the clocks of {reading.Zone.Id}: they were "
                        + "set forward over it");
                }
                // The offset from before the change: as much later as the clocks were set forward.
                return Write(micros, reading.Zone.GetUtcOffset(local.AddDays(-1)).Ticks / 10, buffer);
            }
            if (reading.Zone.IsAmbiguousTime(local))
            {
                if (reading.DoubledHour == DoubledHour.Reject)
                {
                    return new(Rules.LocalTime, "22008", $"{Shown(text)} was shown twice by the clocks of {reading.Zone.Id}: declare "
                        + "which of the two is meant");
                }
                var offsets = reading.Zone.GetAmbiguousTimeOffsets(local);
                return Write(micros, (reading.DoubledHour == DoubledHour.Earlier ? offsets.Max() : offsets.Min()).Ticks / 10, buffer);
            }
            (cachedHour, cachedShift) = (quarter, reading.Zone.GetUtcOffset(local).Ticks / 10);
        }
        return Write(micros, cachedShift, buffer);
    }

    static FieldFault? Write(long micros, long shift, CopyBuffer buffer)
    {
        buffer.Int64(micros - shift);
        return null;
    }
}
