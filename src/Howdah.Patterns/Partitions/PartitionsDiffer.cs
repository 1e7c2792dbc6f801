using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Aging;
using Howdah.Patterns.Partitions.Dividing;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

static class PartitionsDiffer
{
    internal const int Warn = 300;
    internal const int Most = 1000;

    internal static Delta Diff(PartitionsSpec spec, PartitionsFacts facts)
    {
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        if (!facts.Memory && spec.Tables.Values.Any(static wish => wish.Retention is not null))
            steps.Add(RetiringMemory.Step(spec));
        foreach (var (text, wish) in spec.Tables)
            Table(spec, facts, QName.Parse(text)!.Value, wish, $"{spec.Path}.{text}", steps, notes);
        return new(steps, notes);
    }

    static void Table(PartitionsSpec spec, PartitionsFacts facts, QName table, PartitionWish wish, string path, List<Step> steps,
        List<Diagnostic> notes)
    {
        // A table that a migration of the same plan makes is not seen yet, nor is the type of its key: literals with offset fit them all.
        var seen = facts.Tables.GetValueOrDefault(table) ?? new(true, wish.Kind.Strategy(), wish.By, wish.ExpectedType,
            [], [], []);
        if (DividingProblems.Of(table, wish, seen, path) is { } problem)
        {
            notes.Add(problem);
            return;
        }
        // No error: that nothing can be retired must not keep the time ahead from being made.
        if (seen.Referrer is { } key && wish.Retention is not null)
            notes.Add(Diagnostic.Warning(Codes.Referred, $"no partition of {table.Plain} will be retired: the foreign key {key} refers "
                + "to it, and what is referred to cannot be detached", path, "let facts refer to dimensions, and drop that key"));
        var maker = new LeafSteps(spec, table, table);
        var living = seen.Leaves.Where(static leaf => !leaf.Pending).ToList();
        Mend(maker, seen.Leaves, steps);
        foreach (var leaf in living.Where(static leaf => leaf.Leaves.Count > 0))
            Mend(new(spec, leaf.Name, table), leaf.Leaves, steps);
        notes.AddRange(wish.Division?.Strangers(table, living, path) ?? []);
        var missing = wish.Missing(seen, facts.Today[wish.Zone], Most);
        var (there, more) = (living.Count + living.Sum(static leaf => leaf.Leaves.Count),
            missing.Count * (1 + (wish.Within?.Missing([]).Count ?? 0)));
        if (Count(table, there, more, path) is { } count)
            notes.Add(count);
        if (more > 0 && there + more > Most)
            return;
        if (LockNeed.Warning(table, there + more, seen.Indexes, facts.Locks, path) is { } locks)
            notes.Add(locks);
        if (spec.Aging)
            steps.AddRange(AgeSteps.Of(spec, facts, table, wish, seen));
        var rest = living.FirstOrDefault(static leaf => leaf.IsDefault)?.Name;
        if (rest is { } common && wish.Division?.Rest != true)
            notes.Add(Diagnostic.Warning(Codes.Default, $"{table.Plain} has the default partition {common.Plain}: whoever reads the table "
                + "while a partition is made makes that wait, and rows there are in no partition's bounds", path,
                "detach it once it is empty, and keep rows out of range with whoever loads"));
        var taken = facts.Taken[table.Schema].ToHashSet(StringComparer.Ordinal);
        QName Name(string parent, string suffix)
        {
            var name = LeafName.For(parent, suffix, taken);
            taken.Add(name);
            return new(table.Schema, name);
        }
        var lacks = DividingProblems.KeyLacks(table, wish, seen, path);
        notes.AddRange(lacks is null ? [] : [lacks]);
        var sure = facts.Tables.ContainsKey(table) && lacks is null;
        foreach (var (suffix, bound) in missing)
        {
            var leaf = Name(table.Name, suffix);
            var step = maker.Create(leaf, new(wish.By), bound, rest, seen.Columns, wish.Within,
                wish.Within is { } within ? [.. within.Missing([]).Select(each => (Name(leaf.Name, each.Suffix), each.Bound))] : null);
            // What the plan could not look at, or what a migration of it may mend, the first of its steps looks at.
            steps.Add(sure || wish.Within is null ? step : step with { Sql = [maker.Guard(wish.Within), .. step.Sql] });
            sure = true;
        }
        foreach (var leaf in living.Where(wish.Divides))
            steps.AddRange(wish.Within!.Missing(leaf.Leaves).Select(each => new LeafSteps(spec, leaf.Name, table).Create(
                new(leaf.Name.Schema, Name(leaf.Name.Name, each.Suffix).Name), new(wish.Within.By), each.Bound,
                leaf.Leaves.FirstOrDefault(static below => below.IsDefault)?.Name, seen.Columns)));
    }

    static void Mend(LeafSteps maker, IReadOnlyList<LeafFacts> leaves, List<Step> steps)
    {
        steps.AddRange(leaves.Where(static leaf => leaf.Pending).Select(maker.Finalize));
        steps.AddRange(leaves.Where(static leaf => !leaf.Pending && leaf.Differs.Count > 0).Select(maker.Mend));
    }

    static Diagnostic? Count(QName table, int there, int missing, string path) => (there + missing) switch
    {
        > Most when missing > 0 => Diagnostic.Error(Codes.Many, $"{table.Plain} would get more than {Most} partitions: "
            + "every query that does not name the time then plans and locks them all", path, "take a longer `every` or a later `from`"),
        > Warn => Diagnostic.Warning(Codes.Many, $"{table.Plain} has {there + missing} partitions: queries that do not name the time plan "
            + "and lock them all", path, "take a longer `every`, or drop old ones"),
        _ => null,
    };
}
