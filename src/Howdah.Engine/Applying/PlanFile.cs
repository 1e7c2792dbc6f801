using System.Text;
using System.Text.Json;
using Howdah.Engine.Planning;

namespace Howdah.Engine.Applying;

/// <summary>What a saved plan holds for comparing: which steps, with which SQL, from which facts.</summary>
/// <param name="Fingerprint">Of the facts it was made from.</param>
/// <param name="Steps">Each step's id and SQL, in order.</param>
/// <param name="Closes">Whether it closes what a proof found (<c>howdah prove --fix</c>) and holds nothing else.</param>
public sealed record SavedPlan(string Fingerprint, IReadOnlyList<(string Id, string Sql)> Steps, bool Closes = false);

/// <summary>The JSON form of a plan: what <c>plan --json</c> prints, and what <c>--out</c> saves for <c>apply --plan</c>.</summary>
public static class PlanFile
{
    /// <summary>Writes a plan as one JSON document.</summary>
    public static string Write(Plan plan)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream,
            new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("estate", plan.Estate);
            if (plan.Closes is { } closes)
            {
                json.WriteStartArray("closes");
                foreach (var closed in closes)
                    json.WriteStringValue(closed);
                json.WriteEndArray();
            }
            json.WriteStartArray("steps");
            foreach (var step in plan.Steps)
                WriteStep(json, step);
            json.WriteEndArray();
            json.WriteStartArray("notes");
            foreach (var note in plan.Notes)
            {
                json.WriteStartObject();
                json.WriteString("code", note.Code);
                json.WriteString("severity", note.Severity.ToString().ToLowerInvariant());
                json.WriteString("message", note.Message);
                json.WriteString("path", note.Path);
                json.WriteString("hint", note.Hint);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("fingerprint", plan.Fingerprint);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>Reads a saved plan.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static SavedPlan Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return new(json.RootElement.GetProperty("fingerprint").GetString()!,
                [.. json.RootElement.GetProperty("steps").EnumerateArray()
                    .Select(step => (step.GetProperty("id").GetString()!, step.GetProperty("sql").GetString()!))],
                json.RootElement.TryGetProperty("closes", out _));
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("not a saved plan: make one with howdah plan --out FILE or howdah prove --fix FILE", wrong);
        }
    }

    /// <summary>Writes one step as a JSON object.</summary>
    public static void WriteStep(Utf8JsonWriter json, Step step)
    {
        json.WriteStartObject();
        json.WriteString("id", step.Id);
        json.WriteString("server", step.Server);
        json.WriteString("database", step.Database);
        json.WriteString("pattern", step.Pattern);
        json.WriteString("object", step.Object);
        json.WriteString("action", step.Action.ToString().ToLowerInvariant());
        json.WriteString("detail", step.Detail);
        json.WriteString("sql", step.SqlText);
        json.WriteStartArray("hazards");
        foreach (var hazard in step.Hazards)
        {
            json.WriteStartObject();
            json.WriteString("kind", hazard.Name);
            json.WriteString("why", hazard.Why);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("transactional", step.Transactional);
        json.WriteEndObject();
    }
}
