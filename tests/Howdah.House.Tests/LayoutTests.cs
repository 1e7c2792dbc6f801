using Xunit;

namespace Howdah.House.Tests;

public sealed class LayoutTests
{
    static readonly string[] Vague = ["Manager", "Helper", "Service", "Util", "Utils", "Impl", "Base"];

    public static TheoryData<string> Patterns => [.. Tree.PatternFolders];

    [Fact]
    public void There_are_patterns() => Assert.NotEmpty(Tree.PatternFolders);

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Every_pattern_folder_has_the_same_parts(string folder)
    {
        var path = Path.Combine(Tree.Root, "src/Howdah.Patterns", folder);
        foreach (var part in (string[])["Spec", "Facts", "Inspector", "Differ", "Prover", "Pattern"])
            Assert.True(Directory.EnumerateFiles(path, $"*{part}.cs").Any(), $"{folder} lacks its {part}");
        Assert.True(File.Exists(Path.Combine(path, "README.md")), $"{folder} lacks README.md");
        Assert.True(Directory.Exists(Path.Combine(path, "Sql")), $"{folder} lacks Sql/");
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Patterns_never_see_each_other(string folder)
    {
        var others = Tree.PatternFolders.Where(other => other != folder).Select(other => $"Howdah.Patterns.{other}");
        var seen = from file in Tree.Sources
                   where file.StartsWith($"src/Howdah.Patterns/{folder}/", StringComparison.Ordinal)
                   from other in others
                   where Tree.Text(file).Contains(other + ";", StringComparison.Ordinal) || Tree.Text(file)
                       .Contains(other + ".", StringComparison.Ordinal)
                   select $"{file} sees {other}";
        Assert.Empty(seen);
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Every_pattern_is_in_the_one_list(string folder) =>
        Assert.Contains($"{folder}Pattern", Tree.Text("src/Howdah.Patterns/Builtin.cs"), StringComparison.Ordinal);

    [Fact]
    public void The_engine_knows_no_pattern() =>
        Assert.Empty(Tree.Sources.Where(file => file.StartsWith("src/Howdah.Engine/", StringComparison.Ordinal))
            .Where(file => Tree.Text(file).Contains("Howdah.Patterns.", StringComparison.Ordinal)));

    [Fact]
    public void No_type_has_a_vague_name() =>
        Assert.Empty(Tree.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .Where(file => Vague.Any(word => Path.GetFileNameWithoutExtension(file).EndsWith(word, StringComparison.Ordinal))));

    [Fact]
    public void Nothing_unfinished_is_left() =>
        Assert.Empty(Tree.Sources.Where(file => !file.Contains("House.Tests", StringComparison.Ordinal))
            .Where(file => Tree.Text(file).Contains("NotImplementedException", StringComparison.Ordinal)
                || Tree.Text(file).Contains("TODO", StringComparison.Ordinal)
                || Tree.Text(file).Contains("FIXME", StringComparison.Ordinal)));

    [Fact]
    public void Catalog_queries_are_ordered_and_say_their_parameters()
    {
        var queries = Directory.EnumerateFiles(Path.Combine(Tree.Root, "src"), "*.sql", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));
        Assert.All(queries, file =>
        {
            var text = File.ReadAllText(file);
            Assert.StartsWith("--", text, StringComparison.Ordinal);
        });
    }
}
