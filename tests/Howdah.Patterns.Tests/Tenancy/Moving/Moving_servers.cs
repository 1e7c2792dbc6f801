using System.Collections.Concurrent;
using Howdah.Testing;

namespace Howdah.Patterns.Tests.Tenancy.Moving;

/// <summary>Servers whose log tells rows, shared by the tests of moving; their slots must not wait for other tests' transactions.</summary>
static class Moving_servers
{
    static readonly ConcurrentDictionary<int, Lazy<Task<TestServer>>> Servers = new();

    internal static Task<TestServer> GetAsync(int major) => Servers.GetOrAdd(major, 
        static version => new(async () => (await StartAsync(version)).Keep())).Value;

    internal static async Task<TestServer> StartAsync(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync("alter system set wal_level = logical");
        await server.ExecuteAsync("alter system set max_replication_slots = 40");
        await server.ExecuteAsync("alter system set max_wal_senders = 40");
        await server.StopAsync("fast");
        await server.StartAsync();
        return server;
    }
}
