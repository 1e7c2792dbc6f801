using System.Buffers.Binary;
using System.Buffers.Text;
using Howdah.Loading.Copying;

namespace Howdah.Loading.Types;

/// <summary>Whole numbers: digits and perhaps a sign; nothing else, so that a file means the same on any server.</summary>
sealed class IntegerEncoder(int bytes) : FieldEncoder
{
    readonly string name = bytes switch { 2 => "smallint", 4 => "integer", _ => "bigint" };
    readonly ulong most = bytes switch { 2 => (ulong)short.MaxValue, 4 => int.MaxValue, _ => long.MaxValue };

    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        var negative = false;
        var digits = text;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            digits = text[1..];
        }
        if (digits.IsEmpty)
            return Syntax(text, name);
        ulong value = 0;
        foreach (var each in digits)
        {
            var digit = (uint)(each - '0');
            if (digit > 9)
                return Syntax(text, name);
            if (value > 922_337_203_685_477_580)
                return digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? Syntax(text, name) : OutOfRange(text, name);
            value = (value * 10) + digit;
        }
        if (value > most + (negative ? 1UL : 0))
            return OutOfRange(text, name);
        var signed = negative ? unchecked(-(long)value) : (long)value;
        switch (bytes)
        {
            case 2:
                buffer.Int16((short)signed);
                break;
            case 4:
                buffer.Int32((int)signed);
                break;
            default:
                buffer.Int64(signed);
                break;
        }
        return null;
    }
}

/// <summary>Floating point. NaN and infinities are refused: one of them spoils every sum.</summary>
sealed class FloatEncoder(bool wide, byte separator) : FieldEncoder
{
    readonly string name = wide ? "double precision" : "real";

    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        Span<byte> plain = stackalloc byte[400];
        if (text.Length is 0 or > 400 || !IsNumber(text, separator, exponent: true, out var zero))
            return Syntax(text, name);
        text.CopyTo(plain);
        plain = plain[..text.Length];
        if (separator != '.')
            plain.Replace(separator, (byte)'.');
        if (plain[0] == '+')
            plain = plain[1..];
        if (wide)
        {
            if (!Utf8Parser.TryParse(plain, out double value, out var used) || used != plain.Length)
                return Syntax(text, name);
            if (!double.IsFinite(value) || (value == 0 && !zero))
                return OutOfRange(text, name);
            buffer.Int64(BitConverter.DoubleToInt64Bits(value));
        }
        else
        {
            if (!Utf8Parser.TryParse(plain, out float value, out var used) || used != plain.Length)
                return Syntax(text, name);
            if (!float.IsFinite(value) || (value == 0 && !zero))
                return OutOfRange(text, name);
            buffer.Int32(BitConverter.SingleToInt32Bits(value));
        }
        return null;
    }

    /// <summary>Whether it is a sign, digits, decimals, an exponent, as far as allowed, with at least one digit.</summary>
    internal static bool IsNumber(ReadOnlySpan<byte> text, byte separator, bool exponent, out bool zero)
    {
        var (at, digits) = (0, 0);
        zero = true;
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
            at++;
        for (var decimals = false; at < text.Length; at++)
        {
            if (text[at] == separator && !decimals)
                decimals = true;
            else if ((uint)(text[at] - '0') <= 9)
                (digits, zero) = (digits + 1, zero && text[at] == '0');
            else
                break;
        }
        if (digits == 0)
            return false;
        if (exponent && at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            at++;
            if (at < text.Length && text[at] is (byte)'-' or (byte)'+')
                at++;
            return at < text.Length && !text[at..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
        }
        return at == text.Length;
    }
}

/// <summary>Numbers of any length, to the last digit. Decimals that the column lacks are refused unless they are zeros: the server would
/// round them without a word. No exponents, NaN and infinities.</summary>
sealed class NumericEncoder(int modifier, byte separator) : FieldEncoder
{
    readonly int precision = modifier < 4 ? -1 : (modifier - 4) >> 16 & 0xffff;
    readonly int scale = modifier < 4 ? 16_383 : (((modifier - 4) & 0x7ff) ^ 1024) - 1024;

    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        if (!FloatEncoder.IsNumber(text, separator, exponent: false, out _))
            return Syntax(text, "number");
        var negative = text[0] == '-';
        var number = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        var point = number.IndexOf(separator);
        var whole = (point < 0 ? number : number[..point]).TrimStart((byte)'0');
        var decimals = point < 0 ? default : number[(point + 1)..];
        if (decimals.Length > Math.Max(scale, 0) && decimals[Math.Max(scale, 0)..].ContainsAnyExcept((byte)'0'))
        {
            return new(Rules.Scale, "22003", $"{Shown(text)} has more than {Math.Max(scale, 0)} decimals: it would be rounded");
        }
        if (decimals.Length > Math.Max(scale, 0))
            decimals = decimals[..Math.Max(scale, 0)];
        // numeric(3, -2) holds hundreds.
        if (scale < 0 && whole.Length > 0 && whole[Math.Max(0, whole.Length + scale)..].ContainsAnyExcept((byte)'0'))
            return new(Rules.Scale, "22003", $"{Shown(text)} would be rounded to {-scale} zeros before the point");
        if (whole.Length > 131_072)
            return OutOfRange(text, "numeric");
        if (precision >= 0)
        {
            // Of numeric(2, 4), the first two decimals are zeros.
            var room = precision - scale;
            if (room < 0 ? whole.Length > 0 || !decimals[..Math.Min(decimals.Length, -room)].Trim((byte)'0').IsEmpty : whole.Length > room)
                return OutOfRange(text, $"numeric({precision},{scale})");
        }
        Write(whole, decimals, negative, buffer);
        return null;
    }

    /// <summary>In digits of base 10,000, the point between two of them.</summary>
    static void Write(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> decimals, bool negative, CopyBuffer buffer)
    {
        var before = (whole.Length + 3) / 4;
        var after = (decimals.Length + 3) / 4;
        var at = buffer.Length;
        var room = buffer.Take(12 + (2 * (before + after)));
        var digits = room[12..];
        for (var i = 0; i < before; i++)
        {
            var end = whole.Length - (4 * (before - 1 - i));
            BinaryPrimitives.WriteInt16BigEndian(digits[(2 * i)..], Group(whole[Math.Max(0, end - 4)..end]));
        }
        for (var i = 0; i < after; i++)
        {
            var part = decimals[(4 * i)..Math.Min(decimals.Length, (4 * i) + 4)];
            var value = Group(part);
            for (var missing = part.Length; missing < 4; missing++)
                value *= 10;
            BinaryPrimitives.WriteInt16BigEndian(digits[(2 * (before + i))..], value);
        }
        // Zeros at either end are left out, as the server itself does.
        var (first, last) = (0, before + after);
        while (last > first && digits[2 * (last - 1)] == 0 && digits[(2 * last) - 1] == 0)
            last--;
        while (first < last && digits[2 * first] == 0 && digits[(2 * first) + 1] == 0)
            first++;
        var count = last - first;
        digits[(2 * first)..(2 * last)].CopyTo(digits);
        BinaryPrimitives.WriteInt32BigEndian(room, 8 + (2 * count));
        BinaryPrimitives.WriteInt16BigEndian(room[4..], (short)count);
        BinaryPrimitives.WriteInt16BigEndian(room[6..], (short)(count == 0 ? 0 : before - first - 1));
        BinaryPrimitives.WriteInt16BigEndian(room[8..], negative && count > 0 ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(room[10..], (short)decimals.Length);
        buffer.Length = at + 12 + (2 * count);
    }

    static short Group(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var each in digits)
            value = (value * 10) + each - '0';
        return (short)value;
    }
}
