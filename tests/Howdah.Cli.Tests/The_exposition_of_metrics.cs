using Howdah.Gateway.Web;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_exposition_of_metrics
{
    [Fact]
    public void Whatever_stands_in_labels_is_escaped_and_numbers_are_whole()
    {
        var text = Exposition.Write(
        [
            new("a_total", "counter", "Back\\slash\nand line.", [new(1e21), new(0.1, ("b", "x\\y\"z\nw")), new(3, ("b", ""))]),
            new("none", "gauge", "Without samples it is not there.", []),
            new("b", "gauge", "B.", [new(double.PositiveInfinity, ("c", "ü{}=,")), new(-2.5, ("c", "d"), ("e", "f"))]),
        ]);
        Assert.Equal("""
            # HELP a_total Back\\slash\nand line.
            # TYPE a_total counter
            a_total 1E+21
            a_total{b="x\\y\"z\nw"} 0.1
            a_total{b=""} 3
            # HELP b B.
            # TYPE b gauge
            b{c="ü{}=,"} +Inf
            b{c="d",e="f"} -2.5

            """.Replace("\r\n", "\n", StringComparison.Ordinal), text);
        Assert.Equal(5, ExpositionCheck.Read(text).Count);
    }

    [Theory]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1")]
    [InlineData("# HELP a A.\na 1\n")]
    [InlineData("# HELP a A.\n# TYPE a counter\na 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1\na 2\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na{b=\"x\"y\"} 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na{b=\"x\",b=\"y\"} 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na{b=\"x\",} 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1,5\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\nb 1\n")]
    [InlineData("# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b gauge\nb 1\n# HELP a A.\n# TYPE a gauge\na{c=\"d\"} 1\n")]
    public void The_check_itself_refuses_what_is_wrong(string text) =>
        Assert.ThrowsAny<Exception>(() => ExpositionCheck.Read(text));
}
