using System.CommandLine;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_command_line
{
    public static TheoryData<string> Commands() => [.. Walk(Program.Root(), "").Where(name => name.Length > 0)];

    [Theory, MemberData(nameof(Commands))]
    public void shows_an_example_in_the_help_of(string command)
    {
        using var help = new StringWriter();
        Assert.Equal(0, Program.Root().Parse($"{command} --help").Invoke(new() { Output = help }));
        Assert.Contains("Example:", help.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void lists_its_commands_on_short_lines_without_their_examples()
    {
        using var help = new StringWriter();
        Program.Root().Parse("--help").Invoke(new() { Output = help });
        Assert.Equal(1, help.ToString().Split("Example:").Length - 1);
        Assert.All(help.ToString().Split('\n'), line => Assert.True(line.Length <= 100, line));
    }

    [Theory, InlineData("bash"), InlineData("zsh"), InlineData("fish"), InlineData("powershell")]
    public async Task completes_every_command(string shell)
    {
        var (exit, script, _) = await Tool.RunAsync("completion", shell);
        Assert.Equal(0, exit);
        foreach (var command in Program.Root().Subcommands.Where(command => !command.Hidden))
            Assert.Contains(command.Name, script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--version")]
    [InlineData(64, "plam")]
    [InlineData(64, "plan", "--wrong")]
    [InlineData(64, "prove", "--format", "pdf")]
    [InlineData(1, "plan", "/nowhere/at/all")]
    [InlineData(1, "explain", "no.such.key")]
    public async Task ends_with(int code, params string[] arguments)
    {
        var (exit, output, error) = await Tool.RunAsync(arguments);
        Assert.True(code == exit, $"{exit}\n{output}{error}");
        Assert.Equal(code == 0, error.Length == 0);
        Assert.DoesNotContain("   at Howdah", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error: howdah tenant needs a command: list, show, create, suspend, resume, rename, move, export, import, erase\nhowdah "
        + "tenant --help tells how it is called.\n", "tenant")]
    [InlineData("error: Unrecognized command or argument 'plam'.\nhowdah --help tells how it is called.\n", "plam")]
    [InlineData("error: Argument 'pdf' not recognized. Must be one of: 'table' 'csv' 'json'\nhowdah sql --help tells how it is called.\n",
        "sql", "--format", "pdf", "select 1")]
    [InlineData("error: Unrecognized command or argument 'x'.\nhowdah tenant list --help tells how it is called.\n", "tenant", "list", "x")]
    public async Task says_what_was_wrong_with_it(string expected, params string[] arguments) =>
        Assert.Equal((64, "", expected), await Tool.RunAsync(arguments));

    static IEnumerable<string> Walk(Command command, string path)
    {
        if (command.Hidden)
            yield break;
        yield return path;
        foreach (var inner in command.Subcommands)
        {
            foreach (var name in Walk(inner, $"{path} {inner.Name}".Trim()))
                yield return name;
        }
    }
}
