using Howdah.Engine.Proving;
using Howdah.Patterns.Data.Loading;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>A franchise of the Superstore goes to a schema, to a database and back into rows, and its figures stay what they
/// were.</summary>
public sealed class Moving_the_sample
{
    const string Figures = """
        select concat_ws(' ', (select count(*) from {0}.customers where tenant_id = '{1}'),
          (select count(*) from {0}.orders where tenant_id = '{1}'),
          count(*), sum(sales), md5(string_agg(l::text, '' order by row_id)))
        from {0}.order_lines l where tenant_id = '{1}'
        """;

    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task Every_model_and_back(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync("alter system set wal_level = logical");
        await server.StopAsync("fast");
        await server.StartAsync();
        using var sample = Sample.On(server);
        await sample.Harness.ConvergeAsync();
        var session = await sample.Harness.OpenAsync();
        await DataLoader.RunAsync(session, null, CancellationToken.None);
        foreach (var access in session.Servers.Values)
            await access.ProbeAsync(CancellationToken.None);
        var home = session.Estate.Databases[0];
        await using var tenants = await Tenants.OpenAsync(session, home, CancellationToken.None);
        foreach (var name in (string[])["California", "Wyoming"])
        {
            var tenant = await tenants.GetAsync(name, CancellationToken.None);
            var before = await FiguresAsync(server, tenant);
            foreach (var model in (TenancyModel[])[TenancyModel.Schemas, TenancyModel.Rows, TenancyModel.Databases, TenancyModel.Schemas,
                TenancyModel.Databases, TenancyModel.Rows])
            {
                var result = await TenantMove.StartAsync(session, home, name, model, null, new(), CancellationToken.None);
                Assert.True(result is { Outcome: "moved", Verified: true });
                Assert.Equal(before, await FiguresAsync(server, await tenants.GetAsync(name, CancellationToken.None)));
                Assert.Empty((await sample.Harness.PlanAsync()).Steps);
            }
        }
        Assert.Equal(9994L, await server.ScalarAsync<long>("select count(*) from store.order_lines", "store"));
        Assert.DoesNotContain(await sample.Harness.ProveAsync(), static finding => finding.Verdict == Verdict.Broken);
        await server.StopAsync();
    }

    static Task<string?> FiguresAsync(TestServer server, Tenant tenant) => server.ScalarAsync<string>(Figures.Replace("{0}",
        tenant.Home.Model == TenancyModel.Schemas ? tenant.Home.Place : "store", StringComparison.Ordinal).Replace("{1}",
            tenant.Id.ToString(),
        StringComparison.Ordinal), tenant.Home.Database);
}
