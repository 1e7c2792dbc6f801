using Howdah.Engine.Applying;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Schemas;

/// <summary>The extension seg has several versions on 15 and on 18, and nobody needs anything for it but the server.</summary>
public sealed class Versions_of_extensions
{
    static readonly string File = ShopYaml.With("extensions: { seg: { version: \"VERSION\", schema: public } }");

    public static TheoryData<int> Majors => [18, 15];

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task One_that_fell_behind_is_updated_and_nothing_else(int major)
    {
        using var estate = await StartAsync(major, "1.2");
        // As an upgraded server leaves it: the programs are new, the version is old. The update from 1.1 may be repeated.
        await estate.Server.ExecuteAsync("update pg_extension set extversion = '1.1' where extname = 'seg'", "shop");
        await UpdatedAsync(estate, "1.2");
        // And what the file asks for anew.
        estate.Write(File.Replace("VERSION", "1.4", StringComparison.Ordinal));
        await UpdatedAsync(estate, "1.4");
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task One_that_somebody_updated_is_reported_for_it_has_no_way_back(int major)
    {
        using var estate = await StartAsync(major, "1.2");
        await estate.Server.ExecuteAsync("alter extension seg update to '1.3'", "shop");
        var plan = await estate.PlanAsync();
        Assert.Empty(plan.Steps);
        var note = Assert.Single(plan.Notes);
        Assert.Equal("HOW0403", note.Code);
        Assert.Contains("from 1.3 to 1.2", note.Message, StringComparison.Ordinal);
        Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);
        Assert.Equal("1.3", await VersionAsync(estate));
    }

    [Theory]
    [MemberData(nameof(Majors))]
    public async Task One_that_somebody_made_anew_is_a_strangers_until_adopted(int major)
    {
        using var estate = await StartAsync(major, "1.3");
        await estate.Server.ExecuteAsync("drop extension seg; create extension seg version '1.1' schema public", "shop");
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note.Code == Howdah.Engine.Files.Codes.Stranger);
        Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);
        Assert.Equal("1.1", await VersionAsync(estate));

        estate.Write(File.Replace("\"VERSION\"", "\"1.3\", adopt: true", StringComparison.Ordinal));
        Assert.Equal(["schemas/shop/extension/seg/adopt", "schemas/shop/extension/seg/update"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Id));
        await estate.ConvergeAsync();
        Assert.Equal("1.3", await VersionAsync(estate));
    }

    static async Task UpdatedAsync(EstateHarness estate, string version)
    {
        var step = Assert.Single((await estate.PlanAsync()).Steps);
        Assert.Equal("schemas/shop/extension/seg/update", step.Id);
        await estate.ConvergeAsync();
        Assert.Equal(version, await VersionAsync(estate));
    }

    static Task<string?> VersionAsync(EstateHarness estate) =>
        estate.Server.ScalarAsync<string>("select extversion from pg_extension where extname = 'seg'", "shop");

    static async Task<EstateHarness> StartAsync(int major, string version)
    {
        var estate = new EstateHarness(await TestServer.StartOwnAsync(major), File.Replace("VERSION", version, StringComparison.Ordinal));
        await estate.ConvergeAsync();
        Assert.Equal(version, await VersionAsync(estate));
        return estate;
    }
}
