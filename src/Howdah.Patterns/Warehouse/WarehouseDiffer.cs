using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>Compares each part with what is there. What the file no longer declares stays.</summary>
static class WarehouseDiffer
{
    internal static Delta Diff(WarehouseSpec spec, WarehouseFacts facts)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        var all = WarehouseParts.For(spec, facts.Exclusion);
        var strangers = all.Where(part => part.Owns is not null && facts.Parts.ContainsKey(part.Key) && !facts.Owned.Contains(part.Key))
            .Select(static part => part.Key).ToHashSet();
        foreach (var stranger in strangers)
            notes.Add(Diagnostic.Error(Engine.Files.Codes.Stranger, $"the {stranger} is not Howdah's; it is left as it is", spec.Path,
                "rename it, or give the warehouse another schema"));
        if (!facts.Exclusion && spec.Wanted.Dimensions.Count > 0)
            notes.Add(Diagnostic.Warning(Codes.Overlap,
                "the server has no btree_gist: versions are kept apart by the procedures and the proof "
                + "alone", spec.Path, "install its package (Debian: postgresql-contrib) and apply again"));
        if (strangers.Count > 0)
            return new([], notes);
        var made = all.Where(part => part.Owns?.Type is "table" or "view" && !facts.Parts.ContainsKey(part.Key)).Select(static part =>
            part.Key)
            .ToHashSet();
        foreach (var part in all)
        {
            var seen = facts.Parts.GetValueOrDefault(part.Key);
            if (seen == part.Expected || (part.With is { } table && made.Contains(table)))
                continue;
            if (seen is not null && (part.Told || part.Owns?.Type is "table" or "schema"))
                notes.Add(Diagnostic.Error(Codes.Type, $"the {part.Key} is {seen}, declared is {part.Expected}; it is never rewritten",
                    spec.Path,
                    "declare what is there, or change it by a migration"));
            else if (part.Leafwise is { } leafwise && !made.Contains($"table {leafwise.Table.Plain}"))
                LeafwiseSteps.Add(spec, facts, part, leafwise, seen, steps);
            else if (part.Validate is { } validate && seen == "not valid")
                steps.Add(Step(spec, part, seen, [validate]));
            else
                Add(spec, part, seen, made.Contains(part.Key) ? [.. all.Where(each => each.With == part.Key && !each.Inline)] : [],
                    steps);
        }
        return new(steps, notes);
    }

    static void Add(WarehouseSpec spec, Part part, string? seen, List<Part> with, List<Step> steps)
    {
        var step = Step(spec, part, seen, [.. part.Sql, .. with.SelectMany(static each => each.Validate is { } validate
            ? each.Sql.Append(validate) : each.Sql)]);
        if (part.Key.StartsWith("index ", StringComparison.Ordinal) && seen is not null)
            steps.Add(step with { Id = $"{step.Id}/drop", Action = StepAction.Drop, Detail = "an unfinished build: remove it",
                Sql = [Sql.Of($"drop index {IndexName(part)}")] });
        if (part.With is not null && part.Online is not null)
            steps.Add(step with { Sql = [part.Online], Transactional = false, Done = part.Done, Limits = Limits.Concurrent });
        else
            steps.Add(step with { Hazards = part.With is null || part.Hazard is null ? [] : [part.Hazard] });
        // In a transaction of its own: the brief lock that adding takes is not held while all rows are read.
        if (part.Validate is { } check)
            steps.Add(step with { Id = $"{step.Id}/validate", Action = StepAction.Alter, Detail = "reads the rows that are there",
                Sql = [.. As(spec, part), check], Limits = Limits.Data });
    }

    internal static Step Step(WarehouseSpec spec, Part part, string? seen, IReadOnlyList<Sql> sql) => new()
    {
        Id = $"warehouse/{spec.Database}/{part.Key}",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = WarehouseSpec.Key,
        Object = part.Key,
        Action = seen is null ? StepAction.Create : StepAction.Alter,
        Detail = seen is null ? part.Detail : $"was changed: {part.Detail}",
        Sql = [.. As(spec, part), .. sql],
        Owns = part.Owns is null ? [] : [part.Owns],
        Limits = part.Key.StartsWith("function", StringComparison.Ordinal) || part.Hazard is not null || part.Validate is not null
            ? Limits.Data : Limits.Catalog,
    };

    static QName IndexName(Part part) => QName.Parse(part.Key["index ".Length..])!.Value;

    // All of it is the owner's, and made as the owner, who may then do all the procedures do; only a schema is given to it.
    static IEnumerable<Sql> As(WarehouseSpec spec, Part part) => part.Owns?.Type == "schema" ? []
        : [Sql.Of($"set local role {new Ident(spec.Owner)}")];
}
