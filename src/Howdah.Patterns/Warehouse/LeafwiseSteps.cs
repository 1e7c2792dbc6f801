using System.Security.Cryptography;
using System.Text;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// Parts of a partitioned table that are made in each partition while it is used, and last on the table, which then only takes them over.
/// What is there already is read from the catalogs, so a run that was killed is taken up by the next plan.
/// </summary>
static class LeafwiseSteps
{
    internal static void Add(WarehouseSpec spec, WarehouseFacts facts, Part part, Leafwise wish, string? seen, List<Step> steps)
    {
        var parts = facts.Leaves.Where(leaf => leaf.Table == wish.Table.Name).ToList();
        if (wish.Kind == "index")
            Index(spec, part, wish, seen, parts, steps);
        else
            Constraint(spec, part, wish, seen, parts, steps);
    }

    // An index on the table alone is invalid until each partition has its part; a partition that comes meanwhile gets one by itself.
    static void Index(WarehouseSpec spec, Part part, Leafwise wish, string? seen, List<LeafFacts> parts, List<Step> steps)
    {
        var step = WarehouseDiffer.Step(spec, part, seen, []);
        if (seen is null)
            steps.Add(WarehouseDiffer.Step(spec, part, seen,
                [Sql.Of($"create index {new Ident(wish.Name.Name)} on only {wish.Table} {wish.Definition}")]));
        var attach = new List<Sql>();
        foreach (var leaf in parts.Where(static each => each.Kind == "leaf").Select(static each => each.Leaf))
        {
            var own = parts.Where(each => each.Kind == "index" && each.Leaf == leaf).ToList();
            if (own.Any(each => each.Of == wish.Name.Name && each.Valid))
                continue;
            var index = new QName(leaf.Schema, Name(wish.Name.Name, leaf));
            var there = own.FirstOrDefault(each => each.Name == index.Name);
            var of = step with { Object = $"index {index.Plain}", Transactional = false, Limits = Limits.Concurrent };
            if (there is { Valid: false })
                steps.Add(of with { Id = $"{step.Id}/{leaf.Plain}/drop", Action = StepAction.Drop,
                    Detail = "an unfinished build: remove it",
                    Sql = [Sql.Of($"drop index concurrently {index}")],
                    Done = Sql.Of($"select not ({Valid(index, "true")})") });
            if (there is not { Valid: true })
                steps.Add(of with { Id = $"{step.Id}/{leaf.Plain}", Action = StepAction.Create, Detail = $"{part.Detail}, in {leaf.Plain}",
                    Sql = [Sql.Of($"create index concurrently {new Ident(index.Name)} on {leaf} {wish.Definition}")],
                    Done = Sql.Of($"select {Valid(index, "indisvalid")}") });
            attach.Add(Sql.Of($"alter index {wish.Name} attach partition {index}"));
        }
        if (attach.Count > 0)
            steps.Add(WarehouseDiffer.Step(spec, part, "", attach) with
            { Id = $"{step.Id}/attach", Detail = "one index of all partitions" });
    }

    static Sql Valid(QName index, string condition) => Sql.Of($"exists (select from pg_catalog.pg_index "
        + $"where indexrelid = pg_catalog.to_regclass({new Literal(index.ToString())}) and {new Words(condition)})");

    // Of ASCII and short enough whatever the partition is called, and the same in each plan.
    static string Name(string index, QName leaf) => $"{(index.Length > 50 ? index[..50] : index)}_"
        + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(leaf.ToString())))[..12];

    // The table's own key takes over the equal, valid ones of its partitions, and reads no rows for it.
    static void Constraint(WarehouseSpec spec, Part part, Leafwise wish, string? seen, List<LeafFacts> parts, List<Step> steps)
    {
        var name = new Ident(wish.Name.Name);
        var step = WarehouseDiffer.Step(spec, part, seen, []);
        foreach (var leaf in parts.Where(static each => each.Kind == "leaf").Select(static each => each.Leaf))
        {
            var there = parts.FirstOrDefault(each => each.Kind == "constraint" && each.Leaf == leaf && each.Name == wish.Name.Name);
            if (there is null)
                steps.Add(WarehouseDiffer.Step(spec, part, null,
                    [Sql.Of($"alter table {leaf} add constraint {name} {wish.Definition} not valid")]) with
                { Id = $"{step.Id}/{leaf.Plain}", Detail = $"{part.Detail}, in {leaf.Plain}" });
            if (there is not { Valid: true })
                steps.Add(WarehouseDiffer.Step(spec, part, "", [Sql.Of($"alter table {leaf} validate constraint {name}")]) with
                { Id = $"{step.Id}/{leaf.Plain}/validate", Detail = $"reads the rows of {leaf.Plain}", Limits = Limits.Data });
        }
        if (seen is null)
            steps.Add(WarehouseDiffer.Step(spec, part, seen,
                [Sql.Of($"alter table {wish.Table} add constraint {name} {wish.Definition}")]));
    }
}
