using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>A partition of the new table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its rows' size on disk.</param>
/// <param name="Indexes">How many indexes it has.</param>
/// <param name="From">The first value that it holds.</param>
/// <param name="To">The first value that it does not.</param>
sealed record Part(QName Name, long Bytes, long Indexes, string From, string To);

/// <summary>Makes the partitions of the new table and knows which there are.</summary>
static class Parts
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Parts), "parts.sql");
    static readonly CatalogQuery LikeParent = CatalogQuery.Load(typeof(LeafSteps), "like_parent.sql");

    internal static async Task<IReadOnlyList<Part>> OfAsync(NpgsqlConnection connection, QName table, CancellationToken token) =>
        await connection.ListAsync(Query, static row => new Part(new(row.GetString(0), row.GetString(1)), row.GetInt64(2), row.GetInt64(3),
            row.GetString(4), row.GetString(5)), token, table.ToString());

    /// <summary>Makes those that are missing for the rows in <paramref name="rows"/>.</summary>
    internal static async Task<int> MakeAsync(NpgsqlConnection connection, OldTable old, PartitionWish wish, QName table, QName rows,
        CancellationToken token)
    {
        var there = await connection.ListAsync(Sql.Of($"""
            select p.low::{Type(old)}, p.high::{Type(old)} from (
              select pg_catalog.substring(pg_catalog.pg_get_expr(c.relpartbound, c.oid), $re$FROM \('([^']+)'\)$re$) low,
                     pg_catalog.substring(pg_catalog.pg_get_expr(c.relpartbound, c.oid), $re$TO \('([^']+)'\)$re$) high
              from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
              where i.inhparent = {new Literal(table.ToString())}::pg_catalog.regclass) p
            """), static row => new Bounds(Utc(row, 0), Utc(row, 1)), token);
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
        await connection.ExecuteAsync(Sql.Of(
            $"alter table {table} attach partition {part.Name} for values from ({new Literal(part.From)}) to ({new Literal(part.To)})"),
            token);
        await MendAsync(connection, table, part.Name, token);
    }

    /// <summary>Gives a partition what does not reach it from its parent, and takes from it what the parent does not give.</summary>
    internal static Task<int> MendAsync(NpgsqlConnection connection, QName table, QName part, CancellationToken token) =>
        connection.ExecuteAsync(Sql.Join(";\n", [
            Sql.Of($"select pg_catalog.set_config('howdah.partition_parent', {new Literal(table.ToString())}, false)"),
            Sql.Of($"select pg_catalog.set_config('howdah.partition_leaf', {new Literal(part.ToString())}, false)"), LikeParent.AsSql()]),
            token);

    static Words Type(OldTable old) => new(old.ByType.Contains("with time zone", StringComparison.Ordinal) ? "timestamptz" : "timestamp");

    static DateTime Utc(NpgsqlDataReader row, int column) => DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc);
}
