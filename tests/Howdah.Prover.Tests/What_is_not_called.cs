using Howdah.Engine.Proving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>What cannot be taken back, or disturbs others, is listed as not run and made only where that was asked for.</summary>
public sealed class What_is_not_called
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Functions_that_may_write_and_truncate_wait_to_be_asked_for(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await server.ExecuteAsync("""
            create function shop.volatile_sum() returns numeric language sql volatile security definer
              set search_path = pg_catalog, pg_temp as 'select sum(total) from shop.order_totals';
            create function shop.wrapped() returns bigint language sql stable security definer
              set search_path = pg_catalog, pg_temp as 'select shop.draws()';
            create function shop.draws() returns bigint language sql as $$ select nextval('shop.orders_id_seq') $$;
            create function shop.locks() returns boolean language sql stable security definer
              set search_path = pg_catalog, pg_temp as 'select pg_try_advisory_lock(1)';
            grant execute on function shop.volatile_sum(), shop.wrapped(), shop.locks() to rows_app;
            grant truncate on shop.orders to rows_app;
            """.Replace("create function shop.wrapped", "set check_function_bodies = off; create function shop.wrapped",
                StringComparison.Ordinal), database);
        var shy = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Equal(["shop.locks()", "shop.volatile_sum()", "shop.wrapped()"], NotRun(shy, "TEN-C03"));
        Assert.Equal(["shop.orders as rows_app"], NotRun(shy, "TEN-C06"));
        Assert.DoesNotContain(Broken(shy), static finding => finding.Attack.Id == "TEN-C03");
        Assert.Null(Broken(shy).Single(static finding => finding.Attack.Id == "TEN-C06").Statement);
        var bold = await Checker.CheckAsync(server.ConnectionString(database), new() { Intrusive = true },
            TestContext.Current.CancellationToken);
        Assert.Equal(["shop.locks()", "shop.wrapped()"], NotRun(bold, "TEN-C03"));
        Assert.Empty(NotRun(bold, "TEN-C06"));
        Assert.Contains("volatile_sum", Broken(bold).Single(static finding => finding.Attack.Id == "TEN-C03").Statement,
            StringComparison.Ordinal);
        Assert.Contains("truncate", Broken(bold).Single(static finding => finding.Attack.Id == "TEN-C06").Statement,
            StringComparison.Ordinal);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    static List<string> NotRun(CheckResult result, string id) => [.. result.Findings
        .Where(finding => finding.Attack.Id == id && finding.Verdict == Verdict.NotRun).SelectMany(static finding => finding.Targets)
        .Order(StringComparer.Ordinal)];

    static List<Finding> Broken(CheckResult result) => [.. result.Findings.Where(static finding => finding.Verdict == Verdict.Broken)];
}
