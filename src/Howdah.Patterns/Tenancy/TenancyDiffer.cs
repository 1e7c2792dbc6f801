using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy;

static class TenancyDiffer
{
    internal static Delta Diff(TenancySpec spec, TenancyFacts facts)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        PartsDiffer.Diff(spec, facts, steps, notes);
        foreach (var table in spec.Wanted.Tables)
            Table(spec, facts, table, steps, notes);
        notes.AddRange(TenancyLint.Check(spec, facts));
        return new(steps, notes);
    }

    static void Table(TenancySpec spec, TenancyFacts facts, QName table, List<Step> steps, List<Diagnostic> notes)
    {
        // A table that is not there yet is made by a migration of the same plan; it is born without any of this.
        var seen = facts.Tables.GetValueOrDefault(table) ?? new(false, false, spec.Wanted.Type, true);
        var policies = facts.Policies.Where(policy => policy.Table == table).ToList();
        var strangers = policies.Where(policy => policy.Name is TenancySpec.Base or TenancySpec.Floor
            && !facts.OwnedPolicies.Contains((table, policy.Name))).ToList();
        foreach (var stranger in strangers)
            notes.Add(Diagnostic.Error(Engine.Files.Codes.Stranger,
                $"the policy {stranger.Name} on {table.Plain} is not Howdah's; it is left as it is",
                $"{spec.Path}.tables", $"rename or drop it: DROP POLICY {stranger.Name} ON {table}"));
        if (strangers.Count > 0)
            return;

        var sql = new List<Sql>();
        var what = new List<string>();
        var owns = new List<OwnedObject>();
        if (!seen.Enabled)
            Do("enable row-level security", Sql.Of($"alter table {table} enable row level security"));
        if (!seen.Forced)
            Do("force it on the owner", Sql.Of($"alter table {table} force row level security"));
        foreach (var wanted in Wanted(spec, table))
        {
            var there = policies.FirstOrDefault(policy => policy.Name == wanted.Facts.Name);
            if (there is not null && Same(there, wanted.Facts))
                continue;
            // Command and kind of a policy cannot be altered, so a changed one is replaced, in this transaction: there is never a gap.
            if (there is not null)
                sql.Add(Sql.Of($"drop policy {new Ident(there.Name)} on {table}"));
            Do(there is null ? $"policy {wanted.Facts.Name}" : $"policy {wanted.Facts.Name} was changed: replace it", wanted.Create);
            owns.Add(new("policy", table.Schema, table.Name, wanted.Facts.Name));
        }
        foreach (var extra in policies.Where(policy => policy.Name is not (TenancySpec.Base or TenancySpec.Floor)))
            Do($"drop the undeclared policy {extra.Name}", Sql.Of($"drop policy {new Ident(extra.Name)} on {table}"));
        if (sql.Count == 0)
            return;
        steps.Add(new()
        {
            Id = $"tenancy/{spec.Database}/{table.Plain}/floor",
            Server = spec.Server,
            Database = spec.Database,
            Pattern = TenancySpec.Key,
            Object = $"floor of {table.Plain}",
            Action = policies.Count == 0 && !seen.Enabled ? StepAction.Create : StepAction.Alter,
            Detail = string.Join("; ", what),
            Sql = sql,
            Owns = owns,
        });

        void Do(string detail, Sql statement)
        {
            what.Add(detail);
            sql.Add(statement);
        }
    }

    static IEnumerable<(PolicyFacts Facts, Sql Create)> Wanted(TenancySpec spec, QName table)
    {
        var roles = spec.Wanted.Roles.Order(StringComparer.Ordinal).ToList();
        yield return (new(table, TenancySpec.Floor, "*", false, ["public"], spec.FloorDeparsed, spec.FloorDeparsed), Sql.Of($"""
            create policy {new Ident(TenancySpec.Floor)} on {table} as restrictive for all to public
              using ({spec.FloorExpression})
              with check ({spec.FloorExpression})
            """));
        yield return (new(table, TenancySpec.Base, "*", true, roles, "true", "true"), Sql.Of($"""
            create policy {new Ident(TenancySpec.Base)} on {table} as permissive for all
              to {Sql.List(roles.Select(role => new Ident(role)))}
              using (true) with check (true)
            """));
    }

    static bool Same(PolicyFacts seen, PolicyFacts wanted) =>
        seen.Command == wanted.Command && seen.Permissive == wanted.Permissive && seen.Using == wanted.Using && seen.Check == wanted.Check
        && seen.Roles.Order(StringComparer.Ordinal).SequenceEqual(wanted.Roles.Order(StringComparer.Ordinal));
}
