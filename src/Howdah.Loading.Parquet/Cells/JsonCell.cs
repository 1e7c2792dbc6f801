using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Howdah.Loading.Parquet.Columns;

namespace Howdah.Loading.Parquet.Cells;

/// <summary>A value as JSON, so that a row that was refused can be read by people, and again by the loader: what was refused then is
/// refused again, unless something was mended.</summary>
/// <param name="type">The column's type.</param>
/// <param name="target">The type of the column it goes into.</param>
/// <param name="zone">The zone of the source's clocks, where one is declared.</param>
sealed class JsonCell(ParquetType type, string target, TimeZoneInfo? zone)
{
    internal void Write(ColumnValues values, int row, Utf8JsonWriter json)
    {
        if (values.Null[row])
        {
            json.WriteNullValue();
            return;
        }
        if (values.TooLong(row) is > 0 and var length)
        {
            json.WriteStringValue($"({length} bytes)");
            return;
        }
        switch (type.Kind)
        {
            case Kind.Boolean:
                json.WriteBooleanValue(values.Longs[row] != 0);
                break;
            case Kind.Integer or Kind.Unsigned or Kind.Decimal:
            case Kind.Real when double.IsFinite(values.Doubles[row]):
                json.WriteRawValue(Fitted(PlainText.Of(type, values, row)), skipInputValidation: true);
                break;
            case Kind.Text or Kind.Json or Kind.Bytes when target is "json" or "jsonb":
                Document(values.Bytes(row), json);
                break;
            case Kind.Bytes when target == "uuid" && type.Length == 16:
                json.WriteStringValue(new Guid(values.Bytes(row), bigEndian: true));
                break;
            case Kind.Text or Kind.Json:
            case Kind.Bytes when target != "bytea":
                Text(values.Bytes(row), "", json);
                break;
            default:
                // A moment that goes into a column without a time zone stands as it would there.
                json.WriteStringValue(Fitted(PlainText.Of(type, values, row, target is "timestamp" or "date" ? zone : null)));
                break;
        }
    }

    // What the typed column gives away without loss its text does, too.
    string Fitted(string text) => (type.Kind, target) switch
    {
        (Kind.Decimal, "int2" or "int4" or "int8") when type.Scale > 0 => text.TrimEnd('0').TrimEnd('.'),
        (Kind.Date, "timestamp" or "timestamptz") => text + " 00:00:00",
        (Kind.Moment or Kind.OldMoment, "date") when text.EndsWith(" 00:00:00", StringComparison.Ordinal) => text[..^9],
        _ => text,
    };

    // What is none must not become one: half of a surrogate pair is in no JSON that the server takes.
    static void Document(ReadOnlySpan<byte> bytes, Utf8JsonWriter json)
    {
        if (IsJson(bytes))
            json.WriteRawValue(bytes, skipInputValidation: true);
        else
            Text(bytes, "\\ud800", json);
    }

    static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 1000 });
            while (reader.Read())
            {
                // To the end.
            }
            // A row is a line.
            return bytes.Length > 0 && !bytes.Contains((byte)'\n');
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A byte that is no text stands as half of a surrogate pair, which no reader takes for a character.</summary>
    static void Text(ReadOnlySpan<byte> bytes, string before, Utf8JsonWriter json)
    {
        if (before.Length == 0 && System.Text.Unicode.Utf8.IsValid(bytes))
        {
            json.WriteStringValue(bytes);
            return;
        }
        var text = new StringBuilder("\"" + before);
        while (!bytes.IsEmpty)
        {
            var done = Rune.DecodeFromUtf8(bytes, out var rune, out var used) == OperationStatus.Done;
            if (done)
                text.Append(JsonEncodedText.Encode(rune.ToString()));
            else
                used = 1;
            if (!done)
                text.Append(CultureInfo.InvariantCulture, $"\\udc{bytes[0]:x2}");
            bytes = bytes[used..];
        }
        json.WriteRawValue(text.Append('"').ToString(), skipInputValidation: true);
    }
}
