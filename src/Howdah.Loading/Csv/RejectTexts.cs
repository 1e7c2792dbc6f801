using Howdah.Loading.Copying;
using Howdah.Loading.Inputs;

namespace Howdah.Loading.Csv;

/// <summary>What is said of records whose form is wrong.</summary>
static class RejectTexts
{
    /// <param name="record">The record.</param>
    /// <param name="offset">Where its block begins in the file.</param>
    internal static RowFault Of(in FoundRecord record, long offset)
    {
        var at = offset + record.FaultAt;
        return record.Fault switch
        {
            RecordFault.Blank => new(null, Rules.BlankLine, "22P04", "the line is empty: declare whether empty lines are skipped"),
            RecordFault.OpenQuote => new(null, Rules.OpenQuote, "22P04", $"the quote at byte {at} is never closed"),
            RecordFault.StrayQuote => new(null, Rules.StrayQuote, "22P04", $"there is a quote at byte {at} inside a field without quotes"),
            RecordFault.AfterQuote => new(null, Rules.AfterQuote, "22P04",
                $"at byte {at} something follows a closing quote that is neither a delimiter nor a line end"),
            RecordFault.LoneCarriageReturn => new(null, Rules.LoneCarriageReturn, "22P04",
                $"there is a carriage return at byte {at} without a line feed: declare it if it ends records"),
            _ => new(null, Rules.RecordLength, "54000", $"the record has {record.Length} bytes, more than allowed"),
        };
    }
}
