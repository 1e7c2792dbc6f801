using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;

namespace Howdah.Prover.Live.Schemas;

/// <summary>Something that got through between tenants' schemas.</summary>
/// <param name="Attack">The attack.</param>
/// <param name="Login">Who logged in.</param>
/// <param name="Acting">The role it had become; the login itself where it had not.</param>
/// <param name="Target">What was reached.</param>
/// <param name="Seen">What was seen, in words.</param>
/// <param name="Statement">What was run after it became the role.</param>
/// <param name="Fix">What closes it.</param>
/// <param name="Causes">Lints that name the cause where they speak of the login or of the target.</param>
sealed record SchemaBreach(
    Attack Attack, string Login, string Acting, QName Target, string Seen, string Statement, string Fix, IReadOnlyList<string> Causes);

/// <summary>What came of the attacks between tenants' schemas.</summary>
sealed class SchemaTally
{
    readonly List<(Attack Attack, string Login)> tries = [];
    readonly List<(Attack Attack, string Target, Verdict Verdict, string Why)> others = [];
    readonly List<SchemaBreach> breaches = [];

    internal void Tried(Attack attack, string login) => tries.Add((attack, login));

    internal void Unclear(Attack attack, string target, string why) => others.Add((attack, target, Verdict.Inconclusive, why));

    internal void NotRun(Attack attack, string target, string why) => others.Add((attack, target, Verdict.NotRun, why));

    internal void Broke(SchemaBreach breach) => breaches.Add(breach);

    /// <summary>Adds what was seen to what the catalogs say: to the lint that names the cause, else as a finding of its own.</summary>
    internal List<Finding> Conclude(IReadOnlyList<Finding> lints, string database)
    {
        var findings = lints.ToList();
        var left = new List<SchemaBreach>();
        foreach (var breach in breaches)
        {
            var at = findings.FindIndex(finding => finding.Verdict == Verdict.Broken && breach.Causes.Contains(finding.Attack.Id)
                && finding.Targets.Any(target => Names(target, breach)));
            if (at < 0)
                left.Add(breach);
            else if (findings[at].Statement is null)
                findings[at] = findings[at] with
                {
                    Statement = Statement(breach), Evidence = $"{findings[at].Evidence}; seen live: {breach.Seen}",
                };
        }
        // One cause: what one fix closes, under the plainest of the attacks that went that way.
        foreach (var cause in left.GroupBy(static breach => breach.Fix))
            findings.Add(Found([.. cause]));
        foreach (var attack in tries.GroupBy(static each => each.Attack).Where(attack => breaches.TrueForAll(breach => breach.Attack
            != attack.Key)))
        {
            var logins = attack.Select(static each => each.Login).Distinct().Count();
            findings.Add(new(attack.Key, LintRunner.Pattern, database, Verdict.Held,
                $"{attack.Count()} {(attack.Count() == 1 ? "try" : "tries")} for {logins} login{(logins == 1 ? "" : "s")}: "
                + "none got through"));
        }
        findings.AddRange(others.GroupBy(static each => (each.Attack, each.Verdict, each.Why)).Select(static group =>
            new Finding(group.Key.Attack, LintRunner.Pattern, group.First().Target, group.Key.Verdict, group.Key.Why)
                .On([.. group.Select(static each => each.Target).Distinct().Order(StringComparer.Ordinal)])));
        return findings;
    }

    static Finding Found(IReadOnlyList<SchemaBreach> all)
    {
        var attack = SchemaAttacks.All.First(each => all.Any(breach => breach.Attack == each));
        var first = all.First(breach => breach.Attack == attack);
        var others = all.Select(static breach => breach.Attack.Id).Distinct().Where(id
            => id != attack.Id).Order(StringComparer.Ordinal).ToList();
        return new Finding(attack, LintRunner.Pattern, "", Verdict.Broken,
            first.Seen + (others.Count == 0 ? "" : $"; by the same way: {string.Join(", ", others)}"), first.Fix)
        {
            Statement = Statement(first), Targets = [],
        }.On([.. all.Select(static breach => $"{breach.Target.Plain} as {breach.Login}").Distinct().Order(StringComparer.Ordinal)]);
    }

    static bool Names(string target, SchemaBreach breach) => target == breach.Login || target == new Ident(breach.Login).ToString()
        || target == breach.Target.Plain || target == breach.Target.ToString() || target.Replace("\"", "", StringComparison.Ordinal)
            == breach.Target.Plain;

    static string Statement(SchemaBreach breach) => $"BEGIN; SET LOCAL SESSION AUTHORIZATION {new Ident(breach.Login)}; "
        + (breach.Acting == breach.Login ? "" : $"SET LOCAL ROLE {new Ident(breach.Acting)}; ") + $"{breach.Statement}; ROLLBACK";
}
