using Howdah.Engine.Proving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>What attacks between tenants' schemas say of what they did not try.</summary>
public sealed class Between_schemas
{
    [Fact]
    public async Task Where_the_time_is_over_every_attack_is_named()
    {
        var server = await TestServer.GetAsync(18);
        var database = await CopyAsync(server);
        await server.ExecuteAsync("grant usage on schema t_7f3a to schemas_4be1; grant select, insert on t_7f3a.customers to schemas_4be1; "
            + "create view t_7f3a.all_customers as select * from t_7f3a.customers; "
            + "create schema reports; grant usage on schema reports to schemas_4be1; "
            + "create view reports.all_customers as select * from t_7f3a.customers; grant select on reports.all_customers to schemas_4be1",
            database);
        var late = await Checker.CheckAsync(server.ConnectionString(database), new() { MaxDuration = TimeSpan.Zero },
            TestContext.Current.CancellationToken);
        foreach (var id in (string[])["TEN-G10", "TEN-G11", "TEN-G12", "TEN-G13"])
            Assert.Contains(late.Findings.Where(static finding => finding.Verdict == Verdict.Inconclusive), finding =>
                finding.Attack.Id == id && finding.Evidence.Contains("time allowed", StringComparison.Ordinal));
        await server.ExecuteAsync($"drop database \"{database}\"");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_login_whose_path_the_application_sets_is_listed_as_not_run(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await CopyAsync(server);
        await server.ExecuteAsync($"alter role schemas_4be1 in database \"{database}\" reset search_path");
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        var told = Assert.Single(result.Findings, static finding => finding is { Attack.Id: "TEN-G12", Verdict: Verdict.NotRun });
        Assert.Equal("schemas_4be1", told.Target);
        await server.ExecuteAsync($"drop database \"{database}\"");
    }

    static Task<string> CopyAsync(TestServer server) => Twin.All.Single(static twin => twin.Name == "schemas").CopyAsync(server);
}
