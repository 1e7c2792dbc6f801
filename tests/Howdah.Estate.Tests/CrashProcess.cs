using System.Diagnostics;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>The process that works on an estate and gets killed.</summary>
static class CrashProcess
{
    /// <summary>Starts it; <paramref name="what"/> is the number of the point where it kills itself, or <c>load</c>.</summary>
    internal static Process Start(Sample sample, string what) => Start(sample.Harness, what);

    /// <summary>Starts it on any estate.</summary>
    internal static Process Start(EstateHarness estate, params string[] what) => Process.Start(new ProcessStartInfo("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Howdah.Crash.dll"), estate.Folder, .. what])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>Runs it to its end: the points it passed, and its exit code.</summary>
    internal static async Task<(int Points, int Code)> RunAsync(Sample sample, string what)
    {
        using var process = Start(sample, what);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 && what == "0")
            Assert.Fail(await errors);
        return (output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, process.ExitCode);
    }
}
