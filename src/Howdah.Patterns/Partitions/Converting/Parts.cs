using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>A partition of the new table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its rows' size on disk.</param>
/// <param name="Indexes">How many indexes it has.</param>
sealed record Part(QName Name, long Bytes, long Indexes);

/// <summary>Makes the partitions of the new table and knows which there are.</summary>
static class Parts
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Parts), "parts.sql");
    static readonly CatalogQuery Leaves = CatalogQuery.Load(typeof(PartitionsInspector), "leaves.sql");
    static readonly CatalogQuery LikeParent = CatalogQuery.Load(typeof(LeafSteps), "like_parent.sql");

    internal static async Task<IReadOnlyList<Part>> OfAsync(NpgsqlConnection connection, QName table, CancellationToken token) =>
        await connection.ListAsync(Query, static row => new Part(new(row.GetString(0), row.GetString(1)), row.GetInt64(2), row.GetInt64(3)),
            token, table.ToString());

    /// <summary>The partitions of a table with what each takes.</summary>
    internal static async Task<IReadOnlyList<LeafFacts>> LeavesAsync(NpgsqlConnection connection, QName table, CancellationToken token) =>
        await connection.ListAsync(Leaves, PartitionsInspector.Leaf, token, new[] { table.Schema }, new[] { table.Name });

    /// <summary>Makes those that are missing for the rows in <paramref name="rows"/>.</summary>
    internal static async Task<int> MakeAsync(NpgsqlConnection connection, OldTable old, PartitionWish wish, QName table, QName rows,
        CancellationToken token)
    {
        var there = await LeavesAsync(connection, table, token);
        var missing = await Layout.MissingAsync(connection, old, wish, rows, there, token);
        foreach (var part in missing)
            await MakeAsync(connection, old, table, part, token);
        return missing.Count;
    }

    static async Task MakeAsync(NpgsqlConnection connection, OldTable old, QName table, PlannedPart part, CancellationToken token)
    {
        // Not its identity: below 17 a partition with one of its own hands out the parent's numbers again. Nor constraints' indexes: they
        // are built when the rows are in.
        await connection.ExecuteAsync(Sql.Of($"""
            create table {part.Name} (like {table} including all excluding identity excluding indexes excluding statistics)
              {(old.Storage is { } storage ? Sql.Of($"with ({Sql.Written(storage)})") : null)}
              {(old.Tablespace is { } space ? Sql.Of($"tablespace {new Ident(space)}") : null)}
            """), token);
        foreach (var column in old.Of("columns"))
            await connection.ExecuteAsync(Sql.Of($"alter table {part.Name} {Sql.Written(column.Text)}"), token);
        await connection.ExecuteAsync(Sql.Of($"alter table {table} attach partition {part.Name} {part.Bound.Values}"), token);
        await MendAsync(connection, table, part.Name, token);
    }

    /// <summary>Gives a partition what does not reach it from its parent, and takes from it what the parent does not give.</summary>
    internal static Task<int> MendAsync(NpgsqlConnection connection, QName table, QName part, CancellationToken token) =>
        connection.ExecuteAsync(Sql.Join(";\n", [
            Sql.Of($"select pg_catalog.set_config('howdah.partition_parent', {new Literal(table.ToString())}, false)"),
            Sql.Of($"select pg_catalog.set_config('howdah.partition_leaf', {new Literal(part.ToString())}, false)"), LikeParent.AsSql()]),
            token);
}
