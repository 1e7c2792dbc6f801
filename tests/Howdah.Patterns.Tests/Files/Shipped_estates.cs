using System.Text.Json.Nodes;
using Howdah.Engine.Files;
using Xunit;

namespace Howdah.Patterns.Tests.Files;

public sealed class Shipped_estates
{
    static readonly string Samples = Find("samples");

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateDirectories(Samples).Where(static folder => File.Exists(Path.Combine(folder, "estate.yaml")))
            .Select(static folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Read_without_a_word(string name)
    {
        foreach (var environment in new[] { null, "production" })
        {
            var loaded = EstateReader.Read(Path.Combine(Samples, name), environment, Builtin.All);
            Assert.Equal("", DiagnosticText.Write(loaded.Diagnostics, loaded.Sources));
            Assert.NotNull(loaded.Estate);
        }
    }

    [Fact]
    public void Have_a_schema_with_a_word_on_every_key()
    {
        var schema = JsonNode.Parse(EstateSchema.ToJson(Builtin.All))!;
        Check(schema, "estate");

        static void Check(JsonNode? node, string path)
        {
            if (node is JsonObject map && map["properties"] is JsonObject properties)
                Assert.All(properties,
                    each => Assert.False(string.IsNullOrEmpty((string?)each.Value!["description"]), $"{path}.{each.Key}"));
            foreach (var (key, value) in node as JsonObject ?? [])
                Check(value, $"{path}.{key}");
        }
    }

    [Fact]
    public void Have_codes_of_one_meaning_each()
    {
        var twice = Builtin.All.SelectMany(static pattern => pattern.Codes).GroupBy(static each => each.Code)
            .Where(static group => group.Select(static each => each.About).Distinct().Count() > 1).Select(static group => group.Key);
        Assert.Empty(twice);
    }

    [Fact]
    public void Are_told_what_is_wrong_with_them_by_the_real_keys()
    {
        var folder = Find("tests/Howdah.Patterns.Tests/Files/Wrong");
        var text = File.ReadAllText(Path.Combine(folder, "real_keys.yaml"));
        var loaded = EstateReader.ReadText("estate.yaml", text, null, Builtin.All);
        var told = DiagnosticText.Write(loaded.Diagnostics, loaded.Sources);
        var approved = Path.Combine(folder, "real_keys.approved.txt");
        if (Environment.GetEnvironmentVariable("HOWDAH_APPROVE") == "1")
            File.WriteAllText(approved, told);
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(approved), told);
    }

    static string Find(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Howdah.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, name);
    }
}
