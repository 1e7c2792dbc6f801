using System.Collections.Concurrent;
using System.Reflection;
using Howdah.Testing;
using Xunit;
using Xunit.v3;

[assembly: Howdah.Patterns.Tests.Own_servers]

namespace Howdah.Patterns.Tests;

/// <summary>Servers that a test started for itself end with it: a hundred idle ones cost memory, disk and wake-ups until the suite
/// ends.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
sealed class Own_serversAttribute : BeforeAfterTestAttribute
{
    static readonly ConcurrentDictionary<string, ConcurrentBag<TestServer>> Servers = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        TestServer.Started ??= static server =>
        {
            if (TestContext.Current.Test is { } mine)
                Servers.GetOrAdd(mine.UniqueID, static _ => []).Add(server);
        };
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        // Not waited for: the next test need not, and a watcher sees to it where this process ends first.
        if (Servers.TryRemove(test.UniqueID, out var mine))
            foreach (var server in mine.Where(static server => !server.Kept))
                _ = server.EndAsync();
    }
}
