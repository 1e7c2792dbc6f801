using System.Diagnostics;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>The completion scripts, run by the shells they are for where those are there.</summary>
public sealed class Completion
{
    public static TheoryData<string[], string[]> Asked => new()
    {
        { ["pl"], ["plan"] },
        { ["tenant", "li"], ["list"] },
        { ["tenant", "list", "--data"], ["--database"] },
        { ["plan", "--ch"], ["--check"] },
        { ["plan", "--check", "--verb"], ["--verbose"] },
        { ["prove", "--format", "j"], ["json", "junit"] },
        { ["apply", "--allow", "d"], ["data-loss", "downtime"] },
        { ["completion", "f"], ["fish"] },
    };

    [Theory, MemberData(nameof(Asked))]
    public async Task Of_bash_gives(string[] words, string[] expected)
    {
        var (_, script, _) = await Tool.RunAsync("completion", "bash");
        var line = string.Join(' ', words.Prepend("howdah").Select(word => $"'{word}'"));
        Assert.Equal(expected, await AskAsync("bash", "-c", $"cd /\n{script}\nCOMP_WORDS=({line}); COMP_CWORD={words.Length}; _howdah; "
            + "printf '%s\\n' \"${COMPREPLY[@]}\""));
    }

    [Theory, MemberData(nameof(Asked))]
    public async Task Of_PowerShell_gives(string[] words, string[] expected)
    {
        var (_, script, _) = await Tool.RunAsync("completion", "powershell");
        // Each place is one line of the table, whichever shell is here to read it.
        Assert.Equal(script.Count(each => each == '{'), script.Count(each => each == '}'));
        Assert.Equal(script.Count(each => each == '('), script.Count(each => each == ')'));
        var values = words.Length > 1 && words[^2].StartsWith('-') && !expected[0].StartsWith('-');
        var place = string.Join(' ', words[..^1].Where(word => values || !word.StartsWith('-')));
        var row = script.Split('\n').Single(each => each.StartsWith($"    '{place}' = @(", StringComparison.Ordinal));
        Assert.Equal(expected, row[(row.IndexOf("@(", StringComparison.Ordinal) + 2)..].TrimEnd(')').Split(", ")
            .Select(word => word.Trim('\'')).Where(word => word.StartsWith(words[^1], StringComparison.Ordinal)));
        if (!Has("pwsh"))
            return;
        var line = string.Join(' ', words.Prepend("howdah"));
        Assert.Equal(expected, await AskAsync("pwsh", "-NoProfile", "-NonInteractive", "-Command",
            $"{script}\n[System.Management.Automation.CommandCompletion]::CompleteInput('{line}', {line.Length}, $null).CompletionMatches"
                + ".CompletionText"));
    }

    [Fact]
    public async Task Of_fish_is_understood_by_fish()
    {
        var (_, script, _) = await Tool.RunAsync("completion", "fish");
        // One command a line, every quote closed: what a shell that is not here could not read.
        Assert.All(script.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
        {
            Assert.StartsWith("complete -c howdah -n ", line, StringComparison.Ordinal);
            Assert.Equal(0, line.Replace("\\'", "", StringComparison.Ordinal).Count(each => each == '\'') % 2);
        });
        Assert.Contains("__fish_seen_subcommand_from prove' -l format -xa 'html json junit", script, StringComparison.Ordinal);
        if (Has("fish"))
            Assert.Contains("plan", (await AskAsync("fish", "-c", $"{script}\ncomplete -C 'howdah pl'"))[0], StringComparison.Ordinal);
    }

    static bool Has(string shell) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, shell)));

    static async Task<string[]> AskAsync(string shell, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(shell, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (exit, output, error) = await Tool.EndAsync(process);
        Assert.True(exit == 0 && error.Length == 0, error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
