using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Howdah.Patterns.Tests.Estates;

/// <summary>A JSON tree as YAML in blocks: what a person would write, with every text in quotes.</summary>
static class BlockYaml
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static string Write(JsonObject root)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in root)
            Entry(text, Quoted(key), value, 0);
        return text.ToString();
    }

    static void Entry(StringBuilder text, string lead, JsonNode? value, int depth)
    {
        text.Append(' ', depth * 2).Append(lead).Append(lead == "-" ? "" : ":");
        if (value is JsonObject { Count: > 0 } map && depth < 5)
        {
            text.Append('\n');
            foreach (var (key, each) in map)
                Entry(text, Quoted(key), each, depth + 1);
        }
        else if (value is JsonArray { Count: > 0 } list && depth < 5)
        {
            text.Append('\n');
            foreach (var each in list)
                Entry(text, "-", each, depth + 1);
        }
        else
        {
            text.Append(' ').Append(value?.ToJsonString(Plain) ?? "null").Append('\n');
        }
    }

    static string Quoted(string text) => JsonValue.Create(text)!.ToJsonString(Plain);
}
