namespace Howdah.Loading;

/// <summary>What a column of the target is filled from. Its type is the target's; here stands how the text of the file is read.</summary>
/// <param name="Column">The target's column.</param>
/// <param name="Source">The file's column, by its exact name in the header; null: as <paramref name="Column"/>.</param>
/// <param name="Nulls">Texts that mean NULL, instead of <see cref="Reading.Nulls"/>.</param>
/// <param name="QuotedNulls">Whether a quoted text can mean NULL, too: <c>""</c> then is one where <c>""</c> is in the list.</param>
/// <param name="Trim">Whether blanks, tabs and no-break spaces around the value are dropped.</param>
/// <param name="Default">The text read in place of NULL.</param>
/// <param name="Format">For dates and times, instead of the reading's: <c>dd/MM/yyyy HH:mm</c>.</param>
/// <param name="Optional">Whether the file may lack the column: NULL or <paramref name="Default"/> then.</param>
/// <param name="Filled">Where the value comes from if not from the file.</param>
public sealed record LoadField(
    string Column, string? Source = null, IReadOnlyList<string>? Nulls = null, bool QuotedNulls = false, bool Trim = false,
    string? Default = null, string? Format = null, bool Optional = false, Filling Filled = Filling.File)
{
    /// <summary>The file's column.</summary>
    public string From => Source ?? Column;

    /// <summary>A column that has the same value in every row: a batch, the file's name.</summary>
    /// <param name="column">The target's column.</param>
    /// <param name="value">The text, read as the column's type; null is NULL.</param>
    public static LoadField Constant(string column, string? value) => new(column, Default: value, Filled: Filling.Constant);

    /// <summary>A column of type <c>bigint</c> that is counted.</summary>
    /// <param name="column">The target's column.</param>
    /// <param name="what">What is counted.</param>
    public static LoadField Counted(string column, Filling what) => new(column, Filled: what);
}

/// <summary>Where a column's value comes from.</summary>
public enum Filling
{
    /// <summary>From the file.</summary>
    File,
    /// <summary>The same for all rows: <see cref="LoadField.Default"/>.</summary>
    Constant,
    /// <summary>The line of the file the record begins in, from 1; for formats without lines the record's number.</summary>
    Line,
    /// <summary>The record's number, from 1, the header not counted.</summary>
    Record,
    /// <summary>Where the record begins, in bytes of the decompressed file, from 0.</summary>
    Offset,
}
