using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>
/// What tells two sets of rows apart, whatever their order: how many, and the sum of the first 8 bytes of each row's SHA-256. A sum,
/// for two equal rows would cancel out in an exclusive or; SHA-256 of text, for PostgreSQL's own hashes may be others after an upgrade.
/// </summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Sum">The sum.</param>
sealed record RowDigest(long Rows, string Sum)
{
    /// <summary>Reads all rows of a table once. The session's settings must be pinned: they change how values are written.</summary>
    internal static async Task<RowDigest> OfAsync(Work work, Sql table, IReadOnlyList<ArchivedColumn> columns, CancellationToken token) =>
        (await work.ReadAsync(Sql.Of($"""
            select pg_catalog.count(*), coalesce(pg_catalog.sum(('x' || pg_catalog.encode(pg_catalog.substr(pg_catalog.sha256(
              pg_catalog.convert_to(row({Sql.Join(", ", columns.Select(static each => Sql.Of($"t.{new Ident(each.Name)}")))})::text,
                  'UTF8')),
              1, 8), 'hex'))::bit(64)::bigint::numeric), 0)::text
            from {table} t
            """), static row => new RowDigest(row.GetInt64(0), row.GetString(1)), token))[0];
}
