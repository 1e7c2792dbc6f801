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
            : new(check.Attack, WarehouseSpec.Key, check.Target, Verdict.Held, "no row offends");
    }
}
