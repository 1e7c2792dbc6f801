using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// Compares both sides while the tenant waits: all rows are counted and those that changed since the copy are hashed, several tables at
/// once, over connections opened before. Then it holds on to how the target looked, so that the whole can be hashed when the tenant is
/// served
/// again.
/// </summary>
sealed class Comparison : IAsyncDisposable
{
    const int Pairs = 4;
    const int Small = 100_000;

    readonly Transfer transfer;
    readonly List<(NpgsqlConnection Source, NpgsqlConnection Target)> pairs;
    readonly NpgsqlConnection kept;

    Comparison(Transfer transfer, List<(NpgsqlConnection, NpgsqlConnection)> pairs, NpgsqlConnection kept)
    {
        this.transfer = transfer;
        this.pairs = pairs;
        this.kept = kept;
    }

    /// <summary>Opens what will be needed when time counts.</summary>
    internal static async Task<Comparison> PrepareAsync(Transfer transfer, CancellationToken token)
    {
        var pairs = new List<(NpgsqlConnection, NpgsqlConnection)>();
        for (var i = 0; i < Math.Min(Pairs, transfer.Tables.Count); i++)
            pairs.Add((await transfer.Source.OpenAsync(replay: false, token), await transfer.Target.OpenAsync(replay: false, token)));
        return new(transfer, pairs, await transfer.Target.OpenAsync(replay: false, token));
    }

    /// <summary>A connection to each side, for other work in the same time.</summary>
    internal (NpgsqlConnection Source, NpgsqlConnection Target) Any => pairs[0];

    /// <summary>Compares. Both sides must stand still for this tenant.</summary>
    /// <exception cref="MoveException">They differ.</exception>
    internal async Task QuickAsync(CancellationToken token)
    {
        var left = new Queue<MovedTable>(transfer.Tables);
        await Task.WhenAll(pairs.Select(async pair =>
        {
            while (Next() is { } table)
            {
                var there = HashAsync(pair.Source, transfer.Source, table, table.Source, token);
                var here = HashAsync(pair.Target, transfer.Target, table, table.Target, token);
                Same(table, await there, await here);
            }
        }));

        MovedTable? Next()
        {
            lock (left)
                return left.TryDequeue(out var table) ? table : null;
        }
    }

    /// <summary>Holds on to how the target looks now.</summary>
    internal async Task KeepAsync(CancellationToken token)
    {
        await kept.RunAsync(Sql.Of($"begin isolation level repeatable read read only"), token);
        await kept.RunAsync(Sql.Of($"select 1"), token);
    }

    /// <summary>Hashes the whole of both sides, the target as it was kept: writes that it took since do not disturb.</summary>
    /// <exception cref="MoveException">They differ.</exception>
    internal async Task<IReadOnlyDictionary<QName, RowHash>> WholeAsync(CancellationToken token)
    {
        var hashes = new Dictionary<QName, RowHash>();
        foreach (var table in transfer.Tables)
        {
            var there = RowHash.WholeAsync(pairs[0].Source, transfer.Source, table, table.Source, token);
            var here = RowHash.WholeAsync(kept, transfer.Target, table, table.Target, token);
            Same(table, await there, await here);
            hashes[table.Home] = await here;
        }
        await kept.RunAsync(Sql.Of($"commit"), token);
        return hashes;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (there, here) in pairs)
        {
            await there.DisposeAsync();
            await here.DisposeAsync();
        }
        await kept.DisposeAsync();
    }

    // Where not all changed rows are known (too many, or an earlier run saw them), a small table is hashed whole. A large one is counted:
    // each change found exactly its row, and the whole is compared as soon as the tenant is served again.
    async Task<RowHash> HashAsync(NpgsqlConnection connection, Side side, MovedTable table, QName name, CancellationToken token)
    {
        var some = await RowHash.OfAsync(connection, side, table, name, transfer.Touched.Of(table), token);
        return transfer.Touched.Complete || some.Count > Small ? some
            : await RowHash.WholeAsync(connection, side, table, name, token);
    }

    static void Same(MovedTable table, RowHash there, RowHash here)
    {
        if (there != here)
            throw new MoveException($"{table.Home.Plain} is not the same at both ends ({there.Count} rows at the source, "
                + $"{here.Count} at the target{(there.Count == here.Count ? ", with other values" : "")})");
    }
}
