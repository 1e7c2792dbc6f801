using System.Collections.Concurrent;
using Howdah.Testing;

namespace Howdah.Patterns.Tests.Partitions.Converting;

/// <summary>One server of each major version for all tests of converting, with room for several databases.</summary>
static class Converting_servers
{
    static readonly ConcurrentDictionary<int, Lazy<Task<TestServer>>> Shared = new();

    internal static Task<TestServer> GetAsync(int major) =>
        Shared.GetOrAdd(major, static version => new(async () => (await TestServer.StartOwnAsync(version)).Keep())).Value;
}
