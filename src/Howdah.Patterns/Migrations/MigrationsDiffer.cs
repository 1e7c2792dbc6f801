using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Migrations;

static class MigrationsDiffer
{
    static readonly CatalogQuery Table = CatalogQuery.Load(typeof(MigrationsDiffer), "table.sql");

    internal static Delta Diff(MigrationsSpec spec, MigrationsFacts facts)
    {
        var notes = new List<Diagnostic>();
        foreach (var applied in facts.Applied)
        {
            var file = spec.Files.FirstOrDefault(each => each.Version == applied.Version);
            if (file is null || file.Name != applied.Name)
                notes.Add(Diagnostic.Error(Codes.Missing, $"{applied.Name} ran in {spec.Database} but is not in {spec.Folder}", spec.Path,
                    "bring the file back"));
            else if (file.Checksum != applied.Checksum)
                notes.Add(Diagnostic.Error(Codes.Edited,
                    $"{file.Name} was edited after it ran in {spec.Database}:\n{LineDiff.Between(applied.Text, file.Text)}",
                    spec.Path, "undo the edit and put the change into a new migration (howdah migrate new)"));
        }
        var last = facts.Applied.Select(applied => applied.Version).DefaultIfEmpty(0).Max();
        var pending = spec.Files.Where(file => facts.Applied.All(applied => applied.Version != file.Version)).ToList();
        foreach (var late in pending.Where(file => file.Version < last))
            notes.Add(Diagnostic.Error(Codes.Order, $"{late.Name} is new, but {last:0000} already ran in {spec.Database}", spec.Path,
                $"renumber it above {last:0000}"));

        var steps = new List<Step>();
        if (!facts.HasTable)
            steps.Add(MakeTable(spec));
        string? before = null;
        foreach (var file in pending)
        {
            var rehearsal = facts.Rehearsals.GetValueOrDefault(file.Name);
            if (rehearsal?.Failure is { } failure)
                notes.Add(Diagnostic.Error(Codes.Fails, $"{file.Name} fails: {failure}", spec.Path));
            if (rehearsal?.NotRehearsed is { } why)
                notes.Add(Diagnostic.Warning(Codes.NotRehearsed,
                    $"{file.Name} was not rehearsed, so its locks and rewrites are not known: {why}", spec.Path));
            var step = Run(spec, facts, file, rehearsal, before);
            steps.AddRange(step);
            before = step[^1].Id;
            if (!file.Transactional && rehearsal is { Failure: null, Made: [], Gone: [] })
                notes.Add(Diagnostic.Error(Codes.Alone,
                    $"{file.Name} runs outside a transaction, but what it does could not be settled after a crash"
                    + (rehearsal.NotRehearsed is null ? "" : $" ({rehearsal.NotRehearsed})"), spec.Path,
                    "such a file holds one CREATE INDEX CONCURRENTLY or DROP INDEX CONCURRENTLY; anything else goes into a file of its "
                        + "own without that first line"));
        }
        var (mending, told) = InvalidIndexes.Diff(spec, facts, facts.Rehearsals.Values.SelectMany(each => each.Made).ToHashSet());
        return new([.. steps, .. mending], [.. notes, .. told]);
    }

    static Step MakeTable(MigrationsSpec spec) => new()
    {
        Id = $"migrations/{spec.Database}/-",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = MigrationsSpec.Key,
        Object = "table howdah.migrations",
        Action = StepAction.Create,
        Sql = [Table.AsSql()],
    };

    static IReadOnlyList<Step> Run(MigrationsSpec spec, MigrationsFacts facts, MigrationFile file, Rehearsal? rehearsal, string? before)
    {
        var id = $"migrations/{spec.Database}/{file.Name}";
        var template = new Step
        {
            Id = id,
            Server = spec.Server,
            Database = spec.Database,
            Pattern = MigrationsSpec.Key,
            Object = $"migration {file.Name}",
            Action = StepAction.Run,
            Sql = [],
            Hazards = rehearsal?.Hazards ?? [],
            Limits = Limits.Data,
            After = before is null ? [] : [before],
        };
        var record = Sql.Of($"""
            insert into howdah.migrations (version, name, checksum, text)
            values ({file.Version}, {new Literal(file.Name)}, {new Literal(file.Checksum)}, {new DollarQuoted(file.Text)})
            """);
        // Indexes are owned one by one, so that one that becomes invalid is known to be ours to build again.
        IReadOnlyList<OwnedObject> owns = [.. (rehearsal?.Made ?? []).Select(Owned)];
        IReadOnlyList<OwnedObject> disowns = [.. (rehearsal?.Gone ?? []).Select(Owned)];
        if (file.Transactional)
            return [template with { Sql = [.. MigrationScript.InTransaction(spec.Owner, file.Text, rehearsal?.TouchesRows ?? true),
                record], Owns = owns, Disowns = disowns }];

        // Outside a transaction the statement and its record cannot be one atom; the catalogs settle the first, and repeating the second is
        // safe.
        var (made, gone) = (rehearsal?.Made ?? [], rehearsal?.Gone ?? []);
        var leftovers = made.Where(name => facts.InvalidIndexes.Any(index => index.Name == name)).Select(index => template with
        {
            Id = $"{id}/leftover/{index.Plain}",
            Object = $"index {index.Plain}",
            Action = StepAction.Drop,
            Detail = "left invalid by a build that was cut off",
            Transactional = false,
            Limits = Limits.Concurrent,
            Sql = [Sql.Of($"drop index concurrently {index}")],
            Done = MigrationScript.Settled([], [index]),
        }).ToList();
        return
        [
            .. leftovers,
            template with
            {
                Id = $"{id}/alone",
                Transactional = false,
                Limits = Limits.Concurrent,
                Detail = "outside a transaction",
                Sql = [Sql.Written(file.Text)],
                Done = made.Count + gone.Count > 0 ? MigrationScript.Settled(made, gone) : Sql.Of($"select false"),
                After = [.. template.After, .. leftovers.Select(step => step.Id)],
                Owns = owns,
                Disowns = disowns,
            },
            template with { Object = $"record of {file.Name}", Hazards = [], Sql = [record], After = [$"{id}/alone"] },
        ];
    }

    static OwnedObject Owned(QName index) => new("index", index.Schema, index.Name);
}
