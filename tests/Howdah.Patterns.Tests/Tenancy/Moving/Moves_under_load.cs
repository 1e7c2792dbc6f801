using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Moving;

/// <summary>A tenant is moved while its clients write and read, and while others live beside it.</summary>
[Collection("moves")]
public sealed class Moves_under_load(ITestOutputHelper output)
{
    public static TheoryData<int, int> Servers => Campaign.Full ? new() { { 15, 15 }, { 18, 18 }, { 15, 18 } }
        : new() { { 18, 18 }, { 15, 18 } };

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Every_placement_to_every_other(int major, int second)
    {
        using var caravan = await Caravan.OpenAsync(major, second);
        var (traveller, neighbor) = (await caravan.FindAsync(Caravan.Traveller), await caravan.FindAsync(Caravan.Neighbor));
        await using var riders = new Riders(caravan, traveller.Name, traveller.Id);
        await using var others = new Riders(caravan, neighbor.Name, neighbor.Id, 1);
        await riders.GoOnAsync();
        foreach (var (model, server) in ((TenancyModel, string?)[])[(TenancyModel.Schemas, null), (TenancyModel.Databases,
            caravan.Elsewhere),
            (TenancyModel.Rows, null), (TenancyModel.Databases, "main"), (TenancyModel.Schemas, null),
            (TenancyModel.Rows, null)])
        {
            var result = await TenantMove.StartAsync(caravan.Session, caravan.Home, traveller.Name, model, server, new(),
                CancellationToken.None);
            output.WriteLine($"{result.From.Model} -> {model} on {result.To.Server}: {result.Rows} rows, {result.Changes} changes, pause "
                + $"{result.Pause?.TotalMilliseconds:0} ms, longest wait of a client {riders.LongestWait.TotalMilliseconds:0} ms");
            Assert.Equal("moved", result.Outcome);
            Assert.True(result.Verified);
            await riders.GoOnAsync();
            await others.GoOnAsync();
            Assert.Equal(model, (await caravan.FindAsync(traveller.Name)).Home.Model);
            await caravan.CleanAsync();
        }
        await riders.CheckAsync();
        await others.CheckAsync();
        Assert.Equal(0, await caravan.PlacesAsync());
    }
}
