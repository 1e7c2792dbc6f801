using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live;

/// <summary>Tries over COPY, which no block of PL/pgSQL can make: each is a round trip of its own.</summary>
static class Copies
{
    /// <summary>Copies out in a session whose context was never set.</summary>
    internal static async Task<IReadOnlyList<Hit>> BeforeAsync(Ring ring, Access access, Stake stake, CancellationToken token) =>
        access.Reads ? [await OutAsync(ring, access, [], One(access.Table, stake, null), stake, token)] : [];

    /// <summary>Copies out as A, a small table as a whole, one row of a larger one, and a row of B in.</summary>
    internal static async Task<IReadOnlyList<Hit>> AfterAsync(Ring ring, Access access, Stake stake, IReadOnlyList<string> contexts,
        CancellationToken token)
    {
        var hits = new List<Hit>();
        var a = stake.ContextA ?? stake.A;
        if (access.Reads)
        {
            // A partitioned table cannot be copied as a whole, and a large one takes too long.
            var shot = stake.Small && access.Table.Kind == 'r' ? Whole(access.Table, a) : One(access.Table, stake, a);
            hits.Add(await OutAsync(ring, access, contexts, shot, stake, token));
        }
        if (Row.All(access, stake) is { } row)
            hits.Add(await InAsync(ring, access, contexts, row, stake, a, token));
        return hits;
    }

    static Shot One(TenantTable table, Stake stake, string? context)
    {
        var copy = Sql.Of($"copy (select {new Ident(table.TenantColumn.Name)} from {table.Name} where {stake.Foreign.Where}) to stdout");
        return new(LiveAttacks.Copy, context is null ? "copy a row out without a tenant" : "copy a row of B out as A", context, copy, copy);
    }

    static Shot Whole(TenantTable table, string context)
    {
        var copy = Sql.Of($"copy {table.Name} ({new Ident(table.TenantColumn.Name)}) to stdout");
        return new(LiveAttacks.Copy, "copy the table out as A", context, copy, copy);
    }

    static async Task<Hit> OutAsync(Ring ring, Access access, IReadOnlyList<string> contexts, Shot shot, Stake stake,
        CancellationToken token) => await TryAsync(ring, access, contexts, shot, async () =>
        {
            var rows = 0;
            using var stream = await ring.Connection.BeginTextExportAsync(shot.Body.ToString(), token);
            while (await stream.ReadLineAsync(token) is { } line)
            {
                if (line == Escaped(stake.B))
                    rows++;
            }
            return rows;
        }, token);

    static async Task<Hit> InAsync(Ring ring, Access access, IReadOnlyList<string> contexts, Row row, Stake stake, string context,
        CancellationToken token)
    {
        var copy = Sql.Of($"copy {access.Table.Name} ({row.Names}) from stdin");
        var values = (await ring.RowsAsync(Sql.Of(
            $"select {Sql.Join(", ", row.Columns.Select(column => Sql.Of($"({row.Given[column.Number]})::text")))}"), token))[0];
        var shot = new Shot(LiveAttacks.Plant, "copy a row of B in as A", context, copy, copy, Planted: true);
        return await TryAsync(ring, access, contexts, shot, async () =>
        {
            await using var stream = await ring.Connection.BeginTextImportAsync(copy.ToString(), token);
            await stream.WriteAsync(string.Join('\t', values.Select(static value => value is null ? "\\N" : Escaped(value))) + "\n");
            // Closing it sends the row; what the server refuses is thrown here.
            await stream.DisposeAsync();
            return 1;
        }, token);
    }

    static async Task<Hit> TryAsync(Ring ring, Access access, IReadOnlyList<string> contexts, Shot shot, Func<Task<int>> copy,
        CancellationToken token)
    {
        try
        {
            return await ring.AsAsync(ring.Super ? access.Role.Name : null, async () =>
            {
                if (shot.Context is { } context && contexts.Count > 0)
                    await ring.RunAsync(Sql.Of($"do {new DollarQuoted($"begin {Volley.Turn(ring.Entrance, contexts, context)} end")}"),
                        token);
                return new Hit(shot, await copy(), "", "");
            }, token);
        }
        // With policies in force COPY FROM is not supported at all: that is a refusal like any other.
        catch (PostgresException refusal)
        {
            return new(shot, refusal.SqlState == PostgresErrorCodes.FeatureNotSupported ? 0 : null, refusal.SqlState, refusal.MessageText);
        }
    }

    static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal);
}
