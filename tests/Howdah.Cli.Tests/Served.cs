using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>A <c>howdah serve</c> that runs as a process of its own.</summary>
sealed class Served : IDisposable
{
    static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(20) };

    readonly Process process;
    readonly ConcurrentQueue<string> lines = new();
    readonly Task reading;
    readonly Task<string> errors;

    Served(Process process)
    {
        this.process = process;
        reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
                lines.Enqueue(line);
        });
        errors = process.StandardError.ReadToEndAsync();
    }

    internal int Pid => process.Id;

    /// <summary>Where it answers.</summary>
    internal string Address { get; private set; } = "";

    /// <summary>What it said, as one text.</summary>
    internal string Said => string.Join('\n', lines);

    /// <summary>Starts one on a free port and waits until it listens.</summary>
    internal static async Task<Served> StartAsync(string folder, params string[] more)
    {
        var served = new Served(Tool.Start(["serve", folder, "--listen", "127.0.0.1:0", "--json", .. more]));
        await served.SaysAsync("\"event\":\"listening\"");
        served.Address = JsonNode.Parse(served.lines.First(static line => line.Contains("\"listening\"", StringComparison.Ordinal)))!
            ["message"]!.GetValue<string>();
        return served;
    }

    /// <summary>Waits until it has said something so many times.</summary>
    internal Task SaysAsync(string text, int times = 1) => Patience.UntilAsync($"serve says {text}; it said\n{Said}", async () =>
    {
        if (process.HasExited && !lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
            Assert.Fail($"serve ended with {process.ExitCode}:\n{Said}\n{await errors}");
        return lines.Count(line => line.Contains(text, StringComparison.Ordinal)) >= times;
    });

    internal async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var answer = await Client.GetAsync(new Uri(Address + path));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The status of an answer.</summary>
    internal async Task<int> AskAsync(string method, string path, string? header = null)
    {
        using var question = new HttpRequestMessage(new(method), new Uri(Address + path));
        if (header is not null)
            question.Headers.Add("X-Test", header);
        using var answer = await Client.SendAsync(question);
        return (int)answer.StatusCode;
    }

    /// <summary>Waits until readiness has a status.</summary>
    internal async Task<JsonNode> ReadyAsync(HttpStatusCode wanted, string about = "")
    {
        var text = "";
        await Patience.UntilAsync($"ready is {wanted} and tells {about}", async () =>
        {
            (var status, text) = await GetAsync("/health/ready");
            return status == wanted && text.Contains(about, StringComparison.Ordinal);
        });
        return JsonNode.Parse(text)!;
    }

    internal void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>SIGKILL: no handler, no finally, no goodbye to the server.</summary>
    internal async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    internal async Task<int> EndAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(late.Token);
        await reading;
        return process.ExitCode;
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
