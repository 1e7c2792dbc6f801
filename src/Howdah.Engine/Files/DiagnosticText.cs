using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Howdah.Engine.Files;

/// <summary>Diagnostics as people and as programs read them.</summary>
public static class DiagnosticText
{
    const int Most = 20;

    /// <summary>Writes diagnostics with the offending line and a caret; at most 20, then how many more.</summary>
    /// <param name="diagnostics">In the order they are written.</param>
    /// <param name="sources">File texts by name, for the excerpts.</param>
    public static string Write(IReadOnlyList<Diagnostic> diagnostics, IReadOnlyDictionary<string, string> sources)
    {
        var text = new StringBuilder();
        foreach (var found in diagnostics.Take(Most))
        {
            text.Append($"{(found.Severity == Severity.Error ? "error" : "warning")}[{found.Code}]: {found.Message}\n");
            if (found.Place is { } place)
                Excerpt(text, found, place, sources);
            if (found.Hint is not null)
                text.Append("  = ").Append(found.Hint).Append('\n');
            text.Append('\n');
        }
        if (diagnostics.Count > Most)
            text.Append($"and {diagnostics.Count - Most} more\n");
        return text.ToString();
    }

    /// <summary>Writes diagnostics as a JSON array.</summary>
    public static string WriteJson(IReadOnlyList<Diagnostic> diagnostics)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("diagnostics");
            foreach (var found in diagnostics)
            {
                json.WriteStartObject();
                json.WriteString("code", found.Code);
                json.WriteString("severity", found.Severity == Severity.Error ? "error" : "warning");
                json.WriteString("message", found.Message);
                json.WriteString("path", found.Path);
                json.WriteString("hint", found.Hint);
                json.WriteString("file", found.Place?.File);
                json.WriteNumber("line", found.Place?.Line ?? 0);
                json.WriteNumber("column", found.Place?.Column ?? 0);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    static void Excerpt(StringBuilder text, Diagnostic found, Place place, IReadOnlyDictionary<string, string> sources)
    {
        text.Append(" --> ").Append(place.File).Append(':').Append(place.Line).Append(':').Append(place.Column);
        text.Append(found.Path.Length > 0 ? $"  ({found.Path})\n" : "\n");
        if (!sources.TryGetValue(place.File, out var source))
            return;
        if (source.Split('\n').ElementAtOrDefault(place.Line - 1)?.TrimEnd('\r') is not { } line)
            return;
        // What stands where a secret belongs may be one, and so may anything else beside a secret's key.
        if (found.Code == Codes.LiteralSecret && place.Column - 1 <= line.Length)
            line = line[..(place.Column - 1)] + new string('*', 8);
        line = Masking.Line(line);
        var number = place.Line.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var length = Math.Clamp(found.Code == Codes.LiteralSecret ? 8 : place.Length, 1, Math.Max(1, line.Length - place.Column + 1));
        text.Append(' ').Append(number).Append(" | ").Append(line).Append('\n');
        text.Append(' ', number.Length + 1).Append(" | ")
            .Append(' ', Math.Clamp(place.Column - 1, 0, line.Length)).Append('^', length).Append('\n');
    }
}
