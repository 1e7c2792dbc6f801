namespace Howdah.Loading.Csv;

/// <summary>Looks for the end of a record that is longer than allowed, without keeping it.</summary>
sealed class LongRecord(byte? quote, byte? escape, byte delimiter, bool loneReturns)
{
    bool inQuotes, fieldStart = true, skip;

    internal long Lines { get; private set; }
    internal long Length { get; private set; }

    /// <summary>Where the bytes after its line end begin, or −1 where it goes on.</summary>
    internal int End(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            var what = bytes[at];
            if (skip)
            {
                skip = false;
            }
            else if (what == '\n')
            {
                Lines++;
                if (!inQuotes)
                {
                    Length += at + 1;
                    return at + 1;
                }
            }
            else if (what == '\r' && loneReturns && !inQuotes && !bytes[(at + 1)..].StartsWith((byte)'\n'))
            {
                Length += at + 1;
                return at + 1;
            }
            else if (inQuotes && what == escape)
            {
                skip = true;
            }
            else if (what == quote && (fieldStart || inQuotes))
            {
                // A doubled quote ends the field and begins it again at once.
                (inQuotes, fieldStart) = (!inQuotes, inQuotes);
                continue;
            }
            fieldStart = !inQuotes && what == delimiter;
        }
        Length += bytes.Length;
        return -1;
    }
}
