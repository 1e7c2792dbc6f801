namespace Howdah.Loading.Types;

/// <summary>The one form of dates and times that needs no declaration.</summary>
static class IsoDates
{
    /// <summary><c>yyyy-MM-dd</c> at the beginning.</summary>
    internal static bool TryDate(ReadOnlySpan<byte> text, ref Moment moment)
    {
        if (text.Length < 10 || text[4] != '-' || text[7] != '-')
            return false;
        var (high, low, month, day) = (Two(text), Two(text[2..]), Two(text[5..]), Two(text[8..]));
        (moment.Year, moment.Month, moment.Day) = ((high * 100) + low, month, day);
        return (high | low | month | day) >= 0;
    }

    /// <summary><c>HH:mm</c>, <c>HH:mm:ss</c> or with up to six decimals.</summary>
    internal static bool TryTime(ReadOnlySpan<byte> text, ref int at, ref Moment moment)
    {
        if (text.Length < at + 5 || text[at + 2] != ':')
            return false;
        (moment.Hour, moment.Minute) = (Two(text[at..]), Two(text[(at + 3)..]));
        at += 5;
        if ((moment.Hour | moment.Minute) < 0)
            return false;
        if (at >= text.Length || text[at] != ':')
            return true;
        if (text.Length < at + 3 || (moment.Second = Two(text[(at + 1)..])) < 0)
            return false;
        at += 3;
        if (at >= text.Length || text[at] != '.')
            return true;
        var (value, digits) = (0, 0);
        for (at++; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
        {
            // More decimals than the server holds would be rounded: only zeros may follow.
            if (digits == 6)
            {
                if (text[at] != '0')
                    return false;
                continue;
            }
            (value, digits) = ((value * 10) + text[at] - '0', digits + 1);
        }
        if (digits == 0)
            return false;
        for (; digits < 6; digits++)
            value *= 10;
        moment.Micros = value;
        return true;
    }

    /// <summary><c>Z</c>, <c>+02</c>, <c>+0200</c> or <c>+02:00</c>.</summary>
    internal static bool TryOffset(ReadOnlySpan<byte> text, ref int at, out int minutes)
    {
        minutes = 0;
        if (at >= text.Length)
            return false;
        if (text[at] is (byte)'Z' or (byte)'z')
        {
            at++;
            return true;
        }
        if (text[at] is not ((byte)'+' or (byte)'-') || text.Length < at + 3)
            return false;
        var negative = text[at] == '-';
        var hours = Two(text[(at + 1)..]);
        at += 3;
        var rest = 0;
        if (at < text.Length && (text[at] == ':' || (uint)(text[at] - '0') <= 9))
        {
            at += text[at] == ':' ? 1 : 0;
            if (text.Length < at + 2)
                return false;
            rest = Two(text[at..]);
            at += 2;
        }
        minutes = (hours * 60) + rest;
        if (hours is < 0 or > 15 || rest is < 0 or > 59)
            return false;
        minutes = negative ? -minutes : minutes;
        return true;
    }

    /// <summary>Two digits; −1 where there are none.</summary>
    static int Two(ReadOnlySpan<byte> text)
    {
        var (tens, ones) = ((uint)(text[0] - '0'), (uint)(text[1] - '0'));
        return tens > 9 || ones > 9 ? -1 : (int)((tens * 10) + ones);
    }
}
