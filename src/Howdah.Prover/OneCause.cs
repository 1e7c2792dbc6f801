using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;
using Howdah.Prover.Fixing;
using Howdah.Prover.Live;

namespace Howdah.Prover;

/// <summary>
/// Tells one cause once: an estate's own proofs and the checker's attacks meet the same hole from two sides, and one hole in a floor lets a
/// dozen attacks through. Pure.
/// </summary>
public static class OneCause
{
    /// <summary>The same findings, those that broke for one cause as one; the others as they are.</summary>
    /// <param name="findings">Of an estate's own proofs and of checks of its databases.</param>
    public static IReadOnlyList<Finding> Merge(IReadOnlyList<Finding> findings)
    {
        var broken = findings.Where(static finding => finding.Verdict == Verdict.Broken).ToList();
        var found = Everywhere([.. broken.Where(static finding => finding.Pattern == LintRunner.Pattern)]);
        var own = new List<Finding>();
        var joined = found.ConvertAll(static _ => new List<Finding>());
        foreach (var finding in broken.Where(static finding => finding.Pattern != LintRunner.Pattern))
        {
            var at = found.FindIndex(each => Same(each, finding));
            if (at < 0)
                at = found.FindIndex(each => Rises(each, finding));
            if (at < 0)
                own.Add(finding);
            else
                joined[at].Add(finding);
        }
        return [.. found.Zip(joined, Join), .. Alike(own), .. findings.Where(static finding => finding.Verdict != Verdict.Broken)];
    }

    // What a role is, is the same in every database of its server.
    static List<Finding> Everywhere(List<Finding> found) => [.. found.GroupBy(static finding => (finding.Server, finding.Attack.Id,
        Database: OfServer(finding) ? null : finding.Database, Targets: string.Join('\n', finding.Targets), finding.Fix))
        .SelectMany(static group => group.Key.Database is null ? group.Take(1) : group)];

    static bool OfServer(Finding finding) => FixSql.Runs(finding.Fix) && Touch.Of(finding.Fix!).ToList() is { Count: > 0 } touches
        && touches.TrueForAll(static touch => touch.Side is Side.Membership or Side.Attributes);

    static bool Same(Finding found, Finding own)
    {
        if (found.Server != own.Server || (found.Database != own.Database && !OfServer(found)))
            return false;
        if (Mended(own) is { Count: > 0 } other && Mended(found).Any(touch => other.Exists(touch.Meets)))
            return true;
        var ends = own.Attack.Id == found.Attack.Id || (own.Attack.Live && Opens(found.Attack.Id) && OnRows(own.Attack.Id));
        return ends && own.Targets.Any(target => Concern(found, target, own.Evidence));
    }

    // What lets every kind of statement through: what the judge blames for breaks, and what broke with nobody to blame.
    static bool Opens(string id) => Judge.Blamed.Contains(id) || LiveAttacks.All.Any(attack => attack.Id == id);

    // Who is above the policies by what it is or can become gets through everywhere: no table has a hole.
    static bool Rises(Finding found, Finding own) => found.Server == own.Server && found.Attack.Id is "TEN-A02" or "TEN-A04" or "TEN-A05"
        && found.Targets.Any(role => own.Targets.Any(target => Mending.Attacks(target, role))
            || (own.Target == own.Database && Mending.Names(own.Evidence, role)));

    // Attacks that policies stop: TRUNCATE and rights of owners are none of theirs.
    static bool OnRows(string id) => id is "TEN-A01" or "TEN-A09" or "TEN-C09" or ['T', 'E', 'N', '-', 'B' or 'E' or 'F', ..];

    static List<Touch> Mended(Finding finding) => FixSql.Runs(finding.Fix) ? [.. Touch.Of(finding.Fix!)] : [];

    // `shop.orders as app` meets what is found of shop.orders, and what is found of app; a database meets what its evidence names.
    static bool Concern(Finding found, string target, string evidence)
    {
        var parts = target.Split(" as ");
        return found.Targets.Any(each => Judge.Names(each, parts[0]) || (parts.Length > 1 && Judge.Bare(each) == Judge.Bare(parts[^1]))
            || Mending.Names(evidence, each));
    }

    static Finding Join(Finding found, List<Finding> own)
    {
        if (own.Count == 0)
            return found;
        var place = own.FirstOrDefault(static finding => finding.File is not null) ?? found;
        var ids = Ids(own, found.Attack.Id).Where(id => !found.Evidence.Contains(id, StringComparison.Ordinal)).ToList();
        // What the estate declares is mended by applying it: the checker's SQL beside it would be a stranger to the estate.
        var apply = own.FirstOrDefault(static finding => finding.Fix?.StartsWith("howdah apply", StringComparison.Ordinal) == true);
        var seen = found.Statement is null && own.FirstOrDefault(static finding => finding.Attack.Live) is { } live
            ? $"; seen live: {live.Target}: {live.Evidence}" : "";
        return found with
        {
            Pattern = apply?.Pattern ?? found.Pattern,
            Fix = apply?.Fix ?? found.Fix,
            Evidence = found.Evidence + seen + (ids.Count == 0 ? "" : $"; broken by it, too: {string.Join(", ", ids)}"),
            File = found.File ?? place.File,
            Line = found.File is null ? place.Line : found.Line,
        };
    }

    // One fix closes all that it is the fix of; then the same on other tables is the same once more.
    static IEnumerable<Finding> Alike(List<Finding> own) => own
        .GroupBy(static finding => (finding.Pattern, finding.Server, finding.Database,
            Fix: finding.Fix ?? $"{finding.Attack.Id} {finding.Target}"))
        .Select(static group => (First: group.OrderBy(static finding => finding.Attack.Gravity).First(), All: group.ToList()))
        .GroupBy(static cause => (cause.First.Pattern, cause.First.Server, cause.First.Database,
            cause.First.Attack.Id,
            Others: string.Join(", ", Ids(cause.All, cause.First.Attack.Id)), Fix: Shape(cause.First)))
        .Select(static group => Told([.. group]));

    static Finding Told(List<(Finding First, List<Finding> All)> causes)
    {
        var first = causes[0].First;
        var others = Ids(causes[0].All, first.Attack.Id);
        var fixes = causes.Select(static cause => cause.First.Fix).OfType<string>().Distinct().ToList();
        return (first with
        {
            Evidence = first.Evidence + (others.Count == 0 ? "" : $"; by the same way: {string.Join(", ", others)}"),
            Fix = fixes.Count == 0 ? null
                : string.Join(FixSql.Runs(first.Fix) ? ";\n" : "\n", fixes.Select(static fix => fix.TrimEnd(';'))),
            Targets = [],
        }).On([.. causes.SelectMany(static cause => cause.All).SelectMany(static finding => finding.Targets).Distinct()
            .Order(StringComparer.Ordinal)]);
    }

    // A fix without the names in it: the same on ten tables is one cause.
    static string Shape(Finding finding) => finding.Fix is null ? "" : string.Join(' ', finding.Fix.Split(' ', '"')
        .Where(word => word.Length > 0 && !finding.Target.Contains(word.Trim('"', '.', ';'), StringComparison.Ordinal)));

    static List<string> Ids(List<Finding> findings, string but) => [.. findings.Select(static finding => finding.Attack.Id).Distinct()
        .Where(id => id != but).Order(StringComparer.Ordinal)];
}
