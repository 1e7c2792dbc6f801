namespace Howdah.Loading.Inputs;

/// <summary>Whole records of a file and where their fields are. Blocks are used again, so that rows cost no memory of their own.</summary>
class RecordBlock(int size = RecordBlock.Size)
{
    internal const int Size = 256 << 10;

    internal byte[] Data { get; set; } = new byte[size];

    /// <summary>How many bytes of <see cref="Data"/> are the file's.</summary>
    internal int Length { get; set; }

    /// <summary>Where <see cref="Data"/> begins in the file.</summary>
    internal long Offset { get; set; }

    internal FoundRecord[] Records = new FoundRecord[4096];
    internal int RecordCount;
    internal FoundField[] Fields = new FoundField[16384];
    internal int FieldCount;

    internal void Clear()
    {
        if (Data.Length > size)
            Data = new byte[size];
        if (Records.Length > 1 << 17)
            Records = new FoundRecord[4096];
        if (Fields.Length > 1 << 18)
            Fields = new FoundField[16384];
        (Length, RecordCount, FieldCount) = (0, 0, 0);
    }

    internal void Add(in FoundRecord record)
    {
        if (RecordCount == Records.Length)
            Array.Resize(ref Records, Records.Length * 2);
        Records[RecordCount++] = record;
    }

    internal void Add(in FoundField field)
    {
        if (FieldCount == Fields.Length)
            Array.Resize(ref Fields, Fields.Length * 2);
        Fields[FieldCount++] = field;
    }

    /// <summary>A rejected record as it stands in the file, no more than so many bytes of it; and how many it has.</summary>
    internal virtual (byte[] Raw, long Length) Rejected(in FoundRecord record, int most)
    {
        var raw = Raw(record);
        return (raw[..Math.Min(raw.Length, most)].ToArray(), Math.Max(record.Length, raw.Length));
    }

    /// <summary>The same of a record that is sent, in case that the server refuses it.</summary>
    internal virtual (byte[] Raw, long Length) Sent(in FoundRecord record, int most) => Rejected(record, most);

    internal ReadOnlySpan<byte> Raw(in FoundRecord record) => Data.AsSpan(record.Start, record.End - record.Start);
}

/// <summary>Where a record lies in its block.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">Past its last byte, without its line end.</param>
/// <param name="FirstField">Its first field in the block's list.</param>
/// <param name="Fields">How many fields it has.</param>
/// <param name="Line">The line it begins in.</param>
/// <param name="Number">Which record of the file it is.</param>
/// <param name="Fault">What is wrong with its form.</param>
/// <param name="FaultAt">Where in the block that is.</param>
/// <param name="Length">How many bytes it has in the file: more than the block holds of one that is too long.</param>
readonly record struct FoundRecord(
    int Start, int End, int FirstField, int Fields, long Line, long Number, RecordFault Fault, int FaultAt, long Length);

/// <summary>Where a field lies in its block.</summary>
/// <param name="Start">Its first byte, past the quote.</param>
/// <param name="End">Past its last byte, before the quote.</param>
/// <param name="Quoted">Whether it stood in quotes.</param>
/// <param name="Escaped">Whether there are escapes inside.</param>
readonly record struct FoundField(int Start, int End, bool Quoted, bool Escaped);

/// <summary>What can be wrong with a record's form.</summary>
enum RecordFault : byte
{
    None,
    Blank,
    OpenQuote,
    StrayQuote,
    AfterQuote,
    LoneCarriageReturn,
    TooLong,
}
