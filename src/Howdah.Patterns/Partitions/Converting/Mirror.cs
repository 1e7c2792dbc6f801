using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>One table that is kept like another by the keys that were caught.</summary>
/// <param name="Source">The table that is in use.</param>
/// <param name="SourceKey">Its primary key.</param>
/// <param name="Target">Its copy.</param>
/// <param name="TargetKey">The copy's primary key.</param>
/// <param name="Changes">Where the keys of changed rows are: both keys' columns.</param>
/// <param name="Old">The columns, and the column that divides.</param>
sealed record Mirror(QName Source, IReadOnlyList<string> SourceKey, QName Target, IReadOnlyList<string> TargetKey, QName Changes,
    OldTable Old)
{
    // Up to here each row is looked up by its key; beyond, the planner has its way.
    const int Few = 5_000;

    /// <summary>
    /// Brings the copy up to what one snapshot shows: every caught row goes from it, and comes again as it is now. Keys of changes that
    /// are not committed yet stay for the next time. All in the transaction that the connection is in.
    /// </summary>
    /// <returns>How many keys were caught.</returns>
    /// <exception cref="ConvertException">The rows that were brought up differ.</exception>
    internal async Task<long> CatchUpAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var count = await connection.OneAsync<long>(Sql.Of($"select pg_catalog.count(*) from {Changes}"), token);
        if (count == 0)
            return 0;
        if (count <= Few)
            await connection.ExecuteAsync(Sql.Of(
                $"set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off"), token);
        await connection.ExecuteAsync(Sql.Of($"""
            delete from {Target} t using (select distinct {TargetKey.Columns()} from {Changes}) k
            where {TargetKey.Same(Sql.Of($"t"), Sql.Of($"k"))}
            """), token);
        await connection.ExecuteAsync(Sql.Of($"""
            insert into {Target} ({Old.Written.Columns()}) overriding system value
            select {Old.Written.Columns(Sql.Of($"t"))} from {Source} t
            join (select distinct {SourceKey.Columns()} from {Changes}) k on {SourceKey.Same(Sql.Of($"t"), Sql.Of($"k"))}
            """), token);
        var (source, target) = (await TouchedAsync(connection, Source, token), await TouchedAsync(connection, Target, token));
        if (source != target)
            throw new ConvertException($"rows of {Old.QName.Plain} that changed meanwhile are not the same in its copy ({source} and "
                + $"{target}): nothing was switched; give up with --abort");
        await connection.ExecuteAsync(Sql.Of($"delete from {Changes}"), token);
        if (count <= Few)
            await connection.ExecuteAsync(Sql.Of($"reset enable_hashjoin; reset enable_mergejoin; reset enable_seqscan"), token);
        return count;
    }

    async Task<string?> TouchedAsync(NpgsqlConnection connection, QName table, CancellationToken token) =>
        await connection.OneAsync<string>(Sql.Of($"""
            select pg_catalog.concat_ws(' rows, hash ', pg_catalog.count(*), pg_catalog.sum({Hash()})) from {table} t
            join (select distinct {SourceKey.Columns()} from {Changes}) k on {SourceKey.Same(Sql.Of($"t"), Sql.Of($"k"))}
            """), token);

    /// <summary>
    /// Compares all rows but those whose change is caught and not brought up yet, by number and by the sum of their hashes, for each
    /// partition; both sides as of one moment.
    /// </summary>
    /// <param name="main">A connection.</param>
    /// <param name="other">Another one, to read at the same time.</param>
    /// <param name="parts">The partitions.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>How many rows were compared.</returns>
    /// <exception cref="ConvertException">They differ; the sentence says where.</exception>
    internal async Task<long> CompareAsync(NpgsqlConnection main, NpgsqlConnection other, IReadOnlyList<LeafFacts> parts,
        CancellationToken token)
    {
        await using var first = await main.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token);
        var snapshot = await main.OneAsync<string>(Sql.Of($"select pg_catalog.pg_export_snapshot()"), token);
        await using var second = await other.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token);
        await other.ExecuteAsync(Sql.Of($"set transaction snapshot {new Literal(snapshot)}"), token);
        var (rest, sorted) = (parts.FirstOrDefault(static part => part.IsDefault), Sorted(parts));
        var sides = await Task.WhenAll(SumsAsync(main, Source, sorted, token), SumsAsync(other, Target, sorted, token));
        foreach (var part in sides[0].Keys.Union(sides[1].Keys))
            if (sides[0].GetValueOrDefault(part) is var here && sides[1].GetValueOrDefault(part) is var there && here != there)
                throw new ConvertException($"{Old.QName.Plain} and its copy differ{Where(part)}: {here.Rows} and {there.Rows} rows, hashes "
                    + $"{here.Hash ?? "none"} and {there.Hash ?? "none"}; nothing was switched: give up with --abort");
        return sides[0].Values.Sum(static side => side.Rows);

        string Where(int part) => part >= 1 && part <= sorted.Count ? $" in {sorted[part - 1].Name.Plain}"
            : rest is null ? "" : $" in {rest.Name.Plain}";
    }

    async Task<Dictionary<int, (long Rows, string? Hash)>> SumsAsync(NpgsqlConnection connection, QName table, List<LeafFacts> sorted,
        CancellationToken token)
    {
        return (await connection.ListAsync(Sql.Of($"""
            select {Place(sorted)}, pg_catalog.count(*), pg_catalog.sum({Hash()})::text
            from {table} t
            where not exists (select from {Changes} k where {SourceKey.Same(Sql.Of($"k"), Sql.Of($"t"))})
            group by 1
            """), static row => (Part: row.GetInt32(0), Rows: row.GetInt64(1), Hash: row.IsDBNull(2) ? null : row.GetString(2)), token))
            .ToDictionary(static row => row.Part, static row => (row.Rows, row.Hash));
    }

    // In the order of their bounds, without the default, which takes what is left.
    List<LeafFacts> Sorted(IReadOnlyList<LeafFacts> parts) => [.. parts.Where(static part => !part.IsDefault)
        .OrderBy(part => Old.Kind == Kind.Number ? part.Numbers.From : part.Bounds.From.Ticks)];

    // Which of the partitions a row of either table belongs to, from 1 on. Of a hash the server only knows: all rows are compared as one.
    Sql Place(List<LeafFacts> sorted) => Old.Kind switch
    {
        Kind.Hash => Sql.Of($"0"),
        Kind.List when sorted.Count == 0 => Sql.Of($"0"),
        Kind.List => Sql.Of($"case {Sql.Join(" ", sorted.Select((part, i) =>
            Sql.Of($"when {new ListBound(BoundText.Values(part.Bound)).Holds(new(Old.By))} then {i + 1}")))} else 0 end"),
        _ => Sql.Of($"pg_catalog.width_bucket(t.{new Ident(Old.By)}, array[{Sql.Join(", ", sorted.Select(part =>
            Sql.Of($"{new Literal(part.Low!)}::{Sql.Written(Old.ByType)}")))}])"),
    };

    // Computed columns too. A type without a hash of its own is hashed by its text.
    Sql Hash() => Sql.Of($"pg_catalog.hash_record_extended(row({Sql.Join(", ", Old.Columns.Select(static column =>
        column.Hashable ? Sql.Of($"t.{new Ident(column.Name)}") : Sql.Of($"t.{new Ident(column.Name)}::text")))}), 0)");
}
