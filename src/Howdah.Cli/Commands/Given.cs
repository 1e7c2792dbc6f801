using System.Text.RegularExpressions;

namespace Howdah.Cli.Commands;

/// <summary>Connection strings given on the command line: secrets come by reference, for whoever lists processes sees the rest.</summary>
static partial class Given
{
    /// <summary>Puts in what <c>${env:NAME}</c> and <c>${file:PATH}</c> stand for.</summary>
    /// <exception cref="ArgumentException">The variable is not set, or the file is not there.</exception>
    internal static string Expand(string text) => Reference().Replace(text, static match => match.Groups[1].Value == "env"
        ? Environment.GetEnvironmentVariable(match.Groups[2].Value)
            ?? throw new ArgumentException($"the environment variable {match.Groups[2].Value} is not set")
        : File.Exists(match.Groups[2].Value) ? File.ReadAllText(match.Groups[2].Value).Trim()
            : throw new ArgumentException($"there is no file {match.Groups[2].Value}"));

    [GeneratedRegex(@"\$\{(env|file):([^}]+)\}")]
    private static partial Regex Reference();
}
