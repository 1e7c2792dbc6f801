namespace Howdah.Loading.Types;

/// <summary>A declared form of dates and times: <c>yyyy MM dd HH mm ss</c>, decimals of a second as <c>f</c> to <c>ffffff</c> or
/// <c>F</c> (any number of them, or none and no separator before them), <c>zzz</c> for an offset; all else stands for itself.</summary>
sealed class DateFormat
{
    readonly List<(char What, int Count)> parts = [];

    internal DateFormat(string format)
    {
        Text = format;
        for (var at = 0; at < format.Length;)
        {
            var count = 1;
            while (at + count < format.Length && format[at + count] == format[at])
                count++;
            if (char.IsAsciiLetter(format[at]) && format[at] != 'T'
                && (format[at], count) is not (('y', 4) or ('M' or 'd' or 'H' or 'm' or 's', 1 or 2) or ('f', <= 6) or ('z', 3)))
            {
                throw new LoadException($"'{new string(format[at], count)}' in the format '{format}' is not known: it is made of yyyy, MM "
                    + "or M, dd or d, HH or H, mm, ss, f to ffffff, zzz, and other characters that are no letters, or T");
            }
            if (!char.IsAscii(format[at]))
                throw new LoadException($"'{format[at]}' in the format '{format}' is no character of ASCII");
            if (char.IsAsciiLetter(format[at]) && format[at] != 'T')
                parts.Add((format[at], count));
            else
                parts.AddRange(Enumerable.Repeat((format[at], 0), count));
            at += count;
        }
        HasOffset = parts.Exists(static part => part.What == 'z');
    }

    internal string Text { get; }
    internal bool HasOffset { get; }

    /// <summary>Reads a whole text.</summary>
    internal bool TryRead(ReadOnlySpan<byte> text, out Moment moment)
    {
        moment = new() { Month = 1, Day = 1, Year = 2000 };
        var at = 0;
        foreach (var (what, count) in parts)
        {
            if (count == 0)
            {
                if (at >= text.Length || text[at++] != what)
                    return false;
                continue;
            }
            if (what == 'z')
            {
                if (!IsoDates.TryOffset(text, ref at, out moment.OffsetMinutes))
                    return false;
                moment.HasOffset = true;
                continue;
            }
            // One letter: one or two digits; more letters: as many digits.
            var most = count == 1 && what != 'f' ? 2 : count;
            var (value, digits) = (0, 0);
            while (digits < most && at < text.Length && (uint)(text[at] - '0') <= 9)
                (value, digits, at) = ((value * 10) + text[at] - '0', digits + 1, at + 1);
            if (digits == 0 || (digits < count))
                return false;
            switch (what)
            {
                case 'y': moment.Year = value; break;
                case 'M': moment.Month = value; break;
                case 'd': moment.Day = value; break;
                case 'H': moment.Hour = value; break;
                case 'm': moment.Minute = value; break;
                case 's': moment.Second = value; break;
                default:
                    for (; digits < 6; digits++)
                        value *= 10;
                    moment.Micros = value;
                    break;
            }
        }
        return at == text.Length && moment.IsReal;
    }
}

/// <summary>A moment in its parts.</summary>
struct Moment
{
    internal int Year, Month, Day, Hour, Minute, Second, Micros, OffsetMinutes;
    internal bool HasOffset;

    internal readonly bool IsReal => Year is >= 1 and <= 9999 && Month is >= 1 and <= 12
        && Day >= 1 && Day <= DateTime.DaysInMonth(Year, Month)
        && Hour <= 23 && Minute <= 59 && Second <= 59;

    /// <summary>Days since 2000-01-01.</summary>
    internal readonly int Days
    {
        get
        {
            // Howard Hinnant's days from civil: a year that begins in March has its leap day last.
            var (year, month) = Month > 2 ? (Year, Month - 3) : (Year - 1, Month + 9);
            var era = year / 400;
            var ofEra = year - (era * 400);
            return (era * 146_097) + (ofEra * 365) + (ofEra / 4) - (ofEra / 100) + (((153 * month) + 2) / 5) + Day - 1 - 730_425;
        }
    }

    /// <summary>Of the day.</summary>
    internal readonly long Microseconds => ((((Hour * 60L) + Minute) * 60) + Second) * 1_000_000 + Micros;

    internal readonly long SinceEpoch => (Days * 86_400_000_000L) + Microseconds;
}
