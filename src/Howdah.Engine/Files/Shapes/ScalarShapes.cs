using System.Globalization;
using System.Text.Json.Nodes;
using Howdah.Engine.Planning;

namespace Howdah.Engine.Files;

abstract class ScalarShape<T> : Shape<T>
{
    public sealed override T? Read(Node node, Reading reading)
    {
        if (node is ScalarNode { IsNull: false } scalar)
            return ReadScalar(scalar, reading);
        reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants {Wants}, not {NodeWords.Of(node)}");
        return default;
    }

    protected abstract T? ReadScalar(ScalarNode node, Reading reading);

    /// <summary>The types of a text: where one is wanted, <c>2024</c> and <c>no</c> are texts without quotes too, which other readers of
    /// YAML take for more.</summary>
    protected static JsonArray Words => new("string", "number", "boolean");
}

sealed class TextShape(string wants, string? pattern, int? most) : ScalarShape<string>
{
    public override string Wants => wants;

    public override JsonObject ToJsonSchema()
    {
        var schema = new JsonObject { ["type"] = Words };
        if (pattern is not null)
            schema["pattern"] = pattern;
        if (most is not null)
            schema["maxLength"] = most;
        return schema;
    }

    protected override string? ReadScalar(ScalarNode node, Reading reading) => node.Text;
}

sealed class BoolShape : ScalarShape<bool>
{
    public override string Wants => "true or false";

    public override JsonObject ToJsonSchema() => new() { ["type"] = "boolean" };

    protected override bool ReadScalar(ScalarNode node, Reading reading)
    {
        if (node is { Plain: true, Text: "true" or "false" })
            return node.Text == "true";
        var meant = node.Text.ToLowerInvariant() switch
        {
            "yes" or "on" or "y" or "true" => "true",
            "no" or "off" or "n" or "false" => "false",
            _ => null,
        };
        reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants true or false, not {Masking.Quote(node.Text)}",
            meant is null ? null : $"write {meant}{(node.Plain ? "" : ", without quotes")}");
        return false;
    }
}

sealed class IntShape(int least, int most) : ScalarShape<int>
{
    public override string Wants => $"a whole number from {least} to {most}";

    public override JsonObject ToJsonSchema() => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most };

    protected override int ReadScalar(ScalarNode node, Reading reading)
    {
        var number = int.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n);
        if (number && node.Plain && n >= least && n <= most)
            return n;
        var quoted = number && !node.Plain;
        reading.Error(Codes.WrongType, node,
            $"{NodeWords.Last(node.Path)} wants {Wants}, not {(quoted ? "a text" : Masking.Quote(node.Text))}",
            quoted ? $"write {node.Text}, without quotes" : null);
        return least;
    }
}

sealed class OptionalIntShape(int least, int most) : ScalarShape<int?>
{
    readonly IntShape inner = new(least, most);

    public override string Wants => inner.Wants;
    public override JsonObject ToJsonSchema() => inner.ToJsonSchema();
    protected override int? ReadScalar(ScalarNode node, Reading reading) => inner.Read(node, reading);
}

sealed class NameShape(string? references, params string[] also) : ScalarShape<string>
{
    public override string Wants => references is null ? "a name" : $"the name of a {references}";

    public override JsonObject ToJsonSchema() => new() { ["type"] = Words, ["minLength"] = 1, ["maxLength"] = Ident.MaxBytes };

    protected override string? ReadScalar(ScalarNode node, Reading reading)
    {
        if (Ident.Problem(node.Text) is { } problem)
            reading.Error(Codes.BadName, node, problem);
        else if (references is not null && !also.Contains(node.Text))
            reading.References.Add(new(references, node.Text, node));
        return node.Text;
    }
}

sealed class QNameShape : ScalarShape<QName>
{
    public override string Wants => "a qualified name (schema.name)";

    public override JsonObject ToJsonSchema() => new() { ["type"] = Words, ["pattern"] = @"^[\s\S]+\.[\s\S]+$" };

    protected override QName ReadScalar(ScalarNode node, Reading reading)
    {
        if (QName.Parse(node.Text) is not { } name)
        {
            reading.Error(Codes.BadName, node, $"{Masking.Quote(node.Text)} is not a qualified name",
                "write schema.name; a part that holds a dot goes in double quotes");
            return default;
        }
        if ((Ident.Problem(name.Schema) ?? Ident.Problem(name.Name)) is { } problem)
            reading.Error(Codes.BadName, node, problem);
        return name;
    }
}

sealed class SecretShape(bool generated) : ScalarShape<SecretRef>
{
    public override string Wants => generated ? "${env:NAME}, ${file:PATH} or ${generated}" : "${env:NAME} or ${file:PATH}";

    public override JsonObject ToJsonSchema() => new()
    {
        ["type"] = "string",
        ["pattern"] = generated
            ? @"^\$\{(env:[A-Za-z_][A-Za-z0-9_]*|file:[\s\S]+|generated)\}$"
            : @"^\$\{(env:[A-Za-z_][A-Za-z0-9_]*|file:[\s\S]+)\}$",
    };

    protected override SecretRef? ReadScalar(ScalarNode node, Reading reading)
    {
        if (node.Text is ['$', '{', .. var inside, '}'])
        {
            if (generated && inside == "generated")
                return new("generated", "");
            if (inside.Split(':', 2) is [("env" or "file") and var kind, { Length: > 0 } name] && (kind == "file" || IsVariable(name)))
                return new(kind, name);
        }
        // The text itself is not repeated: it may be the secret.
        reading.Error(Codes.LiteralSecret, node, $"{NodeWords.Last(node.Path)} is a secret and may not stand in the file",
            $"write {Wants}");
        return null;
    }

    static bool IsVariable(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(name[0]);
}

sealed class ChoiceShape<T>((string Word, T Value)[] choices) : ScalarShape<T>
{
    public override string Wants => string.Join(" or ", choices.Select(choice => choice.Word));

    public override JsonObject ToJsonSchema() =>
        new() { ["enum"] = new JsonArray([.. choices.SelectMany(static choice => Written(choice.Word))]) };

    // A word like 1 may stand without quotes, and is a number for other readers of YAML.
    static IEnumerable<JsonNode> Written(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? [word, number] : [word];

    protected override T? ReadScalar(ScalarNode node, Reading reading)
    {
        foreach (var (word, value) in choices)
        {
            if (word == node.Text)
                return value;
        }
        var near = Suggestion.Nearest(node.Text, choices.Select(choice => choice.Word));
        reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants {Wants}, not {Masking.Quote(node.Text)}",
            near is null ? null : $"did you mean `{near}`?");
        return default;
    }
}

sealed class ParsedShape<T>(string wants, Func<string, T?> parse, string? pattern) : ScalarShape<T> where T : class
{
    public override string Wants => wants;

    public override JsonObject ToJsonSchema()
    {
        var schema = new JsonObject { ["type"] = Words };
        if (pattern is not null)
            schema["pattern"] = pattern;
        return schema;
    }

    protected override T? ReadScalar(ScalarNode node, Reading reading)
    {
        if (parse(node.Text) is { } value)
            return value;
        reading.Error(Codes.WrongType, node, $"{NodeWords.Last(node.Path)} wants {wants}, not {Masking.Quote(node.Text)}");
        return null;
    }
}
