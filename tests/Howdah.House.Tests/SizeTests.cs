using Xunit;

namespace Howdah.House.Tests;

public sealed class SizeTests
{
    [Fact]
    public void No_file_has_more_than_400_lines() =>
        Assert.Empty(Tree.Sources.Select(file => (file, lines: Lines(file))).Where(each => each.lines > 400));

    [Fact]
    public void Nine_of_ten_files_have_less_than_200_lines() =>
        Assert.True(Tree.Sources.Count(file => Lines(file) < 200) >= 0.9 * Tree.Sources.Count,
            string.Join('\n', Tree.Sources.Where(file => Lines(file) >= 200)));

    [Fact]
    public void No_line_has_more_than_140_characters() =>
        Assert.Empty(Tree.Sources.SelectMany(file => Tree.Text(file).Split('\n')
            .Select((line, index) => (file, line: index + 1, length: line.Length))).Where(each => each.length > 140));

    [Fact]
    public void No_regions_and_no_partial_types_to_hide_length() =>
        Assert.Empty(Tree.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal))
            .Where(file => Tree.Text(file).Contains("#region", StringComparison.Ordinal)
                // Source generators of the framework need `partial`; nothing else does.
                || (Tree.Text(file).Contains(" partial ", StringComparison.Ordinal)
                    && !Tree.Text(file).Contains("[GeneratedRegex", StringComparison.Ordinal)
                    && !Tree.Text(file).Contains("[JsonSerializable", StringComparison.Ordinal)
                    && !Tree.Text(file).Contains("[LibraryImport", StringComparison.Ordinal)
                    && !Tree.Text(file).Contains("[LoggerMessage", StringComparison.Ordinal))));

    static int Lines(string file) => Tree.Text(file).Split('\n').Length - 1;
}
