using System.Text;

namespace Howdah.Loading.Types;

/// <summary>An encoding of one byte a character whose first half is ASCII, as UTF-8.</summary>
sealed class SingleBytes
{
    readonly byte[]?[] characters = new byte[256][];

    SingleBytes(Encoding encoding)
    {
        for (var each = 0; each < 256; each++)
        {
            var text = encoding.GetString([(byte)each]);
            // Windows' code pages leave some bytes open; decoders make control characters of them, which no file means.
            var open = each >= 0x80 && text is [>= '\u0080' and <= '\u009f'] 
                && !encoding.WebName.StartsWith("iso", StringComparison.Ordinal);
            characters[each] = text == "\ufffd" || open ? null : Encoding.UTF8.GetBytes(text);
        }
    }

    /// <summary>The declared encoding; null where it is UTF-8 or has become it.</summary>
    internal static SingleBytes? Of(Reading reading)
    {
        if (reading.Encoding.ToUpperInvariant() is "UTF-8" or "UTF8" or "UTF-16" or "UTF-16LE" or "UTF-16BE")
            return null;
        Encoding? encoding;
        try
        {
            encoding = CodePagesEncodingProvider.Instance.GetEncoding(reading.Encoding) ?? Encoding.GetEncoding(reading.Encoding);
        }
        catch (ArgumentException)
        {
            throw new LoadException($"the encoding '{reading.Encoding}' is not known: declare utf-8, utf-16, utf-16be, or one of a byte a "
                + "character such as windows-1252 or iso-8859-15");
        }
        var ascii = Encoding.ASCII.GetString(Enumerable.Range(1, 126).Select(static each => (byte)each).ToArray());
        if (!encoding.IsSingleByte || encoding.GetString(Encoding.ASCII.GetBytes(ascii)) != ascii)
        {
            throw new LoadException($"the encoding '{reading.Encoding}' has more than a byte a character or does not hold ASCII: turn the "
                + "file into UTF-8 first");
        }
        return new(encoding);
    }

    /// <summary>Writes the text as UTF-8 into a buffer that grows.</summary>
    /// <returns>Its length; −1 − n where the byte n is no character.</returns>
    internal int Decode(ReadOnlySpan<byte> text, ref byte[] plain)
    {
        if (plain.Length < text.Length * 3)
            plain = new byte[Math.Max(4096, text.Length * 3)];
        var length = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (characters[text[at]] is not { } character)
                return -1 - at;
            character.CopyTo(plain, length);
            length += character.Length;
        }
        return length;
    }
}
