using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>Ranges of numbers: from the lowest row, or the declared beginning, to the declared number of steps ahead of the highest row, or
/// of what the sequence has given.</summary>
static class NumberLayout
{
    internal static async Task<IReadOnlyList<NewLeaf>> MissingAsync(NpgsqlConnection connection, OldTable old, PartitionWish wish,
        QName rows, IReadOnlyList<LeafFacts> there, CancellationToken token)
    {
        var (by, numbers) = (new Ident(old.By), wish.Numbers!);
        var sequence = numbers.Sequence is { } named ? Sql.Of($"pg_catalog.to_regclass({new Literal(named)})")
            : Sql.Of($"pg_catalog.pg_get_serial_sequence({new Literal(old.QName.ToString())}, {new Literal(old.By)})::pg_catalog.regclass");
        var (low, high) = (await connection.ListAsync(Sql.Of($"""
            select min({by})::bigint, greatest(max({by})::bigint, pg_catalog.pg_sequence_last_value({sequence})) from {rows}
            """), static row => (Number(row, 0), Number(row, 1)), token)).Single();
        var greatest = NumberRange.Types[old.ByKind];
        var missing = (numbers with { First = low < (numbers.First ?? long.MaxValue) ? low : numbers.First })
            .Missing(high, wish.Premake, [.. there.Select(static leaf => leaf.Numbers)], PartitionsDiffer.Most - there.Count, null,
                greatest);
        return missing.Count + there.Count > PartitionsDiffer.Most
            ? throw new ConvertException($"{old.QName.Plain} would get more than {PartitionsDiffer.Most} partitions, from {low} to {high}: "
                + "take a longer `step`, or look whether those numbers are right")
            : [.. missing.Select(bounds => new NewLeaf(NumberRange.Suffix(bounds), NumberRange.Bound(bounds, greatest)))];
    }

    static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
