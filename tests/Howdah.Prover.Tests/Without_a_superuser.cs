using Howdah.Engine.Proving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Given less than a superuser, it does what it can and lists what it could not.</summary>
public sealed class Without_a_superuser
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task It_attacks_through_the_logins_it_is_given(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await server.ExecuteAsync($"""
            create role looker login bypassrls password 'looker'; alter role rows_app password 'app';
            grant connect on database "{database}" to looker; grant usage on schema shop to looker;
            grant select on all tables in schema shop to looker;
            """, database);
        var options = new CheckOptions
        {
            Logins = new Dictionary<string, string> { ["rows_app"] = As("rows_app", "app") },
            Hints = Scouting.Hints.None with { Roles = ["rows_app", "rows_report"] },
        };
        var good = await Checker.CheckAsync(As("looker", "looker"), options, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(good.Findings, static finding => finding.Verdict == Verdict.Broken);
        Assert.Contains(good.Findings, static finding => finding.Attack.Id == "TEN-B01" && finding.Verdict == Verdict.Held);
        Assert.Contains(good.Findings, static finding => finding.Attack.Id == "TEN-B10" && finding.Verdict == Verdict.NotRun);
        Assert.Contains(good.Notes, static note => note.Contains("rows_report", StringComparison.Ordinal));
        // Silence is no answer: every attack there is stands in the report, if only as not run.
        Assert.Empty(Checker.Attacks.Except(Prover.Pooled.PoolerAttacks.All).Select(static attack => attack.Id)
            .Except(good.Findings.Select(static finding => finding.Attack.Id)));
        await server.ExecuteAsync("""
            drop policy floor on shop.orders;
            create policy floor on shop.orders as restrictive using ((select current_setting('app.tenant_id', true)) is null
              or tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
            """, database);
        var bad = await Checker.CheckAsync(As("looker", "looker"), options, TestContext.Current.CancellationToken);
        Assert.Equal(["TEN-B05"], bad.Findings.Where(static finding => finding.Verdict == Verdict.Broken)
            .Select(static finding => finding.Attack.Id));

        string As(string user, string password) => new NpgsqlConnectionStringBuilder(server.ConnectionString(database))
        {
            Username = user,
            Password = password,
        }.ConnectionString;
    }
}
