using System.Runtime.CompilerServices;
using Howdah.Engine.Proving;

namespace Howdah.Patterns.Warehouse;

/// <summary>Every promise is one statement that gives no row when it is true, and the first offenders when it is not.</summary>
static class WarehouseProver
{
    internal static async IAsyncEnumerable<Finding> ProveAsync(WarehouseSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        await using var bout = await arena.EnterAsAdminAsync(token);
        // A whole warehouse is read, at one moment.
        await bout.ExecuteAsync("set transaction isolation level repeatable read read only; set local statement_timeout = '30min'; "
            + "set local search_path = ''", token);
        foreach (var check in Checks.For(spec))
            yield return await RunAsync(check, bout, token);
    }

    static async Task<Finding> RunAsync(Check check, Bout bout, CancellationToken token)
    {
        var statement = check.Statement.ToString();
        var (offenders, refusal) = await bout.TryAsync(b => b.ScalarAsync(
            $"select pg_catalog.string_agg(o.offender, '; ') from (select q.offender from ({statement}) q(offender) limit 20) o", token),
                token);
        return refusal is not null ? new(check.Attack, WarehouseSpec.Key, check.Target, Verdict.Inconclusive, Evidence.Of(refusal))
            : offenders is string text ? new(check.Attack, WarehouseSpec.Key, check.Target, Verdict.Broken, text,
                check.Fix) { Statement = statement }
            : await SilentAsync(check, bout, token);
    }

    // No row may offend because none was looked at.
    static async Task<Finding> SilentAsync(Check check, Bout bout, CancellationToken token)
    {
        long[] counts = check.Waiting is { } waiting && await bout.ScalarAsync(waiting.ToString(), token) is long[] told ? told : [0, 0];
        return counts switch
        {
            [0, _] => new(check.Attack, WarehouseSpec.Key, check.Target, Verdict.Held, "no row offends"),
            [var waits, 0] => new(check.Attack, WarehouseSpec.Key, check.Target, Verdict.Inconclusive,
                $"all buckets ({waits}) wait for their refresh, so none was compared", "howdah rollup refresh"),
            [var waits, var seen] => new(check.Attack, WarehouseSpec.Key, check.Target, Verdict.Held,
                $"no row offends in {seen} buckets; {waits} wait for their refresh and were not compared"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
