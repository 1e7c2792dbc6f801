using System.Text.Json.Nodes;
using Howdah.Engine.Planning;

namespace Howdah.Engine.Files;

sealed class ListShape<T>(Shape<T> item, bool orSingle) : Shape<IReadOnlyList<T>>
{
    public override string Wants => "a list";
    public override Shape? Inner => item;

    public override JsonObject ToJsonSchema()
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.ToJsonSchema() };
        return orSingle ? new JsonObject { ["anyOf"] = new JsonArray(list, item.ToJsonSchema()) } : list;
    }

    public override IReadOnlyList<T>? Read(Node node, Reading reading)
    {
        if (node is ListNode list)
            return [.. list.Items.Select(each => item.Read(each, reading)!)];
        if (orSingle && (node is ScalarNode { IsNull: false } || (node is MapNode && item.Keys.Count > 0)))
            return [item.Read(node, reading)!];
        reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants a list, not {NodeWords.Of(node)}",
            node is ScalarNode { IsNull: false } ? "write it in brackets: [one, another]" : null);
        return null;
    }
}

sealed class MapShape<T>(Shape<T> value, string? defines) : Shape<IReadOnlyDictionary<string, T>>
{
    public override string Wants => "a mapping";
    public override Shape? Inner => value;

    public override JsonObject ToJsonSchema() => new() { ["type"] = "object", ["additionalProperties"] = value.ToJsonSchema() };

    public override IReadOnlyDictionary<string, T>? Read(Node node, Reading reading)
    {
        if (node is not MapNode map)
        {
            reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants a mapping, not {NodeWords.Of(node)}");
            return null;
        }
        var result = new Dictionary<string, T>(); // keeps the file's order
        foreach (var (key, entry) in map.Entries)
        {
            if (defines is not null && Ident.Problem(key.Text) is { } problem)
                reading.Error(Codes.BadName, key, problem);
            else if (defines is not null)
                reading.Definitions.Add(new(defines, key.Text, key));
            if (value.Read(entry, reading) is { } read)
                result[key.Text] = read;
        }
        return result;
    }
}

sealed class ObjectShape<T> : Shape<T>
{
    readonly string what;
    readonly KeySet keys = new();
    readonly Func<KeyValues, T> make;

    internal ObjectShape(string what, Func<KeySet, Func<KeyValues, T>> build)
    {
        this.what = what;
        make = build(keys);
    }

    public override string Wants => what;
    public override IReadOnlyList<KeyInfo> Keys => keys.Keys;

    public override JsonObject ToJsonSchema()
    {
        var properties = new JsonObject();
        foreach (var key in keys.Keys)
        {
            var schema = key.Shape.ToJsonSchema();
            schema["description"] = key.About;
            if (key.Default is not null && YamlJson.From(key.Default) is { } fallback)
                schema["default"] = fallback;
            if (key.Example is not null && YamlJson.From(key.Example) is { } example)
                schema["examples"] = new JsonArray(example);
            properties[key.Name] = schema;
        }
        var needs = keys.Keys.Any(key => key.Required);
        // An empty value is an empty object, which is one only where nothing is required.
        var result = new JsonObject
        {
            ["type"] = needs ? "object" : new JsonArray("object", "null"), ["additionalProperties"] = false, ["properties"] = properties,
        };
        if (needs)
            result["required"] = new JsonArray([.. keys.Keys.Where(key => key.Required).Select(key => (JsonNode)key.Name)]);
        return result;
    }

    public override T? Read(Node node, Reading reading)
    {
        // An empty value is an empty object: `store_owner:` means the same as `store_owner: {}`.
        var entries = node switch
        {
            MapNode map => map.Entries,
            ScalarNode { IsNull: true } => [],
            _ => null,
        };
        if (entries is null)
        {
            reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants {what} (a mapping), not {NodeWords.Of(node)}");
            return default;
        }
        var before = reading.Diagnostics.Count;
        var values = new Dictionary<string, object?>();
        foreach (var (key, value) in entries)
        {
            if (keys.Readers.TryGetValue(key.Text, out var read))
                values[key.Text] = read(value, reading);
            else
                reading.Error(Codes.UnknownKey, key, $"`{key.Text}` is not a key of {what}", Hint(key.Text));
        }
        foreach (var key in keys.Keys.Where(key => key.Required && !values.ContainsKey(key.Name)))
        {
            reading.Error(Codes.MissingKey, node, $"{what} needs the key `{key.Name}`",
                key.Example is null ? null : $"for example `{key.Name}: {key.Example}`");
        }
        // Records are made from sound values only; what the keys say together is checked then.
        return reading.Diagnostics.Skip(before).Any(found => found.Severity == Severity.Error)
            ? default
            : make(new(values, node, reading));
    }

    string Hint(string key)
    {
        var known = keys.Keys.Select(each => each.Name).ToList();
        return Suggestion.Nearest(key, known) is { } near
            ? $"did you mean `{near}`?"
            : $"keys here: {string.Join(", ", known.Order(StringComparer.Ordinal))}";
    }
}

sealed class EitherShape<T>(Shape<T> scalar, Shape<T> other) : Shape<T>
{
    public override string Wants => $"{scalar.Wants} or {other.Wants}";
    public override IReadOnlyList<KeyInfo> Keys => other.Keys;
    public override Shape? Inner => other.Inner;
    public override JsonObject ToJsonSchema() => new() { ["anyOf"] = new JsonArray(scalar.ToJsonSchema(), other.ToJsonSchema()) };
    public override T? Read(Node node, Reading reading) => node is ScalarNode ? scalar.Read(node, reading) : other.Read(node, reading);
}
