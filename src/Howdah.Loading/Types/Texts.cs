using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Howdah.Loading.Copying;

namespace Howdah.Loading.Types;

/// <summary>Text: valid UTF-8 without zero bytes, no longer than the column.</summary>
/// <param name="limit">How many characters the column takes; −1: any.</param>
sealed class TextEncoder(int limit) : FieldEncoder
{
    internal override bool IsText => true;

    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        if (!Utf8.IsValid(text))
            return NoText(text);
        if (text.Contains((byte)0))
            return ZeroByte();
        if (limit >= 0 && text.Length > limit && Characters(text) > limit)
            return new(Rules.TextLength, "22001", $"{Shown(text)} has {Characters(text)} characters and the column takes {limit}");
        buffer.Bytes(text);
        return null;
    }

    internal static FieldFault NoText(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(text[at..], out _, out var used) == OperationStatus.Done)
            at += used;
        return new(Rules.Encoding, "22021", $"the byte 0x{text[at]:x2} at {at} of the field is no UTF-8");
    }

    internal static FieldFault ZeroByte() => new(Rules.ZeroByte, "22021", "there is a zero byte in the text, which the server cannot hold");

    static int Characters(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var each in text)
            count += (each & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }
}

/// <summary>One of an enum's words.</summary>
sealed class EnumEncoder(IReadOnlyList<string> labels, string type) : FieldEncoder
{
    readonly byte[][] known = [.. labels.Select(System.Text.Encoding.UTF8.GetBytes)];

    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        foreach (var label in known)
        {
            if (text.SequenceEqual(label))
            {
                buffer.Bytes(label);
                return null;
            }
        }
        return new(Rules.EnumLabel, "22P02", $"{Shown(text)} is none of {type}: {string.Join(", ", labels.Take(10))}"
            + (labels.Count > 10 ? ", …" : ""));
    }
}

/// <summary>True and false, in the declared words only.</summary>
sealed class BooleanEncoder(IReadOnlyList<string> yes, IReadOnlyList<string> no) : FieldEncoder
{
    readonly byte[][] truths = [.. yes.Select(System.Text.Encoding.UTF8.GetBytes)];
    readonly byte[][] lies = [.. no.Select(System.Text.Encoding.UTF8.GetBytes)];

    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        var value = Holds(truths, text);
        if (!value && !Holds(lies, text))
        {
            return new(Rules.Syntax, "22P02", $"{Shown(text)} is no boolean: declared are {string.Join(", ", yes)} and "
                + string.Join(", ", no));
        }
        buffer.Bytes([value ? (byte)1 : (byte)0]);
        return null;
    }

    static bool Holds(byte[][] words, ReadOnlySpan<byte> text)
    {
        foreach (var word in words)
        {
            if (Ascii.EqualsIgnoreCase(word, text) || text.SequenceEqual(word))
                return true;
        }
        return false;
    }
}

/// <summary>UUIDs, with their hyphens.</summary>
sealed class UuidEncoder : FieldEncoder
{
    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        if (!System.Buffers.Text.Utf8Parser.TryParse(text, out Guid value, out var used, 'D') || used != text.Length)
            return Syntax(text, "uuid");
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        buffer.Bytes(bytes);
        return null;
    }
}

/// <summary>Bytes as <c>\x</c> and hexadecimal digits.</summary>
sealed class ByteaEncoder : FieldEncoder
{
    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        if (text.Length % 2 != 0 || !text.StartsWith("\\x"u8))
            return Syntax(text, "bytea: \\x and hexadecimal digits");
        var at = buffer.Length;
        var room = buffer.Take(4 + ((text.Length - 2) / 2));
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(room, room.Length - 4);
        if (Convert.FromHexString(text[2..], room[4..], out _, out _) == OperationStatus.Done)
            return null;
        buffer.Length = at;
        return Syntax(text, "bytea: \\x and hexadecimal digits");
    }
}

/// <summary>JSON. In <c>jsonb</c> also texts are looked into: it takes no <c>\u0000</c> and no half of a surrogate pair.</summary>
sealed class JsonEncoder(bool binary) : FieldEncoder
{
    internal override FieldFault? Encode(ReadOnlySpan<byte> text, CopyBuffer buffer)
    {
        if (!Utf8.IsValid(text))
            return TextEncoder.NoText(text);
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                if (binary && reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped
                    && Unescaped(ref reader) is { } fault)
                {
                    return fault;
                }
                if (binary && reader.TokenType == JsonTokenType.Number && IsHuge(reader.ValueSpan))
                    return OutOfRange(reader.ValueSpan, "jsonb's numbers");
            }
        }
        catch (JsonException wrong)
        {
            return new(Rules.Syntax, "22P02", $"{Shown(text)} is no JSON: at byte {wrong.BytePositionInLine} of line "
                + $"{wrong.LineNumber + 1} of the field");
        }
        if (!binary)
        {
            buffer.Bytes(text);
            return null;
        }
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(buffer.Take(4), text.Length + 1);
        buffer.Take(1)[0] = 1;
        buffer.Put(text);
        return null;
    }

    static FieldFault? Unescaped(ref Utf8JsonReader reader)
    {
        var rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(rented);
            return rented.AsSpan(0, length).Contains((byte)0)
                ? new(Rules.ZeroByte, "22P05", "there is a \\u0000 in the JSON, which jsonb cannot hold") : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return new(Rules.Encoding, "22P02", $"{Shown(reader.ValueSpan)} holds half of a surrogate pair, which jsonb refuses");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    static bool IsHuge(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        return number.Length > 10_000
            || (exponent >= 0 && (!int.TryParse(number[(exponent + 1)..], out var power) || Math.Abs(power) > 10_000));
    }
}
