using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>The declared lists. A row whose value stands in none, where there is no `rest`, has no place: that is told with the values.
/// </summary>
static class ValueLayout
{
    internal static async Task<IReadOnlyList<NewLeaf>> MissingAsync(NpgsqlConnection connection, OldTable old, Division division,
        QName rows, IReadOnlyList<LeafFacts> there, CancellationToken token)
    {
        var by = new Ident(old.By);
        var missing = division.Missing(there);
        List<Sql> held = [.. there.Select(static leaf => BoundText.Values(leaf.Bound)).Where(static values => values.Count > 0)
            .Select(values => new ListBound(values).Holds(by)),
            .. missing.Select(static leaf => leaf.Bound).OfType<ListBound>().Select(bound => bound.Holds(by))];
        if (held.Count == 0)
            return missing;
        List<(string Value, long Rows)> strays;
        try
        {
            // With a rest none is asked for: then it is looked only whether the values are of the column's type.
            strays = await connection.ListAsync(Sql.Of($"""
                select coalesce({by}::text, 'null'), pg_catalog.count(*) from {rows}
                where not ({Sql.Join(" or ", held.Select(static each => Sql.Of($"({each})")))})
                group by 1 order by 2 desc, 1 limit {(division.Rest ? 0 : 10)}
                """), static row => (row.GetString(0), row.GetInt64(1)), token);
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            throw new ConvertException($"a value of the lists is none of {old.By}, which is of type {old.ByType}: {e.MessageText}");
        }
        return strays.Count == 0 ? missing : throw new ConvertException($"{old.QName.Plain} has rows whose {old.By} stands in no list: "
            + $"{string.Join(", ", strays.Select(static each => $"{each.Value} ({each.Rows} {(each.Rows == 1 ? "row" : "rows")})"))}; add "
            + "the values to lists, or write `rest: true` for a partition that takes what no list declares; where the conversion is under "
            + "way, --resume then goes on");
    }
}
