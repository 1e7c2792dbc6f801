using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Dividing;

/// <summary>How a table, or each partition of one, is divided by values or by their hash.</summary>
/// <param name="By">The column.</param>
/// <param name="Lists">The values of each partition, by what its name ends in; empty for a hash.</param>
/// <param name="Rest">Whether one partition takes what no list declares.</param>
/// <param name="Modulus">How many partitions a hash has; 0 for lists.</param>
sealed record Division(string By, IReadOnlyDictionary<string, IReadOnlyList<string?>> Lists, bool Rest, int Modulus)
{
    internal Kind Kind => Modulus > 0 ? Kind.Hash : Kind.List;

    /// <summary>What is to be made beside the partitions there are.</summary>
    internal IReadOnlyList<NewLeaf> Missing(IReadOnlyList<LeafFacts> there) =>
        Kind == Kind.Hash ? [.. MissingRemainders([.. there.Select(static leaf => BoundText.Hash(leaf.Bound)).OfType<HashBound>()])]
            : [.. MissingValues(there)];

    // A value that came to a list later gets a partition beside it: to put it into the one there is, that would have to be detached.
    IEnumerable<NewLeaf> MissingValues(IReadOnlyList<LeafFacts> there)
    {
        var taken = there.SelectMany(static leaf => BoundText.Values(leaf.Bound)).Select(Key).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, values) in Lists)
            if (values.Where(value => !taken.Contains(Key(value))).ToList() is { Count: > 0 } missing)
                yield return new(name, new ListBound(missing));
        if (Rest && !there.Any(static leaf => leaf.IsDefault))
            yield return new("rest", new RestBound());
    }

    IEnumerable<NewLeaf> MissingRemainders(IReadOnlyList<HashBound> there)
    {
        // What is divided otherwise stays so: what is declared is for new tables and new partitions.
        var modulus = there.Count > 0 ? there.Max(static bound => bound.Modulus) : Modulus;
        for (var remainder = 0; remainder < modulus; remainder++)
            if (!there.Any(bound => remainder % bound.Modulus == bound.Remainder))
                yield return new($"h{remainder}", new HashBound(modulus, remainder));
    }

    /// <summary>What keeps a table, divided in this way, from being what is declared; null where nothing does.</summary>
    internal Diagnostic? Problem(QName table, IReadOnlyList<LeafFacts> there, string path)
    {
        var seen = there.Select(static leaf => BoundText.Hash(leaf.Bound)).OfType<HashBound>().ToList();
        if (Kind == Kind.List || seen.Count == 0 || seen.Max(static bound => bound.Modulus) is var modulus && modulus == Modulus)
            return null;
        return Diagnostic.Error(Codes.OtherModulus, $"{table.Plain} is divided by hash into {modulus}, and {Modulus} are declared: "
            + "its rows would belong into other partitions, which is not done beside them", path,
            $"write modulus: {modulus}; or let a migration make a new table with {Modulus}, copy the rows and exchange the names");
    }

    /// <summary>Partitions that hold what is not declared, or what is declared apart.</summary>
    internal IEnumerable<Diagnostic> Strangers(QName table, IReadOnlyList<LeafFacts> there, string path)
    {
        if (Kind == Kind.Hash)
            yield break;
        var owner = Lists.SelectMany(static list => list.Value.Select(value => (Key: Key(value), list.Key)))
            .ToLookup(static each => each.Item1, static each => each.Item2, StringComparer.Ordinal);
        foreach (var leaf in there)
        {
            var values = BoundText.Values(leaf.Bound);
            var alien = values.Where(value => !owner[Key(value)].Any()).Select(static value => value ?? "null").ToList();
            if (alien.Count > 0)
                yield return Diagnostic.Warning(Codes.Undeclared, $"{leaf.Name.Plain} holds {string.Join(", ", alien.Take(10))}, "
                    + $"which no list of {table.Plain} declares", path, "declare it; or detach the partition, which is not done by itself");
            var lists = values.SelectMany(value => owner[Key(value)]).Distinct().ToList();
            if (lists.Count > 1)
                yield return Diagnostic.Warning(Codes.Undeclared, $"{leaf.Name.Plain} holds values of "
                    + $"{string.Join(" and of ", lists)}, which are declared apart", path,
                    "declare them together: a partition is not torn apart while it is in use");
        }
    }

    /// <summary>Which values turned up in a default partition, those of most rows first; null where none did.</summary>
    internal static Sql Turned(QName rest, Ident key) => Sql.Of($"""
        select pg_catalog.string_agg(v.value || ' (' || v.rows || case v.rows when 1 then ' row)' else ' rows)' end, ', ')
        from (select coalesce(r.{key}::text, 'null') as value, pg_catalog.count(*) as rows from {rest} r
              group by 1 order by 2 desc, 1 limit 10) v
        """);

    /// <summary>The values that stand in several lists.</summary>
    internal IEnumerable<string> Twice => Lists.SelectMany(static list => list.Value).GroupBy(Key, StringComparer.Ordinal)
        .Where(static group => group.Count() > 1).Select(static group => group.First() ?? "null");

    // Tells null from every text.
    static string Key(string? value) => value is null ? "" : $"={value}";
}
