using System.Text.Json.Nodes;
using Howdah.Engine.Files;
using Xunit;

namespace Howdah.Engine.Tests.Files;

public sealed class The_schema
{
    static readonly JsonNode Schema = JsonNode.Parse(EstateSchema.ToJson(TestEstates.Patterns))!;

    [Fact]
    public void Knows_every_key_that_the_reader_knows() => Same(Schema, EstateShape.For(TestEstates.Patterns));

    [Fact]
    public void Gives_examples_as_JSON()
    {
        Assert.Equal("shop", (string?)Schema["properties"]!["estate"]!["examples"]![0]);
        var server = Schema["properties"]!["servers"]!["additionalProperties"]!;
        Assert.Equal(18, (int?)server["properties"]!["embedded"]!["examples"]![0]);
        Assert.Equal(18, (int?)Schema["properties"]!["servers"]!["examples"]![0]!["main"]!["embedded"]);
    }

    [Theory]
    [InlineData("servers.embedded", "from 15 to 18")]
    [InlineData("databases.shop.owner", "ALTER DATABASE")]
    [InlineData("howdah", "format version")]
    [InlineData("HOW0104", "means nothing here")]
    [InlineData("how0901", "reads twice")]
    public void Is_explained_in_words_too(string what, string part) =>
        Assert.Contains(part, Explain.Find(what, TestEstates.Patterns).Text, StringComparison.Ordinal);

    [Fact]
    public void Has_a_near_word_for_what_is_not_there() =>
        Assert.Equal((null, "databases"), Explain.Find("databses", TestEstates.Patterns));

    static void Same(JsonNode schema, Shape shape)
    {
        if (schema["properties"] is JsonObject properties)
        {
            Assert.Equal(shape.Keys.Select(static key => key.Name), properties.Select(static each => each.Key));
            Assert.False((bool?)schema["additionalProperties"]);
            foreach (var key in shape.Keys)
                Same(properties[key.Name]!, key.Shape);
        }
        else if (shape.Inner is { } inner && (schema["additionalProperties"] ?? schema["items"]) is { } below)
        {
            Same(below, inner);
        }
    }
}
