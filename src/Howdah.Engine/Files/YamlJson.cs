using System.Globalization;
using System.Text.Json.Nodes;

namespace Howdah.Engine.Files;

/// <summary>Defaults and examples, written as YAML for people, as the JSON that a schema wants.</summary>
static class YamlJson
{
    /// <summary>The value; null where the text is no YAML or is YAML's null.</summary>
    internal static JsonNode? From(string yaml) =>
        YamlTree.Read("", $"value: {yaml}", new())?["value"] is { } node ? From(node) : null;

    static JsonNode? From(Node node) => node switch
    {
        MapNode map => new JsonObject(map.Entries.Select(static entry => KeyValuePair.Create(entry.Key.Text, From(entry.Value)))),
        ListNode list => new JsonArray([.. list.Items.Select(From)]),
        ScalarNode { IsNull: true } => null,
        ScalarNode { Plain: true, Text: "true" or "false" } scalar => scalar.Text == "true",
        ScalarNode { Plain: true } scalar
            when long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        ScalarNode scalar => scalar.Text,
        _ => null,
    };
}
