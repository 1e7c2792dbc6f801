using System.Diagnostics;

namespace Howdah.Engine.Servers;

/// <summary>Runs another program to its end.</summary>
static class Command
{
    /// <summary>What a program left: its exit code and what it printed, both streams together.</summary>
    internal sealed record Outcome(int Code, string Output);

    /// <summary>Runs a program with arguments (never through a shell), feeding it nothing.</summary>
    internal static async Task<Outcome> RunAsync(string program, IReadOnlyList<string> arguments, string? folder, CancellationToken token)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Path.GetTempPath(),
        };
        // A server's messages must be readable by us, whatever the user's language.
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return new(process.ExitCode, (await output + await errors).Trim());
    }

    /// <summary>The full path of a program on PATH, or null.</summary>
    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? program + ".cmd" : program)).FirstOrDefault(File.Exists);
}
