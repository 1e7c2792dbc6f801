using System.Reflection;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Patterns.Data.Loading;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>The Superstore sample on a test server of its own.</summary>
sealed class Sample : IDisposable
{
    Sample(TestServer server, EstateHarness harness)
    {
        Server = server;
        Harness = harness;
    }

    internal static string Root { get; } = Path.GetFullPath(
        typeof(Sample).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Root").Value!);

    internal static string Folder => Path.Combine(Root, "samples/superstore");

    internal TestServer Server { get; }
    internal EstateHarness Harness { get; }

    /// <summary>A server with the sample's files beside it, nothing applied.</summary>
    internal static async Task<Sample> BareAsync(int major) => On(await TestServer.StartOwnAsync(major));

    /// <summary>The sample's files for a server that is there.</summary>
    internal static Sample On(TestServer server)
    {
        var yaml = File.ReadAllText(Path.Combine(Folder, "estate.yaml"));
        var begin = yaml.IndexOf("servers:", StringComparison.Ordinal);
        var end = yaml.IndexOf("roles:", StringComparison.Ordinal);
        var harness = new EstateHarness(server, yaml[..begin] + "SERVERS\n\n" + yaml[end..]);
        foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains(".howdah", StringComparison.Ordinal)))
        {
            var name = Path.GetRelativePath(Folder, file);
            if (name == "estate.yaml")
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(harness.Folder, name))!);
            File.Copy(file, Path.Combine(harness.Folder, name), overwrite: true);
        }
        return new(server, harness);
    }

    /// <summary>Applied and loaded.</summary>
    internal static async Task<Sample> UpAsync(int major)
    {
        var sample = await BareAsync(major);
        await sample.Harness.ConvergeAsync();
        await DataLoader.RunAsync(await sample.Harness.OpenAsync(), null, CancellationToken.None);
        return sample;
    }

    /// <summary>Applies; the result must be done.</summary>
    internal async Task<ApplyResult> ApplyAsync()
    {
        var result = await Harness.ApplyAsync();
        Assert.True(result.Outcome is ApplyOutcome.Done or ApplyOutcome.NothingToDo, result.Message);
        return result;
    }

    internal Task<Session> OpenAsync() => Harness.OpenAsync();

    public void Dispose() => Harness.Dispose();
}
