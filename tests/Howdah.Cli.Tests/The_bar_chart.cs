using Howdah.Cli.Output;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_bar_chart
{
    static string Draw(int width, params (string Label, string? Value)[] bars) =>
        BarChart.Write("sales", [.. bars.Select(static bar => new Bar(bar.Label, bar.Value))], 0, width, colors: false);

    [Fact]
    public void Fills_the_width_with_eighths() => Assert.Equal(
        "       sales\nWest   100.0  ████████████████████████████\nEast    50.0  ██████████████\nSouth    0.5  ▏\nNorth      0\n",
        Draw(43, ("West", "100.0"), ("East", "50.0"), ("South", "0.5"), ("North", "0")));

    [Fact]
    public void Grows_to_both_sides_of_one_line() => Assert.Equal(
        "   sales\na      3            ██████████████\nb     -2  ██████████\nc   NULL\n", Draw(35, ("a", "3"), ("b", "-2"), ("c", null)));

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void Is_never_wider_than_the_terminal(int width)
    {
        var text = Draw(width, (new string('x', 300), "1234567.89"), ("b", "-1e300"), ("c", "NaN"), ("d\u001b[2J", "Infinity"),
            ("e", "1e300"), ("f", "-0.0001"));
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        Assert.DoesNotContain('\u001b', text);
        Assert.Equal(8, text.Split('\n').Length);
    }

    [Fact]
    public void Paints_only_where_colors_are_shown_and_counts_what_it_leaves_out()
    {
        var painted = BarChart.Write("n", [new("a", "1"), new("b", "-1")], 2, 40, colors: true);
        Assert.Contains("\u001b[36m█", painted, StringComparison.Ordinal);
        Assert.Contains("\u001b[31m█", painted, StringComparison.Ordinal);
        Assert.EndsWith("… and 2 more rows; LIMIT or --format csv\n", painted, StringComparison.Ordinal);
        Assert.Equal("(0 rows)\n", BarChart.Write("n", [], 0, 40, colors: false));
    }
}
