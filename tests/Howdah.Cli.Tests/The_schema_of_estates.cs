using System.Text.Json.Nodes;
using Howdah.Cli.Commands;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Patterns;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_schema_of_estates
{
    // What people write for a value, right or wrong, as it stands in the file.
    static readonly string[] Spellings =
    [
        "", "~", "null", "true", "True", "yes", "no", "on", "1", "18", "'18'", "+5", "018", "0x1F", "-1", "1.5", "1e3", "2030-01-31",
        "infinity", "store",
        "store.orders", "'a.\"b.c\"'", "''", "\"${env:A}\"", "\"${file:a}b}\"", "\"${generated}\"", "[]", "[store]", "[~]",
        "[1, 2.5]", "{}", "{ a: ~ }", "{ store: {} }", "{ store: ~ }", "[{}]", "rows", "all", "[select]", "\"two\\nlines.x\"",
    ];

    static readonly JsonNode Schema = JsonNode.Parse(EstateSchema.ToJson(Builtin.All))!;

    [Theory]
    [InlineData("superstore")]
    [InlineData("flights")]
    public void Accepts_the_sample(string name) => Accepts(File.ReadAllText(Path.Combine(Approved.Root, "samples", name, "estate.yaml")));

    [Fact]
    public void Accepts_what_init_writes() => Accepts(StarterEstate.Text);

    [Fact]
    public async Task Is_what_the_tool_prints()
    {
        var (exit, output, _) = await Tool.RunAsync("schema");
        Assert.Equal(0, exit);
        Assert.Equal(EstateSchema.ToJson(Builtin.All), output);
    }

    [Fact]
    public void Refuses_what_is_no_estate()
    {
        Assert.NotEmpty(JsonSchemaCheck.Problems(Schema, CoreYaml.Read("howdah: 1\nestate: x\n")));
        Assert.NotEmpty(JsonSchemaCheck.Problems(Schema, CoreYaml.Read("howdah: 1\nestate: x\nservers: {}\nsevers: {}\n")));
        Assert.NotEmpty(JsonSchemaCheck.Problems(Schema, CoreYaml.Read("howdah: 1\nestate: x\nservers: { m: { embedded: eighteen } }\n")));
    }

    /// <summary>Each value of the sample in turn is spelled in every way, or in each fifth but with --full; what the reader takes, the
    /// schema must take.</summary>
    [Fact]
    public void Accepts_whatever_the_reader_accepts()
    {
        var sample = CoreYaml.Read(File.ReadAllText(Path.Combine(Approved.Root, "samples/superstore/estate.yaml")))!.AsObject();
        using var folder = new TempFolder();
        folder.Write("data/superstore.csv.gz", "");
        folder.Write("data/superstore.sql", "select 1;");
        folder.Write("data/warehouse.sql", "select 1;");
        folder.Write("data/holidays.csv", "day,name\n");
        folder.Write("migrations/0001_a.sql", "select 1;");
        var engine = new EstateEngine(Builtin.All);
        var (taken, refused) = (0, new List<string>());
        var nth = 0;
        foreach (var path in Places(sample, []).ToList())
        {
            nth++;
            foreach (var spelling in Spellings.Where((_, at) => Campaign.Full || (at + nth) % 5 == 0))
            {
                var text = Spell(sample, path, spelling);
                folder.Write("estate.yaml", text);
                if (engine.Load(folder.Path).Estate is null)
                    continue;
                taken++;
                var problems = JsonSchemaCheck.Problems(Schema, CoreYaml.Read(text)).ToList();
                if (problems.Count > 0)
                    refused.Add($"{string.Join('/', path)}: {spelling}: {string.Join("; ", problems)}");
            }
        }
        Assert.True(refused.Count == 0, string.Join('\n', refused));
        Assert.True(taken > 200, $"only {taken} were taken: too few to mean much");
    }

    static void Accepts(string text) => Assert.Empty(JsonSchemaCheck.Problems(Schema, CoreYaml.Read(text)));

    // The places of the file as it is, and those of every key it could have.
    static IEnumerable<object[]> Places(JsonNode? node, object[] path)
    {
        if (path.Length > 0)
            yield return path;
        if (node is JsonObject map)
        {
            foreach (var key in map.Select(each => each.Key).Union(Known(path)))
            {
                foreach (var inner in Places(map[key], [.. path, key]))
                    yield return inner;
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                foreach (var inner in Places(list[i], [.. path, i]))
                    yield return inner;
            }
        }
    }

    static IEnumerable<string> Known(object[] path)
    {
        Shape? shape = EstateShape.For(Builtin.All);
        foreach (var part in path)
            shape = part is string key ? shape?.Keys.FirstOrDefault(each => each.Name == key)?.Shape ?? shape?.Inner : shape?.Inner;
        return shape?.Keys.Select(key => key.Name) ?? [];
    }

    static string Spell(JsonObject estate, object[] path, string spelling)
    {
        var copy = estate.DeepClone();
        var at = copy;
        foreach (var part in path[..^1])
            at = part is string key ? at![key]! : at![(int)part]!;
        if (path[^1] is string name)
            at[name] = "@@";
        else
            at[(int)path[^1]] = "@@";
        return copy.ToJsonString().Replace("\"@@\"", $" {spelling} ", StringComparison.Ordinal);
    }
}
