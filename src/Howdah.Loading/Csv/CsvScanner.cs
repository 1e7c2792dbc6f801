using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Howdah.Loading.Inputs;

namespace Howdah.Loading.Csv;

/// <summary>
/// Finds records and fields. Only delimiters, quotes, escapes and line ends are looked at, 32 bytes at a time. What is wrong with a record
/// is noted and reading goes on: behind the next line end; where a quote was opened, behind the end of the line it was opened in, so that
/// nothing a stray quote swallowed is lost.
/// </summary>
sealed class CsvScanner
{
    readonly Reading reading;
    readonly byte delimiter, quote, escape;
    readonly bool quotes, doubled;

    // Of the record that is being read.
    int recordStart, firstField, fieldStart, openAt, closedAt, linesInRecord;
    bool inQuotes, closed, escaped, mixedSeen, crlfSeen, lfSeen;

    internal CsvScanner(Reading reading)
    {
        this.reading = reading;
        quotes = reading.Quote is not null;
        delimiter = Ascii(reading.Delimiter, "delimiter");
        quote = quotes ? Ascii(reading.Quote!.Value, "quote") : delimiter;
        escape = reading.Escape is { } own && quotes ? Ascii(own, "escape") : quote;
        doubled = escape == quote;
        if ((quotes && quote == delimiter) || escape == delimiter && quotes)
            throw new LoadException($"delimiter, quote and escape are the same character '{reading.Delimiter}': declare different ones");
    }

    /// <summary>The line that the next record begins in.</summary>
    internal long Line { get; private set; } = 1;

    /// <summary>How many records were found, faults included.</summary>
    internal long Number { get; set; }

    internal bool MixedLineEnds => mixedSeen;

    /// <summary>Adds the records of a block to it.</summary>
    /// <param name="block">The block; its bytes begin with a record.</param>
    /// <param name="final">Whether the file ends with it.</param>
    /// <param name="one">Whether to stop after one record.</param>
    /// <returns>Where the first record begins that is not whole.</returns>
    internal int Scan(RecordBlock block, int from, bool final, bool one)
    {
        var length = block.Length;
        ref var data = ref MemoryMarshal.GetArrayDataReference(block.Data);
        var (ofDelimiter, ofQuote, ofEscape) = (Vector256.Create(delimiter), Vector256.Create(quote), Vector256.Create(escape));
        var (ofLf, ofCr) = (Vector256.Create((byte)'\n'), Vector256.Create((byte)'\r'));
        Begin(block, from);
        var at = from;
        while (at < length)
        {
            uint found;
            int step;
            if (at + 32 <= length)
            {
                var bytes = Vector256.LoadUnsafe(ref data, (nuint)at);
                found = (Vector256.Equals(bytes, ofDelimiter) | Vector256.Equals(bytes, ofQuote) | Vector256.Equals(bytes, ofEscape)
                    | Vector256.Equals(bytes, ofLf) | Vector256.Equals(bytes, ofCr)).ExtractMostSignificantBits();
                step = 32;
            }
            else
            {
                found = Tail(block.Data.AsSpan(at, length - at));
                step = length - at;
            }
            var next = at + step;
            while (found != 0)
            {
                var place = at + BitOperations.TrailingZeroCount(found);
                found &= found - 1;
                var go = Special(block, place, final);
                if (go == place + 1)
                {
                    if (one && block.RecordCount > 0)
                        return go;
                    continue;
                }
                if (go < 0)
                    return recordStart;
                if (one && block.RecordCount > 0)
                    return go;
                next = go;
                break;
            }
            at = next;
        }
        return final ? Finish(block) : recordStart;
    }

    uint Tail(ReadOnlySpan<byte> bytes)
    {
        uint found = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == delimiter || bytes[i] == quote || bytes[i] == escape || bytes[i] is (byte)'\n' or (byte)'\r')
                found |= 1u << i;
        }
        return found;
    }

    /// <summary>Where to go on; −1: more bytes are needed to tell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    int Special(RecordBlock block, int at, bool final)
    {
        var what = block.Data[at];
        if (inQuotes)
            return Quoted(block, at, what, final);
        if (what == delimiter)
        {
            EndField(block, at);
            fieldStart = at + 1;
            return at + 1;
        }
        if (what == '\n')
            return EndRecord(block, at, at + 1, crlf: false);
        return Rare(block, at, what, final);
    }

    int Rare(RecordBlock block, int at, byte what, bool final)
    {
        if (what == '\r')
        {
            if (at + 1 == block.Length && !final)
                return -1;
            if (at + 1 < block.Length && block.Data[at + 1] == '\n')
                return EndRecord(block, at, at + 2, crlf: true);
            if (reading.LoneCarriageReturns)
                return EndRecord(block, at, at + 1, crlf: false);
            return Fault(block, RecordFault.LoneCarriageReturn, at, at, final);
        }
        // An escape outside quotes is a character like others.
        if (what != quote)
            return at + 1;
        if (at != fieldStart)
            return Fault(block, RecordFault.StrayQuote, at, at, final);
        (inQuotes, openAt) = (true, at);
        return at + 1;
    }

    int Quoted(RecordBlock block, int at, byte what, bool final)
    {
        if (what == '\n')
        {
            return ++linesInRecord > reading.MaxLinesInRecord ? Fault(block, RecordFault.OpenQuote, openAt, openAt, final) : at + 1;
        }
        if (what == escape && !doubled)
        {
            if (at + 1 == block.Length)
                return final ? at + 1 : -1;
            escaped |= block.Data[at + 1] == quote || block.Data[at + 1] == escape;
            return block.Data[at + 1] == quote || block.Data[at + 1] == escape ? at + 2 : at + 1;
        }
        if (what != quote)
            return at + 1;
        if (at + 1 == block.Length && !final)
            return -1;
        if (at + 1 < block.Length)
        {
            var next = block.Data[at + 1];
            if (next == quote && doubled)
            {
                escaped = true;
                return at + 2;
            }
            if (next != delimiter && next is not ((byte)'\n' or (byte)'\r'))
                return Fault(block, RecordFault.AfterQuote, at + 1, openAt, final);
        }
        (inQuotes, closed, closedAt) = (false, true, at);
        return at + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void EndField(RecordBlock block, int at)
    {
        if (closed)
        {
            block.Add(new FoundField(openAt + 1, closedAt, true, escaped));
            (closed, escaped) = (false, false);
        }
        else
        {
            block.Add(new FoundField(fieldStart, at, false, false));
        }
    }

    int EndRecord(RecordBlock block, int at, int next, bool crlf)
    {
        (crlfSeen, lfSeen) = (crlfSeen | crlf, lfSeen | !crlf);
        mixedSeen |= crlfSeen & lfSeen;
        var blank = at == recordStart && reading.BlankLines != BlankLines.Keep;
        EndField(block, at);
        block.Add(new FoundRecord(recordStart, at, firstField, block.FieldCount - firstField, Line, ++Number,
            blank ? RecordFault.Blank : RecordFault.None, at, at - recordStart));
        Line += linesInRecord + 1;
        Begin(block, next);
        return next;
    }

    /// <summary>Notes a record that is no record, and goes on behind the first line end from <paramref name="seek"/> on.</summary>
    int Fault(RecordBlock block, RecordFault fault, int at, int seek, bool final)
    {
        var end = block.Data.AsSpan(seek, block.Length - seek).IndexOf((byte)'\n');
        if (end < 0 && !final)
            return -1;
        var next = end < 0 ? block.Length : seek + end + 1;
        var stop = end < 0 ? block.Length : seek + end;
        if (stop > recordStart && end >= 0 && block.Data[stop - 1] == '\r')
            stop--;
        block.FieldCount = firstField;
        block.Add(new FoundRecord(recordStart, stop, firstField, 0, Line, ++Number, fault, at, stop - recordStart));
        Line += block.Data.AsSpan(recordStart, next - recordStart).Count((byte)'\n');
        Begin(block, next);
        return next;
    }

    /// <summary>The file's last record has no line end, or was never finished.</summary>
    int Finish(RecordBlock block)
    {
        while (recordStart < block.Length)
        {
            if (inQuotes)
            {
                var go = Fault(block, RecordFault.OpenQuote, openAt, openAt, final: true);
                if (go < block.Length)
                    return Scan(block, go, final: true, one: false);
                continue;
            }
            EndField(block, block.Length);
            block.Add(new FoundRecord(recordStart, block.Length, firstField, block.FieldCount - firstField, Line, ++Number,
                RecordFault.None, 0, block.Length - recordStart));
            Line += linesInRecord;
            Begin(block, block.Length);
        }
        return block.Length;
    }

    void Begin(RecordBlock block, int at)
    {
        (recordStart, fieldStart, firstField, linesInRecord) = (at, at, block.FieldCount, 0);
        (inQuotes, closed, escaped) = (false, false, false);
    }

    /// <summary>Notes a record that is longer than allowed, of which the block holds the beginning.</summary>
    internal LongRecord BeginLong(RecordBlock block)
    {
        Begin(block, 0);
        block.Add(new FoundRecord(0, Math.Min(block.Length, reading.MaxRawBytes), firstField, 0, Line, ++Number, RecordFault.TooLong, 0,
            block.Length));
        return new LongRecord(quotes ? quote : null, doubled ? null : escape, delimiter, reading.LoneCarriageReturns);
    }

    internal void Skip(long lines) => Line += lines;

    static byte Ascii(char character, string what) => char.IsAscii(character) && character is not ('\n' or '\r' or '\0') ? (byte)character
        : throw new LoadException($"the {what} '{character}' is not one character of ASCII");
}
