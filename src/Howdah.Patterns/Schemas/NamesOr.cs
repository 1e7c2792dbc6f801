using System.Text.Json.Nodes;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Schemas;

/// <summary>A list of names, each with the usual wish; or a mapping of names to wishes.</summary>
sealed class NamesOr<T>(Shape<T> wish, T usual, string what) : Shape<IReadOnlyDictionary<string, T>>
{
    readonly Shape<IReadOnlyDictionary<string, T>> map = Shapes.Map(wish, what);

    public override string Wants => $"a list of {what} names, or a mapping";
    public override Shape? Inner => wish;
    public override JsonObject ToJsonSchema() =>
        new() { ["anyOf"] = new JsonArray(Shapes.List(Shapes.Name).ToJsonSchema(), map.ToJsonSchema()) };

    public override IReadOnlyDictionary<string, T>? Read(Node node, Reading reading)
    {
        if (node is not ListNode list)
            return map.Read(node, reading);
        var names = new Dictionary<string, T>();
        foreach (var item in list.Items)
        {
            if (Shapes.Name.Read(item, reading) is { } name && Ident.Problem(name) is null && !names.TryAdd(name, usual))
                reading.Error(Engine.Files.Codes.DuplicateKey, item, $"the {what} `{name}` stands here twice", "keep one");
        }
        return names;
    }
}
