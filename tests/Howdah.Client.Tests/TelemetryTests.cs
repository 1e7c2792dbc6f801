using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>What the client tells of itself.</summary>
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
}
