using System.Runtime.CompilerServices;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Patterns.Partitions.Aging;
using Howdah.Patterns.Partitions.Dividing;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

static class PartitionsProver
{
    internal static Attack Default { get; } = new("PAR-12", "No row lies in a default partition", Gravity.Medium, true,
        "Reads one row of each declared table's default partition; one that is there is a break.", "pg_partman #429",
        "Rows there keep the partition they belong to from being made, and every new partition reads them all.");

    internal static Attack Bounds { get; } = new("PAR-13", "Partitions have no hole and reach as far ahead as declared", Gravity.High,
        false, "Walks the bounds of each declared table's partitions from the first to the end of the declared time ahead.", "Howdah",
        "PostgreSQL never refuses a hole; it refuses the row that falls into it.");

    internal static Attack Like { get; } = new("PAR-15", "Every partition is like its parent", Gravity.Medium, false,
        "Compares owner, row security, replica identity and indexes of each partition with its parent's.", "Howdah",
        "None of these reaches a partition by itself.");

    internal static Attack Detach { get; } = new("PAR-16", "No detaching is half done", Gravity.High, false,
        "Reads pg_inherits.inhdetachpending.", "Howdah",
        "The parent neither shows the rows of such a partition nor takes new ones, while the partition itself still does.");

    internal static Attack Ages { get; } = new("PAR-18", "Partitions are kept as those of their age", Gravity.Low, false,
        "Compares tablespace, storage parameters and compression of each partition with those declared for its age.", "Howdah",
        "Time passes whether or not anybody applies: only upkeep does it.");

    internal static Attack Privileges { get; } = new("PAR-21", "No role has more on a partition than on its parent", Gravity.High, false,
        "Compares the privileges on each partition with its parent's.", "Howdah",
        "Whoever may read a partition itself goes around the parent's policies.");

    internal static Attack[] All { get; } = [Default, Bounds, Like, Detach, Ages, RetiringProver.Archive, Privileges];

    internal static async IAsyncEnumerable<Finding> ProveAsync(PartitionsSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        var facts = await PartitionsInspector.InspectAsync(spec, arena.Catalog, token);
        foreach (var (text, wish) in spec.Tables)
        {
            var table = QName.Parse(text)!.Value;
            if (facts.Tables.GetValueOrDefault(table) is not { Partitioned: true } seen)
            {
                yield return new(Bounds, PartitionsSpec.Key, table.Plain, Verdict.Inconclusive, "there is no such partitioned table");
                continue;
            }
            yield return await DefaultAsync(table, wish, seen, arena, token);
            yield return Hole(table, wish, seen, facts.Today[wish.Zone]);
            yield return Of(Like, table,
                [.. seen.All.SelectMany(leaf => leaf.Differs.Where(static what => what != "privileges")
                    .Select(what => $"{leaf.Name.Plain} ({what})")), .. seen.BadIndexes.Select(static name => $"a partition lacks {name}")],
                "howdah apply");
            yield return Of(Detach, table, [.. seen.All.Where(static leaf => leaf.Pending).Select(static leaf => leaf.Name.Plain)],
                "howdah apply");
            yield return Of(Privileges, table, [.. seen.All.Where(static leaf => leaf.Differs.Contains("privileges"))
                .Select(static leaf => leaf.Name.Plain)], "howdah apply");
            if (wish.Ages.Count > 0)
                yield return Of(Ages, table, [.. AgeSteps.Of(spec, facts, table, wish, seen)
                    .Select(static step => $"{step.Object[10..]} lacks: {step.Detail}")], "howdah partition upkeep");
            if (facts.Memory && wish.Retention is { Archive: { } folder })
                yield return await RetiringProver.ProveAsync(table, ArchiveFolder.Of(arena.Target.Estate.Folder, folder), arena, token);
        }
    }

    static async Task<Finding> DefaultAsync(QName table, PartitionWish wish, TableFacts seen, Arena arena, CancellationToken token)
    {
        if (seen.Leaves.FirstOrDefault(static leaf => leaf.IsDefault) is not { } rest)
            return new(Default, PartitionsSpec.Key, table.Plain, Verdict.Held, "it has no default partition");
        var listed = wish.Kind == Kind.List;
        var statement = (listed ? Division.Turned(rest.Name, new(wish.By))
            : Sql.Of($"select 'rows' where exists (select from {rest.Name})")).ToString();
        await using var bout = await arena.EnterAsAdminAsync(token);
        // Row security hides from whom it concerns; with it off, such a reader gets an error and no false emptiness.
        await bout.ExecuteAsync("set local row_security = off", token);
        var (found, refusal) = await bout.TryAsync(look => look.ScalarAsync(statement, token), token);
        return refusal is not null ? new(Default, PartitionsSpec.Key, table.Plain, Verdict.Inconclusive, Evidence.Of(refusal))
            : found is string what ? new(Default, PartitionsSpec.Key, table.Plain, Verdict.Broken,
                $"{rest.Name.Plain} holds {what}{(listed ? ", which no partition declares" : "")}",
                listed ? "declare them under `lists`: howdah apply then moves their rows"
                    : "howdah apply moves rows into partitions it makes; others are errors of who wrote them") { Statement = statement }
            : new(Default, PartitionsSpec.Key, table.Plain, Verdict.Held, $"{rest.Name.Plain} is empty");
    }

    static Finding Hole(QName table, PartitionWish wish, TableFacts seen, DateOnly today)
    {
        if (DividingProblems.Of(table, wish, seen, "") is { } problem)
            return new(Bounds, PartitionsSpec.Key, table.Plain, Verdict.Inconclusive, problem.Message);
        var below = seen.Leaves.Where(wish.Divides).SelectMany(leaf => wish.Within!.Missing(leaf.Leaves)
            .Select(each => $"nothing of {leaf.Name.Plain} holds {each.Bound.Words}"));
        return Of(Bounds, table, [.. wish.Missing(seen, today, 20).Select(static each => $"nothing holds {each.Bound.Words}"), .. below],
            "howdah apply");
    }

    internal static Finding Of(Attack attack, QName table, IReadOnlyList<string> bad, string fix) => bad.Count == 0
        ? new(attack, PartitionsSpec.Key, table.Plain, Verdict.Held, attack.How)
        : new(attack, PartitionsSpec.Key, table.Plain, Verdict.Broken, string.Join("; ", bad.Take(10))
            + (bad.Count > 10 ? $"; and {bad.Count - 10} more" : ""), fix);
}
