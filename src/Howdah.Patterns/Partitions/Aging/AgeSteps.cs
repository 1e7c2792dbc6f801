using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Aging;

/// <summary>How a partition is kept.</summary>
/// <param name="Tablespace">Its tablespace.</param>
/// <param name="Storage">Its storage parameters, each as <c>name=value</c>.</param>
/// <param name="Compressed">Its columns that can be compressed, each as <c>name=method</c>; no method is the server's default.</param>
/// <param name="Indexes">Its indexes, with their tablespaces.</param>
sealed record KeptFacts(string Tablespace, IReadOnlyList<string> Storage, IReadOnlyList<(string Column, string Method)> Compressed,
    IReadOnlyList<(string Index, string Tablespace)> Indexes);

/// <summary>What makes partitions as those of their age are to be kept. Only upkeep does it: time passes, whoever applies.</summary>
static class AgeSteps
{
    /// <summary>The steps that are left to do.</summary>
    internal static IEnumerable<Step> Of(PartitionsSpec spec, PartitionsFacts facts, QName table, PartitionWish wish, TableFacts seen)
    {
        var old = wish.Old(seen, facts.Today[wish.Zone]); // not moved first: they go
        // Where several ages have come, the later one in the file has the last word on each setting.
        var wanted = wish.Ages.SelectMany(age => age.Due(wish, seen, facts.Today[wish.Zone]).Except(old).Select(leaf => (leaf, age)))
            .GroupBy(static each => each.leaf.Name);
        foreach (var group in wanted)
        {
            var ages = group.Select(static each => each.age).ToList();
            foreach (var leaf in group.First().leaf is { Strategy: not null } divided ? divided.Leaves : [group.First().leaf])
                if (facts.Kept.GetValueOrDefault(leaf.Name) is { } kept)
                    foreach (var step in Of(spec, table, leaf.Name, ages, kept))
                        yield return step;
        }
    }

    static IEnumerable<Step> Of(PartitionsSpec spec, QName table, QName leaf, List<AgeWish> ages, KeptFacts kept)
    {
        var storage = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ages.SelectMany(static age => age.Storage))
            storage[name] = value;
        var unset = storage.Where(each => !kept.Storage.Contains($"{each.Key}={each.Value}")).ToList();
        if (unset.Count > 0)
            yield return Step("storage", string.Join(", ", unset.Select(static each => $"{each.Key} {each.Value}")), Limits.Catalog,
                [Sql.Of($"alter table {leaf} set ({Sql.Join(", ", unset.Select(static each =>
                    Sql.Of($"{new Ident(each.Key)} = {new Literal(each.Value)}")))})")]);
        var method = ages.LastOrDefault(static age => age.Compression is not null)?.Compression;
        var columns = method is null ? [] : kept.Compressed.Where(each => each.Method != method).ToList();
        if (columns.Count > 0)
            yield return Step("compression", $"{method} for what is written to it", Limits.Catalog,
                [Sql.Of($"alter table {leaf} {Sql.Join(", ", columns.Select(each =>
                    Sql.Of($"alter column {new Ident(each.Column)} set compression {new Ident(method!)}")))}")]);
        var space = ages.LastOrDefault(static age => age.Tablespace is not null)?.Tablespace;
        var indexes = space is null ? [] : kept.Indexes.Where(each => each.Tablespace != space).ToList();
        if (space is not null && (kept.Tablespace != space || indexes.Count > 0))
            // It copies the partition under a lock that nobody passes: one partition, one transaction.
            yield return Step("tablespace", $"moves to tablespace {space}", Limits.Data,
                [.. kept.Tablespace == space ? (Sql[])[] : [Sql.Of($"alter table {leaf} set tablespace {new Ident(space)}")],
                    .. indexes.Select(each =>
                        Sql.Of($"alter index {new QName(leaf.Schema, each.Index)} set tablespace {new Ident(space)}"))]);

        Step Step(string what, string detail, Limits limits, IReadOnlyList<Sql> sql) => new()
        {
            Id = $"partitions/{spec.Database}/{table.Plain}/{leaf.Name}/{what}",
            Server = spec.Server,
            Database = spec.Database,
            Pattern = PartitionsSpec.Key,
            Object = $"partition {leaf.Plain}",
            Action = StepAction.Alter,
            Detail = detail,
            Sql = sql,
            Limits = limits,
        };
    }
}
