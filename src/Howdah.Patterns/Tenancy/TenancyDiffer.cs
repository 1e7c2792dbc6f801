using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Leaves;
using Howdah.Patterns.Tenancy.Sparing;

namespace Howdah.Patterns.Tenancy;

static class TenancyDiffer
{
    internal static Delta Diff(TenancySpec spec, TenancyFacts facts)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        LeavesDiffer.Schema(spec, facts, steps);
        PartsDiffer.Diff(spec, facts, steps, notes);
        foreach (var table in spec.Wanted.Tables)
            Table(spec, facts, table, steps, notes);
        foreach (var part in facts.Tables.Where(each => each.Value.Part && !spec.Wanted.Tables.Contains(each.Key)).Select(each => each.Key))
            Part(spec, facts, part, steps);
        LeavesDiffer.Leaves(spec, facts, steps, notes);
        notes.AddRange(TenancyLint.Check(spec, facts));
        var places = FanoutDiffer.Diff(spec, facts.Places);
        return new([.. steps, .. places.Steps, .. SparesDiffer.Diff(spec, facts.Spares)], [.. notes, .. places.Notes]);
    }

    static void Table(TenancySpec spec, TenancyFacts facts, QName table, List<Step> steps, List<Diagnostic> notes)
    {
        if (facts.Known && !spec.HasMigrations && !facts.Tables.ContainsKey(table))
        {
            notes.Add(Diagnostic.Error(Codes.Missing, $"there is no table {table.Plain}, and no migration that could make it",
                $"{spec.Path}.tables", "correct the name; a renamed table keeps its floor when it is renamed here too"));
            return;
        }
        // A table that is not there yet is made by a migration of the same plan; it is born without any of this, or is one of ours renamed.
        var unseen = !facts.Tables.ContainsKey(table);
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
        foreach (var wanted in Wanted(spec, table, seen.Domain))
        {
            var there = policies.FirstOrDefault(policy => policy.Name == wanted.Name);
            if (there is not null && wanted.Forms.Any(form => Same(there, form)))
                continue;
            // Command and kind of a policy cannot be altered, so a changed one is replaced, in this transaction: there is never a gap.
            if (there is not null || unseen)
                sql.Add(Sql.Of($"drop policy {(unseen ? Sql.Of($"if exists ") : null)}{new Ident(wanted.Name)} on {table}"));
            Do(there is null ? $"policy {wanted.Name}" : $"policy {wanted.Name} was changed: replace it", wanted.Create);
            owns.Add(new("policy", table.Schema, table.Name, wanted.Name));
        }
        foreach (var extra in policies.Where(policy => policy.Name is not (TenancySpec.Base or TenancySpec.Floor)))
            Do($"drop the undeclared policy {extra.Name}", Sql.Of($"drop policy {new Ident(extra.Name)} on {table}"));
        if (unseen)
            sql.Add(CloseParts(table));
        if (sql.Count > 0)
            steps.Add(Step(spec, table, policies.Count == 0 && !seen.Enabled ? StepAction.Create : StepAction.Alter,
                string.Join("; ", what), sql) with { Owns = owns });

        void Do(string detail, Sql statement)
        {
            what.Add(detail);
            sql.Add(statement);
        }
    }

    // The policies of the table that is asked are what counts, so a partition or child needs none: asked directly, it answers nobody.
    static void Part(TenancySpec spec, TenancyFacts facts, QName part, List<Step> steps)
    {
        if (!facts.Tables[part].Enabled)
            steps.Add(Step(spec, part, StepAction.Create, "closed when asked directly: rows come through the tenants' table only",
                [Sql.Of($"alter table {part} enable row level security")]));
    }

    // What a migration of the same plan makes beside its table is known to the server only. Not forced, as the guard does not: the
    // migration that makes a partition may fill it.
    static Sql CloseParts(QName table) => Sql.Of($"do {new DollarQuoted(Sql.Of($"""

        declare
          part pg_catalog.regclass;
        begin
          for part in
            with recursive made(oid) as (
              select inhrelid from pg_catalog.pg_inherits where inhparent = {new Literal(table.ToString())}::pg_catalog.regclass
              union
              select i.inhrelid from made m join pg_catalog.pg_inherits i on i.inhparent = m.oid
            )
            select c.oid from made join pg_catalog.pg_class c on c.oid = made.oid
            where c.relkind in ('r', 'p') and not c.relrowsecurity order by 1
          loop
            execute pg_catalog.format('alter table %s enable row level security', part);
          end loop;
        end

        """).ToString())}");

    static Step Step(TenancySpec spec, QName table, StepAction action, string detail, IReadOnlyList<Sql> sql) => new()
    {
        Id = $"tenancy/{spec.Database}/{table.Plain}/floor",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = TenancySpec.Key,
        Object = $"floor of {table.Plain}",
        Action = action,
        Detail = detail,
        Sql = sql,
    };

    static IEnumerable<(string Name, IReadOnlyList<PolicyFacts> Forms, Sql Create)> Wanted(TenancySpec spec, QName table, bool domain)
    {
        // The owner too: it obeys the floor like everybody else, so that work on one tenant (a move) needs nobody who bypasses it.
        var roles = spec.Wanted.Roles.Append(spec.Owner).Distinct().Order(StringComparer.Ordinal).ToList();
        var floor = new PolicyFacts(table, TenancySpec.Floor, "*", false, ["public"], null, null);
        yield return (floor.Name, [.. spec.FloorDeparsed(domain).Select(text => floor with { Using = text, Check = text })], Sql.Of($"""
            create policy {new Ident(TenancySpec.Floor)} on {table} as restrictive for all to public
              using ({spec.FloorExpression})
              with check ({spec.FloorExpression})
            """));
        yield return (TenancySpec.Base, [new(table, TenancySpec.Base, "*", true, roles, "true", "true")], Sql.Of($"""
            create policy {new Ident(TenancySpec.Base)} on {table} as permissive for all
              to {Sql.List(roles.Select(role => new Ident(role)))}
              using (true) with check (true)
            """));
    }

    static bool Same(PolicyFacts seen, PolicyFacts wanted) =>
        seen.Command == wanted.Command && seen.Permissive == wanted.Permissive && seen.Using == wanted.Using && seen.Check == wanted.Check
        && seen.Roles.Order(StringComparer.Ordinal).SequenceEqual(wanted.Roles.Order(StringComparer.Ordinal));
}
