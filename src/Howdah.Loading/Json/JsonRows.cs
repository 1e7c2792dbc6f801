using System.Text;
using System.Text.Json;
using Howdah.Loading.Copying;
using Howdah.Loading.Csv;
using Howdah.Loading.Inputs;

namespace Howdah.Loading.Json;

/// <summary>Rows out of lines of JSON objects. A column's text is a string's content, or a number as it stands; columns of JSON take any
/// value. Keys that no field reads are passed over, keys that are missing are rejected unless the field is optional.</summary>
sealed class JsonRows : IRowEncoder
{
    readonly ColumnPlan[] plans;
    readonly Reading reading;
    readonly byte[][] keys;
    readonly Found[] found;
    byte[] plain = new byte[4096];

    /// <param name="plans">The columns of the rows; their sources count the names.</param>
    /// <param name="names">The keys that fields read.</param>
    /// <param name="reading">How the file is read.</param>
    internal JsonRows(ColumnPlan[] plans, IReadOnlyList<string> names, Reading reading)
    {
        (this.plans, this.reading) = (plans, reading);
        keys = [.. names.Select(Encoding.UTF8.GetBytes)];
        found = new Found[keys.Length];
    }

    record struct Found(int Start, int End, JsonTokenType Kind, bool Escaped);

    /// <summary>How the scanner reads lines: no quotes, and a delimiter that JSON cannot hold.</summary>
    internal static Reading Lines(Reading reading) => reading with { Quote = null, Escape = null, Delimiter = '\u0001', Header = false };

    public RowOutcome Encode(RecordBlock block, in FoundRecord record, CopyBuffer buffer, out RowFault? fault)
    {
        if (record.Fault == RecordFault.Blank && reading.BlankLines == BlankLines.Skip)
        {
            fault = null;
            return RowOutcome.Skipped;
        }
        var line = block.Raw(record);
        fault = record.Fault != RecordFault.None ? RejectTexts.Of(record, block.Offset) : Parse(line);
        if (fault is not null)
            return RowOutcome.Rejected;
        var begin = buffer.Length;
        buffer.Fields(plans.Length);
        foreach (var plan in plans)
        {
            fault = plan.Source >= 0 ? Field(plan, line, buffer) : CsvRows.Filled(plan, block, record, buffer);
            if (fault is not null)
            {
                buffer.Length = begin;
                return RowOutcome.Rejected;
            }
        }
        return RowOutcome.Written;
    }

    /// <summary>Notes where the values of the keys are.</summary>
    RowFault? Parse(ReadOnlySpan<byte> line)
    {
        Array.Clear(found);
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 1000 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return Wrong("the line is no JSON object");
            for (var expected = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName;)
            {
                var at = Key(ref reader, expected);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var (kind, escaped) = (reader.TokenType, reader.ValueIsEscaped);
                reader.Skip();
                if (at < 0)
                    continue;
                if (found[at].Kind != JsonTokenType.None)
                    return Wrong($"the key {Encoding.UTF8.GetString(keys[at])} stands twice in the object");
                found[at] = new(start, (int)reader.BytesConsumed, kind, escaped);
                expected = at + 1;
            }
            // What follows the object is read, too: anything but blanks is refused.
            while (reader.Read())
            {
                // Nothing can come.
            }
            return null;
        }
        catch (JsonException wrong)
        {
            return Wrong($"the line is no JSON: at its byte {wrong.BytePositionInLine}");
        }
        catch (InvalidOperationException)
        {
            return Wrong("a key of the object is no text");
        }
    }

    int Key(ref Utf8JsonReader reader, int expected)
    {
        // Objects of a file mostly have their keys in the same order.
        if (expected < keys.Length && reader.ValueTextEquals(keys[expected]))
            return expected;
        for (var i = 0; i < keys.Length; i++)
        {
            if (reader.ValueTextEquals(keys[i]))
                return i;
        }
        return -1;
    }

    RowFault? Field(ColumnPlan plan, ReadOnlySpan<byte> line, CopyBuffer buffer)
    {
        var value = found[plan.Source];
        var name = plan.Column.Name;
        var json = plan.Column.Type is "json" or "jsonb";
        if (value.Kind == JsonTokenType.None && !plan.Field.Optional)
            return new(name, Rules.FieldCount, "22P04", $"column {name}: the object has no key {plan.Field.From}");
        if (value.Kind is JsonTokenType.None or JsonTokenType.Null)
            return CsvRows.Null(plan, buffer);
        var text = line[value.Start..value.End];
        if (text.Length > reading.MaxFieldBytes)
            return new(name, Rules.FieldLength, "54000",
                $"the value has {text.Length} bytes, more than the {reading.MaxFieldBytes} allowed");
        if (value.Kind is JsonTokenType.True or JsonTokenType.False && plan.Column.Type == "bool")
        {
            buffer.Bytes([value.Kind == JsonTokenType.True ? (byte)1 : (byte)0]);
            return null;
        }
        if (!json && value.Kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
            return new(name, Rules.Syntax, "22P02", $"column {name}: an object or an array is no {plan.Column.Declared}");
        if (!json && value.Kind == JsonTokenType.String)
        {
            text = text[1..^1];
            if (value.Escaped && !Unescape(line[value.Start..value.End], ref text))
                return new(name, Rules.Encoding, "22021", $"column {name}: the string holds half of a surrogate pair");
            if (plan.Field.Trim)
                text = text.Trim(" \t"u8);
            if (plan.Field.QuotedNulls && CsvRows.IsNull(plan, text))
                return CsvRows.Null(plan, buffer);
        }
        return plan.Encoder.Encode(text, buffer) is { } fault
            ? new(name, fault.Rule, fault.SqlState, $"column {name}: {fault.Message}") : null;
    }

    bool Unescape(ReadOnlySpan<byte> quoted, ref ReadOnlySpan<byte> text)
    {
        if (plain.Length < quoted.Length)
            plain = new byte[quoted.Length];
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try
        {
            text = plain.AsSpan(0, reader.CopyString(plain));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    static RowFault Wrong(string message) => new(null, Rules.Json, "22P02", message);
}
