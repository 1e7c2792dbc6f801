using System.Runtime.CompilerServices;
using System.Text;
using Howdah.Loading.Copying;
using Howdah.Loading.Inputs;
using Howdah.Loading.Types;

namespace Howdah.Loading.Csv;

/// <summary>Rows out of records of a CSV file.</summary>
/// <param name="plans">The columns of the rows.</param>
/// <param name="reading">How the file is read.</param>
/// <param name="width">How many fields a record has to have.</param>
/// <param name="header">The header's bytes, to know it again.</param>
/// <param name="table">The encoding, where it is not UTF-8.</param>
sealed class CsvRows(ColumnPlan[] plans, Reading reading, int width, byte[] header, SingleBytes? table) : IRowEncoder
{
    readonly byte quote = (byte)(reading.Quote ?? '"'), escape = (byte)(reading.Escape ?? reading.Quote ?? '"');
    byte[] plain = new byte[4096], decoded = new byte[4096];

    public RowOutcome Encode(RecordBlock block, in FoundRecord record, CopyBuffer buffer, out RowFault? fault)
    {
        fault = null;
        if (record.Fault != RecordFault.None || record.Fields != width || record.End - record.Start == header.Length)
        {
            if (Unusual(block, record, out fault) is { } outcome)
                return outcome;
        }
        var begin = buffer.Length;
        buffer.Fields(plans.Length);
        foreach (var plan in plans)
        {
            fault = plan.Source >= 0 ? Field(plan, block, record, buffer) : Filled(plan, block, record, buffer);
            if (fault is not null)
            {
                buffer.Length = begin;
                return RowOutcome.Rejected;
            }
        }
        return RowOutcome.Written;
    }

    RowOutcome? Unusual(RecordBlock block, in FoundRecord record, out RowFault? fault)
    {
        fault = null;
        if (record.Fault == RecordFault.Blank && reading.BlankLines == BlankLines.Skip)
            return RowOutcome.Skipped;
        if (record.Fault == RecordFault.None && header.Length > 0 && block.Raw(record).SequenceEqual(header))
        {
            if (reading.HeaderMayRepeat)
                return RowOutcome.Skipped;
            fault = new(null, Rules.RepeatedHeader, "22P04", "this is the header once more: declare it if files were put together");
        }
        else if (record.Fault != RecordFault.None)
        {
            fault = RejectTexts.Of(record, block.Offset);
        }
        else if (record.Fields != width)
        {
            fault = new(null, Rules.FieldCount, "22P04", $"the record has {record.Fields} fields and the header {width}");
        }
        return fault is null ? null : RowOutcome.Rejected;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    RowFault? Field(ColumnPlan plan, RecordBlock block, in FoundRecord record, CopyBuffer buffer)
    {
        ref readonly var field = ref block.Fields[record.FirstField + plan.Source];
        var text = (ReadOnlySpan<byte>)block.Data.AsSpan(field.Start, field.End - field.Start);
        if (text.Length > reading.MaxFieldBytes)
        {
            return new(plan.Column.Name, Rules.FieldLength, "54000",
                $"the field has {text.Length} bytes, more than the {reading.MaxFieldBytes} allowed");
        }
        if (field.Escaped)
        {
            if (plain.Length < text.Length)
                plain = new byte[text.Length];
            text = plain.AsSpan(0, CsvBlocks.Unescape(text, plain, escape, quote));
        }
        if (table is not null && !Ascii.IsValid(text))
        {
            var length = table.Decode(text, ref decoded);
            if (length < 0)
            {
                return new(plan.Column.Name, Rules.Encoding, "22021",
                    $"the byte 0x{text[-1 - length]:x2} is no character of {reading.Encoding}");
            }
            text = decoded.AsSpan(0, length);
        }
        if (plan.Field.Trim)
            text = Trimmed(text);
        if ((!field.Quoted || plan.Field.QuotedNulls) && IsNull(plan, text))
            return Null(plan, buffer);
        return plan.Encoder.Encode(text, buffer) is { } fault
            ? new(plan.Column.Name, fault.Rule, fault.SqlState, $"column {plan.Column.Name}: {fault.Message}") : null;
    }

    internal static bool IsNull(ColumnPlan plan, ReadOnlySpan<byte> text)
    {
        foreach (var each in plan.Nulls)
        {
            if (text.SequenceEqual(each))
                return true;
        }
        return false;
    }

    internal static RowFault? Null(ColumnPlan plan, CopyBuffer buffer)
    {
        if (plan.Default is { } instead)
            buffer.Put(instead);
        else if (plan.Column.NotNull)
            return new(plan.Column.Name, Rules.NotNull, "23502", $"column {plan.Column.Name} takes no NULL");
        else
            buffer.Null();
        return null;
    }

    internal static RowFault? Filled(ColumnPlan plan, RecordBlock block, in FoundRecord record, CopyBuffer buffer)
    {
        switch (plan.Field.Filled)
        {
            case Filling.Line:
                buffer.Int64(record.Line);
                return null;
            case Filling.Record:
                buffer.Int64(record.Number);
                return null;
            case Filling.Offset:
                buffer.Int64(block.Offset + record.Start);
                return null;
            default:
                return Null(plan, buffer);
        }
    }

    static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var bare = text.Trim(" \t"u8);
            if (bare.StartsWith("\u00a0"u8))
                bare = bare[2..];
            if (bare.EndsWith("\u00a0"u8))
                bare = bare[..^2];
            if (bare.Length == text.Length)
                return bare;
            text = bare;
        }
    }
}
