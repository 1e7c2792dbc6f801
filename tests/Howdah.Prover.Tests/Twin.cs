using System.Collections.Concurrent;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>A well-made database written by hand: <c>Good/NAME.sql</c>, in three parts: roles, the database, and what a copy
/// needs.</summary>
sealed record Twin(string Name, string Cluster, string Database, string After)
{
    static readonly ConcurrentDictionary<(int, string), Lazy<Task<string>>> Templates = new();
    static readonly ConcurrentDictionary<int, SemaphoreSlim> Copying = new();

    internal static IReadOnlyList<Twin> All { get; } = [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Good"), "*.sql")
        .Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>Makes a copy of the twin's database.</summary>
    internal async Task<string> CopyAsync(TestServer server)
    {
        var template = await Templates.GetOrAdd((server.Port, Name), _ => new(() => MakeAsync(server))).Value;
        // A template may not be copied while another copy is made from it.
        var copying = Copying.GetOrAdd(server.Port, static _ => new(1, 1));
        await copying.WaitAsync();
        try
        {
            var database = $"{Name}_{Guid.NewGuid():N}";
            await server.ExecuteAsync($"create database \"{database}\" template \"{template}\"");
            await server.ExecuteAsync(After.Replace("{db}", $"\"{database}\"", StringComparison.Ordinal), database);
            return database;
        }
        finally
        {
            copying.Release();
        }
    }

    async Task<string> MakeAsync(TestServer server)
    {
        await server.ExecuteAsync(Cluster);
        var template = await server.CreateDatabaseAsync($"twin_{Name}");
        await server.ExecuteAsync(Database, template);
        // A template needs nobody in it.
        await server.ExecuteAsync($"revoke all on database \"{template}\" from public");
        return template;
    }

    static Twin Read(string file)
    {
        var text = File.ReadAllText(file);
        return new(Path.GetFileNameWithoutExtension(file), Part(text, "-- cluster\n", "-- database\n"),
            Part(text, "-- database\n", "-- after\n"), Part(text, "-- after\n", null));
    }

    static string Part(string text, string from, string? to)
    {
        var start = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(start >= 0, $"no part {from.Trim()}");
        start += from.Length;
        return to is null ? text[start..] : text[start..text.IndexOf(to, StringComparison.Ordinal)];
    }
}
