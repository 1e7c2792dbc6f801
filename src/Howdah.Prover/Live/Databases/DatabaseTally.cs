using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;

namespace Howdah.Prover.Live.Databases;

/// <summary>Something that got through between databases.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Cause">What its lint names where it names the cause: a database, a login, a foreign server.</param>
/// <param name="Alone">Whether it is a break also where no lint names the cause.</param>
/// <param name="Seen">What was seen, in words.</param>
/// <param name="Statement">How to do it again.</param>
/// <param name="Fix">What closes it.</param>
sealed record DatabaseBreach(Attack Attack, string Cause, bool Alone, string Seen, string Statement, string Fix);

/// <summary>What came of the attacks between databases.</summary>
sealed class DatabaseTally
{
    internal static Attack Open { get; } = LintBook.Of("TEN-H01");

    internal static Attack Shared { get; } = LintBook.Of("TEN-H04");

    internal static Attack Template { get; } = LintBook.Of("TEN-H05");

    internal static Attack Road { get; } = LintBook.Of("TEN-H07");

    readonly List<(Attack Attack, string Target)> tries = [];
    readonly List<(Attack Attack, string Target, Verdict Verdict, string Why)> others = [];
    readonly List<DatabaseBreach> breaches = [];

    internal void Tried(Attack attack, string target) => tries.Add((attack, target));

    internal void Broke(DatabaseBreach breach) => breaches.Add(breach);

    internal void Unclear(Attack attack, string target, string why) => others.Add((attack, target, Verdict.Inconclusive, why));

    internal void NotRun(Attack attack, string target, string why) => others.Add((attack, target, Verdict.NotRun, why));

    /// <summary>Adds what was seen to what the catalogs say: to the lint that names the cause, else as a finding of its own.</summary>
    /// <param name="lints">What the catalogs say.</param>
    /// <param name="database">The database.</param>
    /// <param name="logins">Whether a login of the database was really tried on others.</param>
    internal List<Finding> Conclude(IReadOnlyList<Finding> lints, string database, bool logins)
    {
        var findings = lints.ToList();
        var left = new List<DatabaseBreach>();
        foreach (var breach in breaches)
        {
            var at = findings.FindIndex(finding => finding.Verdict == Verdict.Broken && finding.Attack.Id == breach.Attack.Id
                && finding.Targets.Any(target => Judge.Bare(target) == Judge.Bare(breach.Cause)));
            if (at < 0 && breach.Alone)
                left.Add(breach);
            else if (at >= 0 && findings[at].Statement is null)
                findings[at] = findings[at] with
                {
                    Attack = Graver(findings[at].Attack, breach.Attack), Statement = breach.Statement,
                    Evidence = $"{findings[at].Evidence}; seen live: {breach.Seen}",
                };
        }
        // A database that is open to all is one cause with the others that are; a login, a template, a road each is its own.
        foreach (var cause in left.GroupBy(static breach => (breach.Attack.Id, breach.Attack.Id == Open.Id ? "" : breach.Cause)))
            findings.Add(Found([.. cause]));
        var broken = findings.Where(static finding => finding.Verdict == Verdict.Broken).Select(static finding => finding.Attack.Id)
            .ToHashSet(StringComparer.Ordinal);
        findings.AddRange(tries.Where(each => !broken.Contains(each.Attack.Id))
            .GroupBy(static each => each.Attack).Select(attack => new Finding(attack.Key, LintRunner.Pattern, database, Verdict.Held,
                $"really tried, {attack.Count()} {(attack.Count() == 1 ? "time" : "times")}: nothing got through")));
        findings.AddRange(others.GroupBy(static each => (each.Attack, each.Verdict, each.Why)).Select(static group =>
            new Finding(group.Key.Attack, LintRunner.Pattern, group.First().Target, group.Key.Verdict, group.Key.Why)
                .On([.. group.Select(static each => each.Target).Distinct().Order(StringComparer.Ordinal)])));
        return logins ? findings : [.. findings.Select(static finding => finding.Verdict == Verdict.Broken && finding.Statement is null
            && (finding.Attack.Id == Open.Id || finding.Attack.Id == Shared.Id)
            ? finding with { Evidence = $"{finding.Evidence}; rights alone say so: no login was given that could be tried" } : finding)];
    }

    /// <summary>How a reader does it again with psql.</summary>
    internal static string Statement(string database, string login, Sql? what) =>
        $"\\connect {new Ident(database)} {new Ident(login)}\n"
        + (what is null ? "SELECT current_database();" : $"BEGIN; {what}; ROLLBACK;");

    static Finding Found(IReadOnlyList<DatabaseBreach> all)
    {
        var first = all.MinBy(static breach => breach.Attack.Gravity)!;
        return new Finding(first.Attack, LintRunner.Pattern, "", Verdict.Broken,
            string.Join("; ", all.Select(static breach => breach.Seen).Distinct().Take(5)),
            string.Join('\n', all.Select(static breach => breach.Fix).Distinct()))
        {
            Statement = first.Statement, Targets = [],
        }.On([.. all.Select(static breach => breach.Cause).Distinct().Order(StringComparer.Ordinal)]);
    }

    static Attack Graver(Attack one, Attack other) => other.Gravity < one.Gravity ? other : one;
}
