using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Erasing;

/// <summary>Deletes one tenant's rows a batch at a time, so that nobody else waits for long.</summary>
static class RowRemoval
{
    const int Batch = 10_000;

    /// <summary>Deletes until none is left, each batch in a transaction of its own. By place in the table: it needs no key, and where a
    /// place is one in several partitions, the predicate still holds only this tenant's.</summary>
    internal static async Task<long> RunAsync(NpgsqlConnection connection, QName table, Sql mine, Action<long>? done,
        CancellationToken token)
    {
        var all = 0L;
        while (await connection.RunAsync(Sql.Of($"""
            delete from {table} where ctid = any (array(select ctid from {table} where {mine} limit {Batch})) and {mine}
            """), token) is > 0 and var count)
        {
            all += count;
            done?.Invoke(all);
        }
        return all;
    }
}
