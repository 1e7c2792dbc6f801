using Howdah.Engine.Proving;
using Howdah.Patterns.Tenancy;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

public sealed class Attacks_on_tenancy
{
    // The server's own age cannot be changed by a sabotage.
    static readonly string[] Exempt = ["TEN-A10"];

    [Fact]
    public void Each_have_a_sabotage_that_they_must_notice() =>
        Assert.Equal(TenancyProver.Attacks.Select(static attack => attack.Id).Except(Exempt).Order(StringComparer.Ordinal),
            Sabotage.All.Select(static each => each.Attack).Concat(Attacks_on_places.Sabotages.Select(static each =>
                each.Attack)).Append(Sparing.Spares_on_a_server.Attack).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Hold_on_what_apply_made_and_break_by_each_sabotage(int major)
    {
        using var shop = await Shop.OpenAsync(major);
        var first = await shop.ProveAsync();
        Assert.All(first, static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));
        Assert.Equal(TenancyProver.Attacks.Select(static attack => attack.Id).Order(StringComparer.Ordinal),
            first.Select(static finding => finding.Attack.Id).Distinct().Order(StringComparer.Ordinal));
        var unnoticed = new List<string>();
        // The same damage is done once for all who must notice it.
        foreach (var damage in Campaign.Of(Sabotage.All.GroupBy(static each => (each.Sql, each.Undo)), major))
        {
            await shop.Server.ExecuteAsync(damage.Key.Sql, Shop.Database);
            var findings = await shop.ProveAsync([.. damage.Select(static each => each.Attack)]);
            unnoticed.AddRange(damage.Select(static each => each.Attack).Where(attack => !findings.Any(finding =>
                finding.Attack.Id == attack && finding is { Verdict: Verdict.Broken, Fix: not null })).Select(attack =>
                    $"{attack} did not notice: {damage.Key.Sql}\n"
                        + string.Join('\n', findings.Where(finding => finding.Attack.Id == attack))));
            if (damage.Key.Undo is not null)
                await shop.Server.ExecuteAsync(damage.Key.Undo);
            await shop.RestoreAsync();
        }
        Assert.True(unnoticed.Count == 0, string.Join("\n\n", unnoticed));
        Assert.All(await shop.ProveAsync(), static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Take_only_a_denial_for_held(int major)
    {
        using var shop = await Shop.OpenAsync(major);
        await shop.Server.ExecuteAsync(
            "create view app.mine with (security_invoker = true) as select * from app.notes; grant select on app.mine to shop_app; "
            + "create sequence app.numbers; grant usage on sequence app.numbers to shop_app", Shop.Database);
        Assert.All(await shop.ProveAsync(), static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));

        // From a view that is not updatable nobody deletes, and it is the right that counts.
        foreach (var (given, verdict) in ((string, Verdict)[])[("select 1", Verdict.Held),
            ("grant delete on app.sums to shop_app", Verdict.Broken)])
        {
            await shop.Server.ExecuteAsync($"create or replace view app.sums as select count(*) as n from app.kinds; {given}",
                Shop.Database);
            var deletes = Assert.Single(await shop.ProveAllAsync(), static finding => finding.Attack.Id == "ACC-G02"
                && finding.Target == "app.sums as shop_app");
            Assert.True(deletes.Verdict == verdict, deletes.ToString());
        }
        await shop.Server.ExecuteAsync("drop view app.sums", Shop.Database);

        // Whoever waits for a lock has not been refused anything.
        await using var holder = await shop.Server.OpenAsync(Shop.Database);
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand(
            "lock table app.notes in access exclusive mode; alter sequence app.numbers rename to others", holder))
            await command.ExecuteNonQueryAsync();
        var findings = await shop.ProveAsync();
        foreach (var (attack, target) in ((string, string)[])[("TEN-A09", "app.notes as shop_app"), ("TEN-C01", "shop_app"),
            ("TEN-C11", "shop_app"), ("TEN-B15", "app.notes"), ("TEN-E08", "app.notes as shop_app"), ("TEN-C06", "app.notes as shop_app")])
        {
            var finding = Assert.Single(findings, finding => finding.Attack.Id == attack && finding.Target == target);
            Assert.True(finding.Verdict == Verdict.Inconclusive, finding.ToString());
            Assert.NotEqual("", finding.Evidence);
        }
    }
}
