using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>What is counted is what the whole process allocates, so no other test may run beside.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

[Collection(typeof(Alone))]
public sealed class AllocationTests
{
    [Fact]
    public async Task A_statement_that_is_used_again_allocates_nothing_but_what_Npgsql_does()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select total from orders where id = $1";
        command.Parameters.Add(new() { Value = 2L });
        await command.PrepareAsync();
        var batch = connection.Session.Front.Batch;
        long bound = long.MaxValue, bare = long.MaxValue;
        // The smallest of many: what the runtime does beside shows in some rounds only.
        for (var round = 0; round < 30; round++)
        {
            bound = Math.Min(bound, await BoundAsync(command));
            bare = Math.Min(bare, await BareAsync(batch));
        }
        // Not one object more than Npgsql's: the rest is what the runtime does beside.
        Assert.InRange(bound, 1, bare + Times);
    }

    const int Times = 200;

    // Loops of their own: a state machine of the test's is allocated once, not with each statement.
    static async Task<long> BoundAsync(TenantCommand command)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Times; i++)
        {
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
        }
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    static async Task<long> BareAsync(NpgsqlBatch batch)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Times; i++)
        {
            await using var reader = await batch.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
        }
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
