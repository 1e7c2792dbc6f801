using System.Security.Cryptography;
using System.Text;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Prover.Fixing;

/// <summary>
/// The plan that closes what a proof of an estate found, and nothing else: the estate's own steps where it declares what is broken, the
/// finding's SQL where it does not. Pure.
/// </summary>
/// <param name="Plan">The plan; without steps where nothing can be closed by one.</param>
/// <param name="Open">What has no automatic fix, one sentence each.</param>
public sealed record FixPlan(Plan Plan, IReadOnlyList<string> Open)
{
    /// <summary>Makes it.</summary>
    /// <param name="whole">The plan of everything that differs from the estate.</param>
    /// <param name="findings">The findings; only broken ones that count are closed.</param>
    /// <param name="only">The ids of steps to keep: those of a saved plan; null for all.</param>
    public static FixPlan Make(Plan whole, IReadOnlyList<Finding> findings, IReadOnlySet<string>? only = null)
    {
        var broken = findings.Where(static finding => finding is { Verdict: Verdict.Broken, Counts: true }).ToList();
        var own = whole.Steps.Where(static step => step.Action != StepAction.Run).Select(static step => new Mending(step)).ToList();
        var chosen = new HashSet<string>(StringComparer.Ordinal);
        var added = new Dictionary<string, (Step Step, string Sql)>(StringComparer.Ordinal);
        var (closes, open) = (new List<string>(), new List<string>());
        foreach (var finding in broken)
        {
            var line = $"{finding.Attack.Id} {finding.Target}: {finding.Attack.Title}";
            var mine = Mending.Closing(own, finding);
            if (mine.Count > 0)
                chosen.UnionWith(mine);
            else if (Added(finding) is { } step)
                added.TryAdd(step.Id, (step, finding.Fix!));
            else
            {
                open.Add($"{line}: no step closes it; {Words(finding)}");
                continue;
            }
            closes.Add(line);
        }
        Close(whole, chosen);
        var steps = whole.Steps.Where(step => chosen.Contains(step.Id))
            .Concat(added.Values.OrderBy(static each => FixSql.Rank(each.Sql)).Select(static each => each.Step))
            .Where(step => only?.Contains(step.Id) ?? true).ToList();
        return new(whole with { Steps = steps, Closes = closes, Fingerprint = Fingerprint(whole, steps) }, open);
    }

    // What a chosen step waits for comes along, and so does Howdah's memory, where each step is recorded.
    static void Close(Plan whole, HashSet<string> chosen)
    {
        var byId = whole.Steps.ToDictionary(static step => step.Id, StringComparer.Ordinal);
        var waiting = new Queue<Step>(whole.Steps.Where(step => chosen.Contains(step.Id)
            || (step.Pattern == Memory.Key && chosen.Any(id => byId[id].Server == step.Server && byId[id].Database == step.Database))));
        while (waiting.TryDequeue(out var step))
        {
            chosen.Add(step.Id);
            foreach (var before in step.After.Where(id => byId.ContainsKey(id) && !chosen.Contains(id)))
                waiting.Enqueue(byId[before]);
        }
    }

    static Step? Added(Finding finding)
    {
        if (finding.Server is null || !FixSql.Runs(finding.Fix) || !FixSql.RunsWithin(finding.Fix!))
            return null;
        var hazards = FixSql.Hazards(finding.Fix!).ToList();
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(finding.Fix!)))[..8];
        return new()
        {
            Id = $"fix/{finding.Server}/{finding.Database ?? "-"}/{finding.Attack.Id}/{hash}",
            Server = finding.Server,
            Database = finding.Database,
            Pattern = finding.Pattern,
            Object = finding.Target,
            Action = FixSql.Rank(finding.Fix!) == 0 ? StepAction.Revoke : StepAction.Alter,
            Detail = $"closes {finding.Attack.Id}: {finding.Attack.Title}",
            Sql = [Sql.Written(finding.Fix!)],
            Hazards = hazards,
            Limits = hazards.Exists(static hazard => hazard.Kind == HazardKind.LongLock) ? Limits.Data : Limits.Catalog,
        };
    }

    static string Words(Finding finding) => finding.Fix is { Length: > 0 } fix
        ? $"do by hand: {string.Join(' ', fix.Split('\n').Select(static line => line.TrimStart('-', ' ')))}"
        : "see its page in the reference of attacks";

    // The facts that the estate's plan was made from, and what is done: a plan is stale once either is another.
    static string Fingerprint(Plan whole, IEnumerable<Step> steps)
    {
        var text = string.Join('\0', steps.SelectMany(static step => (string[])[step.Id, step.SqlText]).Prepend(whole.Fingerprint));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
