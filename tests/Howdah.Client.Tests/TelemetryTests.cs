using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Npgsql;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>What the client tells of itself, and what it costs.</summary>
public sealed class TelemetryTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task Traces_name_the_tenant_only_where_that_is_allowed(bool allowed)
    {
        var home = await Home.MakeAsync(18);
        var seen = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Howdah.Client",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Add,
        };
        ActivitySource.AddActivityListener(listener);
        using var root = new Activity("test").Start();
        await using var tenants = new TenantDataSource(new() { ConnectionString = home.ConnectionString(), TenantInTelemetry = allowed });
        await using var command = tenants.For(home.Acme).CreateCommand("select 1");
        await command.ExecuteScalarAsync();
        var mine = Assert.Single(seen, activity => activity.TraceId == root.TraceId);
        Assert.Equal("howdah locate", mine.OperationName);
        Assert.Equal(allowed ? home.Acme : null, mine.GetTagItem("howdah.tenant"));
    }

    [Fact]
    public async Task Refusals_are_counted_by_kind_and_never_by_tenant()
    {
        var home = await Home.MakeAsync(18);
        var kinds = new ConcurrentBag<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "Howdah.Client", Name: "howdah.client.refused" })
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => kinds.Add(string.Join(';', tags.ToArray().Select(tag =>
            tag.ToString()))));
        listener.Start();
        await using var tenants = home.Open();
        await Assert.ThrowsAsync<TenantUnknownException>(async () => await tenants.For(Guid.NewGuid()).OpenConnectionAsync());
        Assert.Contains("[error.type, TenantUnknownException]", kinds);
    }

    [Fact]
    public async Task A_statement_that_is_used_again_allocates_nothing_beyond_Npgsqls_own()
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
        Assert.InRange(bound, 1, bare + (Times * 4));
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
