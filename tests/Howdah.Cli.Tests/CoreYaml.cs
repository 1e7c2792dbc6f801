using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Howdah.Cli.Tests;

/// <summary>YAML as editors turn it into JSON before they hold a schema against it: the core schema of YAML 1.2.</summary>
static partial class CoreYaml
{
    internal static JsonNode? Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        // Through text, so that every number is JSON's one kind of number.
        return JsonNode.Parse(From(stream.Documents[0].RootNode)?.ToJsonString() ?? "null");
    }

    static JsonNode? From(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(each =>
            KeyValuePair.Create(((YamlScalarNode)each.Key).Value!, From(each.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(From)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value ?? ""),
        YamlScalarNode quoted => quoted.Value,
        _ => throw new NotSupportedException(node.GetType().Name),
    };

    static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ when Integer().IsMatch(text) => long.Parse(text, CultureInfo.InvariantCulture),
        _ when Real().IsMatch(text) => double.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };

    [GeneratedRegex("^[-+]?[0-9]{1,18}$")]
    private static partial Regex Integer();

    [GeneratedRegex("^[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?$")]
    private static partial Regex Real();
}
