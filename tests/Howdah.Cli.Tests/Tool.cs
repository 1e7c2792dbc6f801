using System.Diagnostics;

namespace Howdah.Cli.Tests;

/// <summary>The built tool, run as a process of its own.</summary>
static class Tool
{
    internal static Process Start(params string[] arguments)
    {
        var process = Begin(arguments);
        process.StandardInput.Close();
        return process;
    }

    static Process Begin(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "howdah.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    internal static Task<(int Exit, string Out, string Error)> RunAsync(params string[] arguments) => EndAsync(Start(arguments));

    /// <summary>Runs it with something in its pipe.</summary>
    internal static async Task<(int Exit, string Out, string Error)> FedAsync(string input, params string[] arguments)
    {
        var process = Begin(arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        return await EndAsync(process);
    }

    internal static async Task<(int Exit, string Out, string Error)> EndAsync(Process process)
    {
        using (process)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            var output = process.StandardOutput.ReadToEndAsync(late.Token);
            var error = process.StandardError.ReadToEndAsync(late.Token);
            try
            {
                await process.WaitForExitAsync(late.Token);
                return (process.ExitCode, await output, await error);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                throw;
            }
        }
    }
}
