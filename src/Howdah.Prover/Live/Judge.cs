using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>What came through on one table for one class of roles.</summary>
sealed record Breach(Access Access, IReadOnlyList<Hit> Through);

/// <summary>
/// Makes findings of what got through: one for one cause. Where a lint has named the cause, live evidence goes to its finding; else the
/// gravest attack stands for the others. Pure.
/// </summary>
static class Judge
{
    // What a lint must have said about a table or role for a break there to be its doing. Not that a login can become one above the
    // policies (TEN-A05), for that is not inherited: what comes through to the login itself has another cause.
    static readonly string[] Open = ["TEN-A01", "TEN-A02", "TEN-A03", "TEN-A04", "TEN-A07", "TEN-A11", "TEN-B08", "TEN-B09",
        "TEN-B14", "TEN-B16", "TEN-B17", "TEN-B18", "TEN-B20", "TEN-B21", "TEN-C05", "TEN-C13", "TEN-F03", "TEN-F04"];

    static readonly Dictionary<string, string[]> Causes = new(StringComparer.Ordinal)
    {
        ["TEN-E08"] = [.. Open, "TEN-F08"],
        ["TEN-E09"] = [.. Open, "TEN-A05"],
        ["TEN-D01"] = ["TEN-D01"],
        ["TEN-D02"] = ["TEN-D02"],
        ["TEN-D12"] = [],
        ["TEN-A03"] = ["TEN-A02", "TEN-A03", "TEN-A05"],
        ["TEN-C03"] = ["TEN-C03", "TEN-F04"],
        ["TEN-C06"] = ["TEN-C06"],
        ["TEN-C07"] = ["TEN-C07"],
        ["TEN-C11"] = ["TEN-C11"],
        ["TEN-C12"] = ["TEN-C12", "SEC-34"],
        ["TEN-C13"] = ["TEN-C13"],
        ["TEN-C15"] = [],
        ["TEN-F04"] = ["TEN-F04"],
    };

    /// <summary>The lints that are blamed for a break.</summary>
    internal static IReadOnlyList<string> Blamed { get; } = [.. Open, "TEN-A05"];

    // Which attack stands for all that came through at once: the plainest way in.
    static readonly Attack[] Order = [LiveAttacks.Partition, LiveAttacks.Unset, LiveAttacks.Empty, LiveAttacks.Own, LiveAttacks.Wildcard,
        LiveAttacks.Update, LiveAttacks.Delete, LiveAttacks.GiveAway, LiveAttacks.Plant,
        LiveAttacks.Copy, LiveAttacks.Lock, LiveAttacks.Prepared, LiveAttacks.Cursor];

    /// <summary>Adds what was seen live to what the catalogs say.</summary>
    internal static List<Finding> Conclude(IReadOnlyList<Finding> lints, IReadOnlyList<Breach> breaches, Surface surface)
    {
        var findings = lints.ToList();
        var left = new List<(Attack Attack, Access Access, List<Hit> Hits)>();
        foreach (var breach in breaches)
        {
            var hits = breach.Through.ToList();
            foreach (var hit in breach.Through)
            {
                var causes = Causes.GetValueOrDefault(hit.Shot.Attack.Id, Open);
                var at = findings.FindIndex(finding => finding.Verdict == Verdict.Broken && causes.Contains(finding.Attack.Id)
                    && (hit.Shot.Cause is { } cause
                        ? finding.Targets.Any(target => target == cause || target.EndsWith($": {cause}", StringComparison.Ordinal))
                        : Concerns(finding, breach.Access, surface)));
                if (at < 0)
                    continue;
                hits.Remove(hit);
                if (findings[at].Statement is null)
                    findings[at] = findings[at] with
                    {
                        Statement = Statement(breach.Access, hit, surface),
                        Evidence = $"{findings[at].Evidence}; seen live: {Seen(breach.Access, hit)}",
                    };
            }
            // A hole with a fix of its own is a cause of its own.
            foreach (var own in hits.Where(static hit => hit.Shot.Fix is not null).GroupBy(static hit => hit.Shot.Attack))
                left.Add((own.Key, breach.Access, [.. own]));
            hits.RemoveAll(static hit => hit.Shot.Fix is not null);
            if (hits.Count > 0)
                left.Add((Order.First(attack => hits.Exists(hit => hit.Shot.Attack.Id == attack.Id)), breach.Access, hits));
        }
        foreach (var cause in left.GroupBy(static each => (each.Attack.Id, Reason(each.Access))))
            findings.Add(Found([.. cause], surface));
        return findings;
    }

    /// <summary>One sentence where catalog and live both say that something held; none where another finding says that it did not.
    /// </summary>
    internal static List<Finding> Agree(IReadOnlyList<Finding> findings)
    {
        var broken = findings.Where(static finding => finding.Verdict == Verdict.Broken).Select(static finding => finding.Attack.Id)
            .ToHashSet(StringComparer.Ordinal);
        return [.. findings.Where(finding => finding.Verdict != Verdict.Held),
            .. findings.Where(finding => finding.Verdict == Verdict.Held && !broken.Contains(finding.Attack.Id))
                .GroupBy(static finding => (finding.Attack.Id, finding.Target))
                .Select(static same => same.First() with 
                {
                    Evidence = string.Join("; ", same.Select(static each => each.Evidence).Distinct()),
                })];
    }

    // One cause: the same attack on tables that are protected in the same way.
    static string Reason(Access access) => access.Role.Bypass ? access.Role.Name
        : access.Owns && !access.Table.Forced ? "owner" : access.Table.Rls ? "policies" : "open";

    static Finding Found(IReadOnlyList<(Attack Attack, Access Access, List<Hit> Hits)> all, Surface surface)
    {
        var (attack, access, hits) = all[0];
        var first = hits.First(hit => hit.Shot.Attack.Id == attack.Id);
        var others = all.SelectMany(static each => each.Hits).Select(static hit => hit.Shot.Attack.Id).Distinct()
            .Where(id => id != attack.Id).Order(StringComparer.Ordinal).ToList();
        var targets = all.SelectMany(static each => each.Access.Roles.SelectMany(role => each.Hits.Select(hit =>
            $"{hit.Shot.Target ?? each.Access.Table.Name.Plain} as {role.Name}"))).Distinct().Order(StringComparer.Ordinal).ToList();
        return new(attack, LintRunner.Pattern, targets.Count == 1 ? targets[0] : $"{targets[0]} and {targets.Count - 1} more",
            Verdict.Broken, Seen(access, first) + (others.Count == 0 ? "" : $"; by the same way: {string.Join(", ", others)}"),
            string.Join('\n', all.SelectMany(each => each.Hits.Select(hit => hit.Shot.Fix ?? Fix(each.Access, surface))).Distinct()))
        {
            Targets = targets,
            Statement = Statement(access, first, surface),
        };
    }

    static bool Concerns(Finding finding, Access access, Surface surface) => finding.Targets.Any(target =>
        Names(target, access.Table.Name.Plain)
        || access.Roles.Any(role => target == role.Name || target == new Ident(role.Name).ToString())
        || (Function(target) is { } function && surface.Policies.Any(policy => policy.Table == access.Table.Oid
            && policy.Text.Contains(function, StringComparison.Ordinal))));

    // `shop.tenant(text)` → `tenant(`: as it stands in a policy, whatever the search path.
    static string? Function(string target)
    {
        var open = target.IndexOf('(', StringComparison.Ordinal);
        return open < 0 ? null : target[(target.LastIndexOf('.', open) + 1)..(open + 1)];
    }

    // `shop.orders`, `policy p on shop.orders`, `shop.orders as app`, but not `shop.orders_old`.
    internal static bool Names(string target, string table)
    {
        (target, table) = (Bare(target), Bare(table));
        var at = target.IndexOf(table, StringComparison.Ordinal);
        return at >= 0 && (at == 0 || target[at - 1] == ' ') && (at + table.Length == target.Length || " .(,".Contains(target[at
            + table.Length]));
    }

    /// <summary>A name without quotes: the server quotes what is a keyword, and which words are changes with its version.</summary>
    internal static string Bare(string text) => text.Replace("\"", "", StringComparison.Ordinal);

    static string Seen(Access access, Hit hit) => (hit.Told ?? hit.Shot.Told) is { } told
        ? $"as {access.Role.Name}: {hit.Shot.Name}: {told}"
        : hit.Rows is { } rows
        ? $"as {access.Role.Name}: {hit.Shot.Name}: {rows} row{(rows == 1 ? "" : "s")} reached"
        : $"as {access.Role.Name}: {hit.Shot.Name}: policies let it in, only a constraint stopped it ({hit.State})";

    static string Statement(Access access, Hit hit, Surface surface)
    {
        var turn = hit.Shot.Context is not { } context ? "" : surface.Entrance.Enter(context) is { } enter ? $"{enter}; "
            : string.Concat(surface.Contexts.Select(name =>
            $"SELECT set_config({new Literal(name)}, {new Literal(context)}, true); "));
        return $"BEGIN; SET LOCAL SESSION AUTHORIZATION {new Ident(access.Role.Name)}; {turn}{hit.Shot.Statement}; ROLLBACK";
    }

    // A floor that nobody can widen later, in the form that keeps the context from being asked anew for each row.
    static string Fix(Access access, Surface surface)
    {
        var table = access.Table;
        if (access.Role.Bypass)
            return $"ALTER ROLE {new Ident(access.Role.Name)} NOBYPASSRLS;";
        if (access.Owns && table.Rls && !table.Forced)
            return $"ALTER TABLE {table.Name} FORCE ROW LEVEL SECURITY;";
        var tenant = new Ident(table.TenantColumn.Name);
        var equal = surface.Contexts is [var context]
            ? Sql.Of($"{tenant} = (SELECT nullif(current_setting({new Literal(context)}, true), "
                + $"'')::{Sql.Written(table.TenantColumn.Type)})")
            : surface.Contexts.Count == 0 ? Sql.Of($"{tenant} = current_user")
            : null;
        if (equal is null)
            return $"-- several settings carry the context: lay a restrictive policy on {table.Name} that names {tenant} and the right one";
        var name = new Ident("tenant_floor");
        var floor = $"CREATE POLICY {name} ON {table.Name} AS RESTRICTIVE USING ({equal}) WITH CHECK ({equal});";
        return table.Rls ? floor
            : $"ALTER TABLE {table.Name} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table.Name} FORCE ROW LEVEL SECURITY; "
                + $"CREATE POLICY {new Ident("tenant_base")} ON {table.Name} USING (true) WITH CHECK (true); {floor}";
    }
}
