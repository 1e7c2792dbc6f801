using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Moving;

/// <summary>What stops a move, and that the tenant is then served where it was.</summary>
[Collection("moves")]
public sealed class Moves_that_are_refused
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_writer_that_does_not_end_gets_the_tenant_back(int major)
    {
        using var caravan = await Caravan.OpenAsync(major);
        var tenant = await caravan.FindAsync(Caravan.Traveller);
        await using var writer = await caravan.Main.OpenAsync(caravan.Name);
        await using var begin = new Npgsql.NpgsqlCommand($"begin; update app.things set v = 'held' where tenant_id = '{tenant.Id}' "
            + $"and id = (select min(id) from app.things where tenant_id = '{tenant.Id}')", writer);
        var options = new MoveOptions { FencePatience = TimeSpan.FromSeconds(2) };
        // The slot waits for every transaction that is open when it is made, so this one begins once the copy is there.
        var begun = new TaskCompletionSource();
        var told = new Told(progress =>
        {
            if (progress.Step == "following" && begun.TrySetResult())
                begin.ExecuteNonQuery();
        });
        var stopped = await Assert.ThrowsAsync<MoveException>(() => TenantMove.StartAsync(caravan.Session, caravan.Home, tenant.Name,
            TenancyModel.Schemas, null, options with { Progress = told }, CancellationToken.None));
        Assert.Contains("still writing: process", stopped.Message, StringComparison.Ordinal);
        Assert.Equal("active", (await caravan.FindAsync(tenant.Name)).State);
        Assert.Contains("is under way (following)", (await Assert.ThrowsAsync<MoveException>(() => TenantMove.StartAsync(caravan.Session,
            caravan.Home, tenant.Name, TenancyModel.Schemas, null, new(), CancellationToken.None))).Message, StringComparison.Ordinal);
        await using (var tenants = await Tenants.OpenAsync(caravan.Session, caravan.Home, CancellationToken.None))
            Assert.Matches("^a move of traveller is cut off \\(following; its source keeps [0-9.]+ MB of log for it\\)",
                Assert.Single(await tenants.UnderWayAsync(CancellationToken.None)).Sentence);
        await using (var end = new Npgsql.NpgsqlCommand("commit", writer))
            await end.ExecuteNonQueryAsync();
        Assert.Equal("moved", (await TenantMove.ResumeAsync(caravan.Session, caravan.Home, tenant.Name, new(),
            CancellationToken.None)).Outcome);
        await caravan.CleanAsync();
    }

    [Fact]
    public async Task A_migration_in_between_stops_the_move_and_can_be_taken_back()
    {
        using var caravan = await Caravan.OpenAsync(18);
        var tenant = await caravan.FindAsync(Caravan.Traveller);
        var changed = new TaskCompletionSource();
        var told = new Told(progress =>
        {
            if (progress.Step == "following" && changed.TrySetResult())
                caravan.Main.ExecuteAsync("alter table app.things add added int", caravan.Name).GetAwaiter().GetResult();
        });
        Assert.Contains("got other columns", (await Assert.ThrowsAsync<MoveException>(() => TenantMove.StartAsync(caravan.Session,
            caravan.Home,
            tenant.Name, TenancyModel.Schemas, null, new() { Progress = told }, CancellationToken.None))).Message,
                StringComparison.Ordinal);
        Assert.Equal("aborted", (await TenantMove.AbortAsync(caravan.Session, caravan.Home, tenant.Name, new(),
            CancellationToken.None)).Outcome);
        await caravan.CleanAsync();
        Assert.Equal(0, await caravan.PlacesAsync());
    }

    [Fact]
    public async Task Nothing_to_do_is_said_and_nothing_to_end_too()
    {
        using var caravan = await Caravan.OpenAsync(18);
        Assert.Equal("there", (await TenantMove.StartAsync(caravan.Session, caravan.Home, Caravan.Traveller, TenancyModel.Rows, null, new(),
            CancellationToken.None)).Outcome);
        Assert.StartsWith("no move of", (await Assert.ThrowsAsync<MoveException>(() => TenantMove.AbortAsync(caravan.Session, caravan.Home,
            Caravan.Traveller, new(), CancellationToken.None))).Message, StringComparison.Ordinal);
        Assert.Contains("there is no tenant", (await Assert.ThrowsAsync<MoveException>(() => TenantMove.StartAsync(caravan.Session,
            caravan.Home,
            "nobody", TenancyModel.Rows, null, new(), CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    sealed class Told(Action<MoveProgress> told) : IProgress<MoveProgress>
    {
        public void Report(MoveProgress value) => told(value);
    }
}
