using System.Collections.Concurrent;
using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;

namespace Howdah.Prover.Live;

/// <summary>What came of all tries, from several connections at once.</summary>
sealed class Tally
{
    readonly ConcurrentQueue<(Access Access, IReadOnlyList<Hit> Hits)> hits = [];
    readonly ConcurrentQueue<(Attack Attack, string Target, string Why)> unclear = [];
    readonly ConcurrentQueue<string> notTried = [];
    readonly ConcurrentQueue<(Attack Attack, string Target)> withheld = [];
    readonly ConcurrentQueue<(Attack Attack, string Target)> disturbing = [];
    readonly ConcurrentQueue<(Attack Attack, string Target, string Why)> notCalled = [];

    internal void Add(Access access, IReadOnlyList<Hit> all) => hits.Enqueue((access, all));

    internal void Unclear(Attack attack, string target, string why) => unclear.Enqueue((attack, target, why));

    internal void Withheld(Attack attack, string target) => withheld.Enqueue((attack, target));

    internal void Disturbing(Attack attack, string target) => disturbing.Enqueue((attack, target));

    internal void NotCalled(Attack attack, string target, string why) => notCalled.Enqueue((attack, target, why));

    internal void NotTried(string target) => notTried.Enqueue(target);

    /// <summary>Where something came through; all tries on one table as one kind of role together.</summary>
    internal IReadOnlyList<Breach> Breaches => [.. hits.GroupBy(static each => each.Access)
        .Select(static group => new Breach(group.Key, [.. group.SelectMany(static each => each.Hits).Where(static hit => hit.Through)]))
        .Where(static breach => breach.Through.Count > 0)
        .OrderBy(static breach => breach.Access.Table.Name.Plain, StringComparer.Ordinal)
        .ThenBy(static breach => breach.Access.Role.Name, StringComparer.Ordinal)];

    /// <summary>Tables whose rows are open to tenants they do not belong to; not those with a hole beside the policies.</summary>
    internal IReadOnlySet<uint> Open => Breaches.Where(static breach => breach.Through.Any(static hit => hit.Shot.Fix is null))
        .Select(static breach => breach.Access.Table.Oid).ToHashSet();

    /// <summary>Findings for what held, what said nothing and what was not tried.</summary>
    internal IEnumerable<Finding> Others(string database)
    {
        var tries = hits.SelectMany(static each => each.Hits.Select(hit => (each.Access, Hit: hit))).ToList();
        // What the server refused for a reason that is no defense has held nothing: it is told below.
        foreach (var attack in tries.Where(static each => !each.Hit.Unclear).GroupBy(static each => each.Hit.Shot.Attack))
        {
            if (attack.Any(static each => each.Hit.Through))
                continue;
            var tables = attack.Select(static each => each.Access.Table.Oid).Distinct().Count();
            var roles = attack.SelectMany(static each => each.Access.Roles).Distinct().Count();
            yield return new(attack.Key, LintRunner.Pattern, database, Verdict.Held,
                $"{attack.Count()} tries on {tables} table{(tables == 1 ? "" : "s")} for {roles} role{(roles == 1 ? "" : "s")}: none "
                    + $"got through");
        }
        var dull = tries.Where(static each => each.Hit.Unclear)
            .Select(static each => (each.Hit.Shot.Attack, Target: $"{each.Access.Table.Name.Plain} as {each.Access.Role.Name}",
                Why: $"{each.Hit.Shot.Name}: {each.Hit.Message} (SQLSTATE {each.Hit.State})"));
        foreach (var group in unclear.Concat(dull).GroupBy(static each => (each.Attack, each.Why)))
            yield return Grouped(group.Key.Attack, Verdict.Inconclusive, group.Key.Why, group.Select(static each => each.Target));
        foreach (var group in withheld.GroupBy(static each => each.Attack))
            yield return Grouped(group.Key, Verdict.NotRun, "it writes, and triggers would run: --intrusive tries it",
                group.Select(static each => each.Target));
        foreach (var group in disturbing.GroupBy(static each => each.Attack))
            yield return Grouped(group.Key, Verdict.NotRun, "it disturbs others: --intrusive tries it",
                group.Select(static each => each.Target));
        foreach (var group in notCalled.GroupBy(static each => (each.Attack, each.Why)))
            yield return Grouped(group.Key.Attack, Verdict.NotRun, group.Key.Why, group.Select(static each => each.Target));
        if (!notTried.IsEmpty)
        {
            foreach (var attack in (Attack[])[LiveAttacks.GiveAway, LiveAttacks.Cursor, LiveAttacks.Prepared])
                yield return Grouped(attack, Verdict.NotRun, "no value of the context was found that shows an own row to begin with",
                    notTried);
        }
    }

    static Finding Grouped(Attack attack, Verdict verdict, string why, IEnumerable<string> targets)
    {
        var all = targets.Distinct().Order(StringComparer.Ordinal).ToList();
        return new(attack, LintRunner.Pattern, all.Count == 1 ? all[0] : $"{all[0]} and {all.Count - 1} more", verdict,
            why) { Targets = all };
    }
}
