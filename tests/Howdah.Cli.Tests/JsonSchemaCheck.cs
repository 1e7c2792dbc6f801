using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Howdah.Cli.Tests;

/// <summary>The part of JSON Schema (draft-07) that our schema uses, and an exception for every keyword beyond it.</summary>
static class JsonSchemaCheck
{
    /// <summary>What is wrong with a value, each with its place; empty where nothing is.</summary>
    internal static IEnumerable<string> Problems(JsonNode schema, JsonNode? value, string at = "")
    {
        foreach (var (keyword, rule) in schema.AsObject())
        {
            foreach (var problem in Keyword(schema, keyword, rule, value, at))
                yield return problem;
        }
    }

    static IEnumerable<string> Keyword(JsonNode schema, string keyword, JsonNode? rule, JsonNode? value, string at)
    {
        switch (keyword)
        {
            case "$schema" or "title" or "description" or "default" or "examples":
                return [];
            case "type":
                var types = rule is JsonArray several ? several.Select(each => (string)each!) : [(string)rule!];
                return types.Any(type => type == TypeOf(value) || (type == "number" && TypeOf(value) == "integer")) ? []
                    : [$"{at}: {TypeOf(value)} is not {rule!.ToJsonString()}"];
            case "const":
                return JsonNode.DeepEquals(rule, value) ? [] : [$"{at}: not {rule!.ToJsonString()}"];
            case "enum":
                return rule!.AsArray().Any(each => JsonNode.DeepEquals(each, value)) ? [] : [$"{at}: not one of {rule.ToJsonString()}"];
            case "anyOf":
                return rule!.AsArray().Any(each => !Problems(each!, value, at).Any()) ? [] : [$"{at}: none of {rule.ToJsonString()}"];
            case "pattern":
                return value?.GetValueKind() != JsonValueKind.String
                    || Regex.IsMatch((string)value!, (string)rule!, RegexOptions.ECMAScript) ? [] : [$"{at}: does not match {rule}"];
            case "minLength" or "maxLength":
                return value?.GetValueKind() != JsonValueKind.String || (keyword == "minLength" ? Length(value) >= (int)rule!
                    : Length(value) <= (int)rule!) ? [] : [$"{at}: {keyword} {rule}"];
            case "minimum" or "maximum":
                return value?.GetValueKind() != JsonValueKind.Number || (keyword == "minimum" ? (double)value >= (double)rule!
                    : (double)value <= (double)rule!) ? [] : [$"{at}: {keyword} {rule}"];
            case "required":
                return value is not JsonObject whole ? []
                    : rule!.AsArray().Where(key => !whole.ContainsKey((string)key!)).Select(key => $"{at}: {key} is missing");
            case "items":
                return value is not JsonArray list ? [] : list.SelectMany((item, i) => Problems(rule!, item, $"{at}[{i}]"));
            case "properties":
                return value is not JsonObject known ? [] : known.Where(each => rule![each.Key] is not null)
                    .SelectMany(each => Problems(rule![each.Key]!, each.Value, $"{at}.{each.Key}"));
            case "additionalProperties":
                return value is not JsonObject others ? [] : others.Where(each => schema["properties"]?[each.Key] is null)
                    .SelectMany(each => rule is JsonObject inner ? Problems(inner, each.Value, $"{at}.{each.Key}")
                        : (bool)rule! ? [] : [$"{at}: {each.Key} is unknown"]);
            default:
                throw new NotSupportedException($"the schema uses `{keyword}`, which this check does not know");
        }
    }

    static int Length(JsonNode value) => new StringInfo((string)value!).String.EnumerateRunes().Count();

    static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => (double)value! is var number && number == Math.Floor(number) ? "integer" : "number",
        _ => "boolean",
    };
}
