using System.Text.Json;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Migrations;

/// <summary>Remembers what rehearsals showed, by everything they depend on, so that the next plan takes no time.</summary>
static class RehearsalCache
{
    internal static IReadOnlyDictionary<string, Rehearsal>? Read(string folder, string key)
    {
        var file = Path.Combine(folder, key + ".json");
        if (!File.Exists(file))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            return json.RootElement.EnumerateObject().ToDictionary(each => each.Name, each => new Rehearsal(
                [.. each.Value.GetProperty("hazards").EnumerateArray().Select(hazard =>
                    new Hazard(Hazard.Kinds[hazard.GetProperty("kind").GetString()!], hazard.GetProperty("why").GetString()!))],
                each.Value.GetProperty("failure").GetString(), null,
                Names(each.Value.GetProperty("made")), Names(each.Value.GetProperty("gone")), each.Value.GetProperty("rows").GetBoolean()));
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or IOException)
        {
            return null; // a cut-off write: rehearse again
        }
    }

    internal static void Write(string folder, string key, IReadOnlyDictionary<string, Rehearsal> rehearsals)
    {
        Directory.CreateDirectory(folder);
        using var stream = File.Create(Path.Combine(folder, key + ".json"));
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        foreach (var (name, rehearsal) in rehearsals)
        {
            json.WriteStartObject(name);
            json.WriteStartArray("hazards");
            foreach (var hazard in rehearsal.Hazards)
            {
                json.WriteStartObject();
                json.WriteString("kind", hazard.Name);
                json.WriteString("why", hazard.Why);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("failure", rehearsal.Failure);
            Write(json, "made", rehearsal.Made);
            Write(json, "gone", rehearsal.Gone);
            json.WriteBoolean("rows", rehearsal.TouchesRows);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, string key, IReadOnlyList<QName> names)
    {
        json.WriteStartArray(key);
        foreach (var name in names)
            json.WriteStringValue(name.ToString());
        json.WriteEndArray();
    }

    static List<QName> Names(JsonElement list) => [.. list.EnumerateArray().Select(name => QName.Parse(name.GetString()!)!.Value)];
}
