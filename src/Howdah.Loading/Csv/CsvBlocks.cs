using Howdah.Loading.Inputs;

namespace Howdah.Loading.Csv;

/// <summary>A CSV file as blocks of whole records.</summary>
sealed class CsvBlocks(ByteSource source, Reading reading) : IBlockSource
{
    readonly CsvScanner scanner = new(reading);
    byte[] tail = [];
    int tailLength;
    long offset = source.Mark;
    bool ended;

    public long Lines => scanner.Line - (EndsInNewline ? 1 : 0);
    public bool MixedLineEnds => scanner.MixedLineEnds;
    public bool EndsInNewline { get; private set; } = true;

    /// <summary>The header's bytes, to know it again; empty where there is none.</summary>
    internal byte[] HeaderRaw { get; private set; } = [];

    /// <summary>Reads the first record: the names of the columns. Null where the file is empty.</summary>
    internal IReadOnlyList<string>? ReadHeader(string name, Func<ReadOnlyMemory<byte>, string?> text)
    {
        var block = new RecordBlock();
        while (!Fill(block, one: true) || block.RecordCount == 0)
        {
            if (ended && block.RecordCount == 0)
                return null;
        }
        var header = block.Records[0];
        if (header.Fault != RecordFault.None)
        {
            throw new LoadException($"{name}: the header is no record ({RejectTexts.Of(header, block.Offset).Message}): the first line "
                + "has to name the columns");
        }
        HeaderRaw = block.Raw(header).ToArray();
        // Records are numbered from the one after the header.
        scanner.Number = 0;
        var names = new List<string>();
        for (var i = 0; i < header.Fields; i++)
        {
            var field = block.Fields[header.FirstField + i];
            var bytes = block.Data.AsMemory(field.Start, field.End - field.Start);
            if (field.Escaped)
                bytes = Unescape(bytes.Span, reading);
            names.Add(text(bytes) ?? throw new LoadException(
                $"{name}: column {i + 1} of the header is no text in the encoding {reading.Encoding}: declare the file's encoding"));
        }
        return names;
    }

    public bool Fill(RecordBlock block) => Fill(block, one: false);

    bool Fill(RecordBlock block, bool one)
    {
        block.Clear();
        if (ended && tailLength == 0)
            return false;
        if (tailLength > block.Data.Length)
            block.Data = new byte[Math.Max(RecordBlock.Size, tailLength)];
        tail.AsSpan(0, tailLength).CopyTo(block.Data);
        (block.Length, block.Offset) = (tailLength, offset);
        tailLength = 0;
        while (true)
        {
            while (block.Length < block.Data.Length && !ended)
            {
                var got = source.Read(block.Data.AsSpan(block.Length));
                ended = got == 0;
                block.Length += got;
            }
            if (ended && block.Length > 0)
                EndsInNewline = block.Data[block.Length - 1] is (byte)'\n' or (byte)'\r';
            var whole = scanner.Scan(block, 0, ended, one);
            if (block.RecordCount > 0 || (ended && block.Length == whole))
            {
                Keep(block, whole);
                return true;
            }
            // Not one record is whole.
            if (block.Length >= reading.MaxRecordBytes)
            {
                SkipLong(block);
                return true;
            }
            var grown = new byte[Math.Min(Math.Max(reading.MaxRecordBytes, RecordBlock.Size), Math.Max(16, block.Data.Length * 2))];
            block.Data.AsSpan(0, block.Length).CopyTo(grown);
            block.Data = grown;
        }
    }

    void Keep(RecordBlock block, int whole)
    {
        tailLength = block.Length - whole;
        if (tail.Length < tailLength || tail.Length > 4 * Math.Max(tailLength, RecordBlock.Size))
            tail = new byte[Math.Max(RecordBlock.Size, tailLength)];
        block.Data.AsSpan(whole, tailLength).CopyTo(tail);
        offset = block.Offset + whole;
    }

    void SkipLong(RecordBlock block)
    {
        block.FieldCount = 0;
        var record = scanner.BeginLong(block);
        var next = record.End(block.Data.AsSpan(0, block.Length));
        if (next >= 0)
            throw new InvalidOperationException("a record was not whole and has an end");
        offset += block.Length;
        var more = new byte[RecordBlock.Size];
        while (!ended)
        {
            var got = source.Read(more);
            ended = got == 0;
            if (got == 0)
                break;
            next = record.End(more.AsSpan(0, got));
            offset += next < 0 ? got : next;
            EndsInNewline = more[got - 1] is (byte)'\n';
            if (next < 0)
                continue;
            tail = more;
            tailLength = got - next;
            more.AsSpan(next, tailLength).CopyTo(tail);
            break;
        }
        scanner.Skip(record.Lines);
        block.Records[0] = block.Records[0] with { Length = record.Length };
    }

    /// <summary>Takes escapes out.</summary>
    internal static byte[] Unescape(ReadOnlySpan<byte> field, Reading reading)
    {
        var plain = new byte[field.Length];
        return plain[..Unescape(field, plain, (byte)(reading.Escape ?? reading.Quote ?? '"'), (byte)(reading.Quote ?? '"'))];
    }

    internal static int Unescape(ReadOnlySpan<byte> field, Span<byte> plain, byte escape, byte quote)
    {
        var length = 0;
        for (var at = 0; at < field.Length; at++)
        {
            if (field[at] == escape && at + 1 < field.Length && (field[at + 1] == quote || field[at + 1] == escape))
                at++;
            plain[length++] = field[at];
        }
        return length;
    }
}
