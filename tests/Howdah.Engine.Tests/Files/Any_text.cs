using CsCheck;
using Howdah.Engine.Files;
using Xunit;

namespace Howdah.Engine.Tests.Files;

public sealed class Any_text
{
    static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ": ", "- ", "\n", "\n  ", "\t", "&a ", "*a", "? ", "<<: ", "|\n", ">-",
        "\"", "'", "#", "---\n", "!!int ", "%", "\0", "🐘",
        "${env:A}", "~", "howdah", "roles", "password", "include: ", "0x1f", "\u0085", "@", "`",
    ];

    static readonly Gen<string> Piece = Gen.Int[0, Pieces.Length - 1].Select(static i => Pieces[i]);

    [Fact]
    public void Reads_or_is_told_wrong_but_never_throws() =>
        Gen.Select(Gen.Int[0, TestEstates.Good.Length], Gen.Int[0, 20], Piece.Array[1, 6]).Sample(static (at, cut, pieces) =>
        {
            var end = Math.Min(TestEstates.Good.Length, at + cut);
            var text = TestEstates.Good[..at] + string.Concat(pieces) + TestEstates.Good[end..];
            var loaded = TestEstates.Read(text, "production");
            DiagnosticText.Write(loaded.Diagnostics, loaded.Sources);
            return loaded.Estate is not null || loaded.Diagnostics.Any(static found => found.Severity == Severity.Error);
        }, iter: 3000);

    [Theory]
    [InlineData("a]")]
    [InlineData("[0]")]
    [InlineData("a[b]")]
    public void A_key_with_brackets_is_told_as_a_key(string key) =>
        Assert.Contains(TestEstates.Read(TestEstates.Good.Replace("environments:\n", $"environments:\n  \"{key}\": 5\n",
            StringComparison.Ordinal), "production").Diagnostics, each => each.Message.StartsWith($"`{key}` wants a mapping",
                StringComparison.Ordinal));

    [Fact]
    public void Aliases_cannot_nest_without_end()
    {
        var chain = string.Concat(Enumerable.Range(1, 5000).Select(static i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        var found = TestEstates.Read("a0: &a0 x\n" + chain).Diagnostics;
        Assert.Contains(found, static each => each.Code == Codes.NotYaml
            && each.Message.Contains("nested deeper", StringComparison.Ordinal));
    }

    [Fact]
    public void The_order_of_keys_is_no_part_of_the_wish()
    {
        var blocks = System.Text.RegularExpressions.Regex.Split(TestEstates.Good.TrimEnd(), "\n(?=[a-z])");
        var hash = TestEstates.Read(TestEstates.Good).Estate!.SpecHash;
        Gen.Shuffle(blocks).Sample(shuffled => TestEstates.Read(string.Join('\n', shuffled)).Estate!.SpecHash == hash, iter: 50);
        var other = TestEstates.Good.Replace("login: true", "login: false", StringComparison.Ordinal);
        Assert.NotEqual(hash, TestEstates.Read(other).Estate!.SpecHash);
    }
}
