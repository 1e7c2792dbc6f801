using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Howdah.Engine.Files;

/// <summary>The JSON Schema of estate files (draft-07, which editors understand best), from the same shapes that read them.</summary>
public static class EstateSchema
{
    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema as text.</summary>
    public static string ToJson(IReadOnlyList<Pattern> patterns)
    {
        var schema = EstateShape.For(patterns).ToJsonSchema();
        schema.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        schema.Insert(1, "title", "Howdah estate, format 1");
        // What a file lacks may stand in one that it includes.
        if (schema["required"] is { } required)
        {
            schema.Remove("required");
            schema["anyOf"] = new JsonArray(new JsonObject { ["required"] = required },
                new JsonObject { ["required"] = new JsonArray("include") });
        }
        return schema.ToJsonString(Indented) + "\n";
    }
}
