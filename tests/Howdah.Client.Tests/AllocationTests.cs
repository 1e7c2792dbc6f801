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
        // It sleeps, so that every answer has to be waited for: one that is there already costs less.
        command.CommandText = "select total, pg_sleep(0.001) from orders where id = $1";
        command.Parameters.Add(new() { Value = 2L });
        await command.PrepareAsync();
        var batch = connection.Session.Front.Batch;
        var bound = Usual(await BoundAsync(command));
        Assert.InRange(bound, 1, Usual(await BareAsync(batch)));
    }

    const int Times = 400;

    // What most of them cost: what the runtime does beside shows in some only.
    static long Usual(long[] costs) => costs.Skip(Times / 4).GroupBy(static cost => cost).MaxBy(static group => group.Count())!.Key;

    // Loops of their own: a state machine of the test's is allocated once, not with each statement.
    static async Task<long[]> BoundAsync(TenantCommand command)
    {
        var costs = new long[Times];
        for (var i = 0; i < Times; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await using (var reader = await command.ExecuteReaderAsync())
                await reader.ReadAsync();
            costs[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }
        return costs;
    }

    static async Task<long[]> BareAsync(NpgsqlBatch batch)
    {
        var costs = new long[Times];
        for (var i = 0; i < Times; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await using (var reader = await batch.ExecuteReaderAsync())
            {
                await reader.NextResultAsync();
                await reader.ReadAsync();
            }
            costs[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }
        return costs;
    }
}
