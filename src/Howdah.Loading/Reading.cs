namespace Howdah.Loading;

/// <summary>How a file is read. Nothing is guessed: what is not declared has the value that stands here.</summary>
public sealed record Reading
{
    /// <summary>The file's format.</summary>
    public FileFormat Format { get; init; } = FileFormat.Csv;

    /// <summary>What reads the file instead, where its format has a package of its own; null: <see cref="Format"/> says it.</summary>
    public FormatReader? Reader { get; init; }

    /// <summary>What separates fields: one character of ASCII.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>What stands around fields; null: nothing does, and a quote is a character like others.</summary>
    public char? Quote { get; init; } = '"';

    /// <summary>What stands before a quote inside quotes; null: the quote itself, doubled.</summary>
    public char? Escape { get; init; }

    /// <summary>The encoding: <c>utf-8</c>, <c>utf-16</c>, <c>utf-16be</c>, or one of a byte a character: <c>windows-1252</c>.</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>Whether the first record names the columns. Columns are then found by name, in any order.</summary>
    public bool Header { get; init; } = true;

    /// <summary>The file's columns in order, where it has no header.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Unquoted texts that mean NULL.</summary>
    public IReadOnlyList<string> Nulls { get; init; } = [""];

    /// <summary>What becomes of empty lines.</summary>
    public BlankLines BlankLines { get; init; }

    /// <summary>Whether the header may come again further down, as in files put together; else it is rejected there.</summary>
    public bool HeaderMayRepeat { get; init; }

    /// <summary>Whether a carriage return alone ends a record.</summary>
    public bool LoneCarriageReturns { get; init; }

    /// <summary>Whether a file without records is fine; else it is refused.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>What stands before the decimals: a point or a comma.</summary>
    public char DecimalSeparator { get; init; } = '.';

    /// <summary>How dates are written, as <c>dd.MM.yyyy</c>; null: <c>yyyy-MM-dd</c>.</summary>
    public string? DateFormat { get; init; }

    /// <summary>How timestamps are written, as <c>dd.MM.yyyy HH:mm</c>; null: <c>yyyy-MM-dd HH:mm</c> or with a T, with or without
    /// seconds, up to six decimals.</summary>
    public string? TimestampFormat { get; init; }

    /// <summary>Words for true, in any case.</summary>
    public IReadOnlyList<string> True { get; init; } = ["true", "t"];

    /// <summary>Words for false, in any case.</summary>
    public IReadOnlyList<string> False { get; init; } = ["false", "f"];

    /// <summary>The time zone of timestamps without an offset that go into <c>timestamptz</c>; null: they are rejected.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>What a local time means that the clocks showed twice.</summary>
    public DoubledHour DoubledHour { get; init; }

    /// <summary>What a local time means that the clocks left out.</summary>
    public MissingHour MissingHour { get; init; }

    /// <summary>Whether NaN and infinities are taken where a file's own type is floating point, as in archives; else they are rejected, for
    /// one of them spoils every sum.</summary>
    public bool NotFinite { get; init; }

    /// <summary>Fields longer than this, in bytes, are rejected.</summary>
    public int MaxFieldBytes { get; init; } = 4 << 20;

    /// <summary>Records longer than this, in bytes, are rejected: the loader's memory hangs on it.</summary>
    public int MaxRecordBytes { get; init; } = 8 << 20;

    /// <summary>A quoted field with more line ends than this counts as never closed: its first line is rejected, and reading goes on after
    /// that line.</summary>
    public int MaxLinesInRecord { get; init; } = 1000;

    /// <summary>The file may not grow to more than this many bytes when decompressed.</summary>
    public long MaxDecompressedBytes { get; init; } = 1L << 40;

    /// <summary>Nor to more than this many times its compressed size (past the first 16 MB): what does is a bomb.</summary>
    public int MaxCompressionRatio { get; init; } = 1000;

    /// <summary>Of a rejected record, this many bytes are kept.</summary>
    public int MaxRawBytes { get; init; } = 64 << 10;
}

/// <summary>A file's format.</summary>
public enum FileFormat
{
    /// <summary>Fields with a delimiter and quotes; TSV too, with another delimiter.</summary>
    Csv,
    /// <summary>One JSON object a line.</summary>
    Ndjson,
}

/// <summary>What becomes of empty lines.</summary>
public enum BlankLines
{
    /// <summary>Each is rejected.</summary>
    Reject,
    /// <summary>They are counted and skipped.</summary>
    Skip,
    /// <summary>Each is a record of one empty field.</summary>
    Keep,
}

/// <summary>What a local time means that the clocks showed twice, when they were set back.</summary>
public enum DoubledHour
{
    /// <summary>It is rejected.</summary>
    Reject,
    /// <summary>The first of the two: summer time.</summary>
    Earlier,
    /// <summary>The second: winter time.</summary>
    Later,
}

/// <summary>What a local time means that the clocks left out, when they were set forward.</summary>
public enum MissingHour
{
    /// <summary>It is rejected.</summary>
    Reject,
    /// <summary>As much later as the clocks were set forward, as if they had not been yet.</summary>
    Later,
}
