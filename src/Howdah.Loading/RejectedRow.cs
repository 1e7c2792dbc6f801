using Npgsql;

namespace Howdah.Loading;

/// <summary>A record that was not loaded, and why. The first thing found wrong is told.</summary>
/// <param name="Line">The line it begins in, from 1; for formats without lines the record's number.</param>
/// <param name="Record">The record's number, from 1, the header not counted; 0 for what was found before records are numbered.</param>
/// <param name="ByteOffset">Where it begins, in bytes of the decompressed file, from 0; of UTF-16, of its UTF-8 form; of a
/// format without lines, how many records are before it.</param>
/// <param name="Column">The target's column, where it is about one.</param>
/// <param name="Rule">Which rule, in short: one of <see cref="Rules"/>.</param>
/// <param name="SqlState">Where the server refused it: its code. Where the loader did: the code the server would have given.</param>
/// <param name="Message">What is wrong, for people.</param>
/// <param name="Raw">The record's bytes as they stand in the file, at most <see cref="Reading.MaxRawBytes"/>; of a format without
/// lines its values as a JSON object, and nothing where the server refused it.</param>
/// <param name="Length">How many bytes the record has; more than <paramref name="Raw"/> where that was cut.</param>
public sealed record RejectedRow(
    long Line, long Record, long ByteOffset, string? Column, string Rule, string SqlState, string Message, byte[] Raw, long Length);

/// <summary>Some rejected rows.</summary>
/// <param name="Rows">The rows, in the order they were found.</param>
/// <param name="Connection">The connection they would have gone over: idle until the call returns, in the same transaction as the rows that
/// were sent. Null in a dry run.</param>
public sealed record RejectedBatch(IReadOnlyList<RejectedRow> Rows, NpgsqlConnection? Connection);

/// <summary>The rules a record can break; texts for <see cref="RejectedRow.Rule"/>.</summary>
public static class Rules
{
    /// <summary>More or fewer fields than the header.</summary>
    public const string FieldCount = "field-count";
    /// <summary>A quote was opened and not closed before the file's or the limit's end.</summary>
    public const string OpenQuote = "open-quote";
    /// <summary>A quote inside an unquoted field.</summary>
    public const string StrayQuote = "stray-quote";
    /// <summary>Something else than the field's end after a closing quote.</summary>
    public const string AfterQuote = "after-quote";
    /// <summary>A carriage return without a line feed.</summary>
    public const string LoneCarriageReturn = "lone-carriage-return";
    /// <summary>An empty line.</summary>
    public const string BlankLine = "blank-line";
    /// <summary>The header once more.</summary>
    public const string RepeatedHeader = "repeated-header";
    /// <summary>The record is longer than allowed.</summary>
    public const string RecordLength = "record-length";
    /// <summary>The field is longer than allowed.</summary>
    public const string FieldLength = "field-length";
    /// <summary>A zero byte in a text.</summary>
    public const string ZeroByte = "zero-byte";
    /// <summary>Bytes that are no text in the declared encoding.</summary>
    public const string Encoding = "encoding";
    /// <summary>A text that is no value of the column's type in the declared format.</summary>
    public const string Syntax = "syntax";
    /// <summary>A value outside the type's range.</summary>
    public const string Range = "range";
    /// <summary>A number with more decimals than the column has: it would have been rounded.</summary>
    public const string Scale = "scale";
    /// <summary>A text with more characters than the column takes.</summary>
    public const string TextLength = "text-length";
    /// <summary>A word that is not one of the column's enum.</summary>
    public const string EnumLabel = "enum-label";
    /// <summary>NULL where the column takes none.</summary>
    public const string NotNull = "not-null";
    /// <summary>A time without an offset, and no zone declared.</summary>
    public const string NoOffset = "no-offset";
    /// <summary>A local time that the clocks showed twice or never.</summary>
    public const string LocalTime = "local-time";
    /// <summary>A line that is no JSON object, or one with the same name twice.</summary>
    public const string Json = "json";
    /// <summary>The server refused the row: constraint, trigger, domain.</summary>
    public const string Server = "server";
}
