using System.Globalization;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Leaves;

/// <summary>The schema of the leaves, the leaves that tenants lack, and tables that are not partitioned as the file says.</summary>
static class LeavesDiffer
{
    internal static void Schema(TenancySpec spec, TenancyFacts facts, List<Step> steps)
    {
        if (!spec.Wanted.Partitioned || facts.Leaves.Schema)
            return;
        var schema = new Ident(LeafFunctions.Schema);
        steps.Add(PartsDiffer.Step(spec, "leaves/schema", $"schema {LeafFunctions.Schema}", StepAction.Create,
            "tenants' partitions lie there, out of sight",
            [Sql.Of($"create schema {schema} authorization {new Ident(spec.Owner)}"),
                Sql.Of($"revoke all on schema {schema} from public")]));
    }

    internal static void Leaves(TenancySpec spec, TenancyFacts facts, List<Step> steps, List<Diagnostic> notes)
    {
        if (!spec.Wanted.Partitioned)
        {
            if (facts.Leaves.Schema && facts.Leaves.Tenants > 0
                && facts.Tables.Keys.Any(static table => table.Schema == LeafFunctions.Schema))
                notes.Add(Diagnostic.Warning(Codes.Partitioned,
                    "tables are partitioned by tenant and `partitioned` is not declared: new tenants "
                    + "get no partitions", $"{spec.Path}.partitioned", "write partitioned: true"));
            return;
        }
        var plain = spec.Wanted.Tables.Where(table => facts.Tables.TryGetValue(table, out var seen) && !seen.ByTenant).ToList();
        foreach (var table in plain)
            notes.Add(facts.Leaves.Pending
                ? Diagnostic.Warning(Codes.Partitioned,
                $"{table.Plain} is not partitioned by LIST ({spec.Wanted.Column}), unless a migration that "
                    + "waits makes it so", $"{spec.Path}.partitioned")
                : Diagnostic.Error(Codes.Partitioned,
                $"{table.Plain} is not partitioned by LIST ({spec.Wanted.Column}), and PostgreSQL cannot make "
                    + "a table so that is there", $"{spec.Path}.partitioned",
                    $"write a migration: ALTER TABLE {table} RENAME TO …; CREATE TABLE "
                    + $"{table} (…) PARTITION BY LIST ({new Ident(spec.Wanted.Column)}); and, once applied, INSERT INTO … SELECT; "
                    + "or leave `partitioned` out"));
        var unseen = spec.Wanted.Tables.Any(table => !facts.Tables.ContainsKey(table));
        if (plain.Count > 0 && !facts.Leaves.Pending || facts.Leaves.Tenants == 0 || facts.Leaves.Lacking == 0 && !unseen
            && plain.Count == 0)
            return;
        steps.Add(PartsDiffer.Step(spec, "leaves", "tenants' partitions", StepAction.Create, string.Create(CultureInfo.InvariantCulture,
            $"for {(facts.Leaves.Lacking > 0 && !unseen ? facts.Leaves.Lacking : facts.Leaves.Tenants)} tenants in rows"),
            [Sql.Of($"select howdah.make_leaves(id) from howdah.tenants where model = 'rows' order by id")]));
    }
}

/// <summary>What is seen of tenants' partitions.</summary>
/// <param name="Schema">Whether their schema is there.</param>
/// <param name="Tenants">How many tenants live in rows.</param>
/// <param name="Lacking">How many of them lack a leaf of a table.</param>
/// <param name="Pending">Whether migrations wait that may make or change tables.</param>
sealed record LeavesFacts(bool Schema, long Tenants, long Lacking, bool Pending)
{
    internal static LeavesFacts None { get; } = new(false, 0, 0, false);
}
