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
    /// <param name="major">The server's version.</param>
    /// <param name="warehouse">Whether with its warehouse: 200 steps more, which say nothing of what most tests here are about.</param>
    internal static async Task<Sample> BareAsync(int major, bool warehouse = false) =>
        On(await TestServer.StartOwnAsync(major), warehouse: warehouse);

    /// <summary>The sample's files for a server that is there; reached by another port, if one is given.</summary>
    internal static Sample On(TestServer server, int? port = null, bool warehouse = false)
    {
        var yaml = File.ReadAllText(Path.Combine(Folder, "estate.yaml"));
        if (!warehouse)
        {
            var from = yaml.IndexOf("      - { file: data/superstore.csv.gz, steps: data/warehouse.sql }", StringComparison.Ordinal);
            yaml = yaml[..from] + yaml[yaml.IndexOf("environments:", StringComparison.Ordinal)..];
        }
        var begin = yaml.IndexOf("servers:", StringComparison.Ordinal);
        var end = yaml.IndexOf("roles:", StringComparison.Ordinal);
        var harness = new EstateHarness(server, yaml[..begin] + "SERVERS\n\n" + yaml[end..], port: port);
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

    /// <summary>Takes away what the sample made on a server; the server stays.</summary>
    internal static async Task CleanAsync(TestServer server)
    {
        await server.ExecuteAsync("drop database if exists store with (force)");
        await server.ExecuteAsync(
            """
            drop schema if exists howdah cascade;
            do $$ declare r text; begin
              for r in select rolname from pg_roles where rolname like 'store%' or rolname = 'analyst' loop
                execute format('drop owned by %I cascade', r);
                execute format('drop role %I', r);
              end loop;
            end $$
            """);
    }

    /// <summary>Applied and loaded.</summary>
    internal static async Task<Sample> UpAsync(int major, bool warehouse = false)
    {
        var sample = await BareAsync(major, warehouse);
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
