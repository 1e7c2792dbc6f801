using Howdah.Engine.Proving;
using Howdah.Prover.Pooled;
using Xunit;

namespace Howdah.Prover.Tests.Pooled;

/// <summary>Each attack breaks behind a PgBouncer that lets it, and holds behind one that does not.</summary>
public sealed class Through_the_pooler
{
    static readonly string[] All = [.. PoolerAttacks.All.Select(static attack => attack.Id)];

    // What RESET ALL leaves: everything that is no setting, and the role, which it passes over.
    static readonly string[] NoSettings = ["TEN-E07P", "TEN-E08P", "TEN-E09P", "TEN-E10", "TEN-E11P", "TEN-E15P", "TEN-E16P"];

    /// <summary>Version, settings of the pooler, and what breaks.</summary>
    public static TheoryData<int, string, string[]> Poolers()
    {
        var data = new TheoryData<int, string, string[]>();
        foreach (var major in (int[])[15, 18])
        {
            data.Add(major, "pool_mode=session|default_pool_size=1", []);
            data.Add(major, "pool_mode=session|default_pool_size=1|server_reset_query=", All);
            data.Add(major, "pool_mode=session|default_pool_size=1|server_reset_query=reset all", NoSettings);
            data.Add(major, "pool_mode=session|default_pool_size=5|server_reset_query=", All);
            data.Add(major, "pool_mode=transaction|default_pool_size=1", All);
            data.Add(major, "pool_mode=transaction|default_pool_size=1|server_reset_query_always=1", []);
            data.Add(major, "pool_mode=transaction|default_pool_size=1|server_reset_query_always=1|server_reset_query=reset all",
                NoSettings);
            data.Add(major, "pool_mode=transaction|default_pool_size=20", All);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Poolers))]
    public async Task What_reaches_another_client_is_broken_and_nothing_else(int major, string settings, string[] broken)
    {
        var shop = await Shop.OpenAsync(major);
        await using var pooler = await shop.PoolAsync(settings.Split('|'));
        var findings = await shop.AttackAsync(shop.Through(pooler));
        var told = Shop.Told(findings) + "\n" + pooler.Log;
        TestContext.Current.TestOutputHelper?.WriteLine(Shop.Told(findings));
        Assert.Equal(All, findings.Select(static finding => finding.Attack.Id));
        var seen = findings.Where(static finding => finding.Verdict == Verdict.Broken).Select(static finding => finding.Attack.Id);
        Assert.True(broken.SequenceEqual(seen), told);
        Assert.True(findings.All(static finding => finding.Verdict is Verdict.Broken or Verdict.Held), told);
        Assert.All(findings, static finding => Assert.Equal(finding.Verdict == Verdict.Broken, finding.Fix is not null));
    }

    [Fact]
    public async Task What_was_not_tried_in_the_time_allowed_is_inconclusive()
    {
        var shop = await Shop.OpenAsync(18);
        await using var pooler = await shop.PoolAsync("pool_mode=transaction", "default_pool_size=1");
        var findings = await PoolerAttacks.RunAsync(shop.Through(pooler), await shop.LookAsync(), new(), new(canceled: true),
            TestContext.Current.CancellationToken);
        Assert.Equal(All, findings.Select(static finding => finding.Attack.Id));
        Assert.All(findings, static finding => Assert.Contains("time allowed", finding.Evidence, StringComparison.Ordinal));
        Assert.All(findings, static finding => Assert.Equal(Verdict.Inconclusive, finding.Verdict));
    }
}
