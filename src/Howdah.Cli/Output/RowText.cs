using System.Text;
using System.Text.Json;
using Npgsql;

namespace Howdah.Cli.Output;

/// <summary>Rows of a result (read as text) as CSV, as a table, or as JSON.</summary>
static class RowText
{
    internal static async Task<string> WriteAsync(NpgsqlDataReader rows, string format, CancellationToken token,
        bool header = false)
    {
        var columns = Enumerable.Range(0, rows.FieldCount).Select(rows.GetName).ToList();
        var all = new List<string?[]>();
        while (await rows.ReadAsync(token))
            all.Add([.. Enumerable.Range(0, rows.FieldCount).Select(i => rows.IsDBNull(i) ? null : rows.GetString(i))]);
        return Write(columns, all, format, header);
    }

    /// <summary>The same of rows that are at hand.</summary>
    internal static string Write(List<string> columns, List<string?[]> rows, string format, bool header = false) =>
        columns.Count == 0 ? "" : format switch
    {
        "json" => Json(columns, rows),
        "table" => Table(columns, rows),
        _ => string.Concat((header ? [[.. columns], .. rows] : rows).Select(row => string.Join(',', row.Select(Csv)) + "\n")),
    };

    // RFC 4180: a field with a comma, a quote or a line end stands in quotes. NULL is nothing, the empty text is "".
    static string Csv(string? value) => value switch
    {
        null => "",
        "" => "\"\"",
        _ when value.AsSpan().IndexOfAny(",\"\r\n") >= 0 => "\"" + value.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"",
        _ => value,
    };

    static string Table(List<string> columns, List<string?[]> rows)
    {
        var text = new StringBuilder();
        var widths = columns.Select((name, i) => Math.Max(name.Length, rows.Select(row => row[i]?.Length ?? 0).DefaultIfEmpty(0).Max()))
            .ToArray();
        text.AppendJoin("  ", columns.Select((name, i) => name.PadRight(widths[i]))).Append('\n');
        text.AppendJoin("  ", widths.Select(width => new string('-', width))).Append('\n');
        foreach (var row in rows)
            text.AppendJoin("  ", row.Select((value, i) => (value ?? "").PadRight(widths[i]))).Append('\n');
        return text.Append($"({rows.Count} row{(rows.Count == 1 ? "" : "s")})\n").ToString();
    }

    static string Json(List<string> columns, List<string?[]> rows)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                for (var i = 0; i < columns.Count; i++)
                    json.WriteString(columns[i], row[i]);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
