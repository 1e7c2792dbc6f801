using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>Sequences are in no stream: those of the target are set past those of the source while the tenant waits.</summary>
static class Sequences
{
    static readonly CatalogQuery Feeding = CatalogQuery.Load(typeof(Sequences), "sequences.sql");

    /// <summary>A sequence and the column it feeds.</summary>
    internal sealed record Fed(int Table, string Column, QName Sequence, long Increment);

    /// <summary>The sequences that feed tables.</summary>
    internal static async Task<IReadOnlyList<Fed>> OfAsync(NpgsqlConnection connection, IEnumerable<QName> tables, CancellationToken token)
    {
        await using var command = Tables.Asking(connection, Feeding, tables);
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<Fed>();
        while (await rows.ReadAsync(token))
            found.Add(new(rows.GetInt32(0), rows.GetString(1), new(rows.GetString(2), rows.GetString(3)), rows.GetInt64(4)));
        return found;
    }

    /// <summary>Sets each sequence of the target at least as far as that of the source: a number that was given is not given again.
    /// Others may
    /// be drawing from it (home's serve every tenant in rows), so it is held while it is read and set.</summary>
    internal static async Task CarryAsync(NpgsqlConnection source, NpgsqlConnection target, IReadOnlyList<Fed> from, IReadOnlyList<Fed> to,
        CancellationToken token)
    {
        foreach (var goal in to)
        {
            if (from.FirstOrDefault(each => each.Table == goal.Table && each.Column == goal.Column) is not { } origin)
                continue;
            var last = await source.OneAsync<long?>(Sql.Of($"select last_value from {origin.Sequence} where is_called"), token);
            if (last is not { } value)
                continue;
            var (further, behind) = goal.Increment > 0 ? (new Words("greatest"), Sql.Of($"<")) : (new Words("least"), Sql.Of($">"));
            if (!await target.OneAsync<bool>(Sql.Of($"select last_value {behind} {value} or not is_called from {goal.Sequence}"), token))
                continue;
            await using var held = await target.BeginTransactionAsync(token);
            await target.RunAsync(Sql.Of($"alter sequence {goal.Sequence} increment by {goal.Increment}"), token);
            await target.RunAsync(Sql.Of($"""
                select pg_catalog.setval({new Literal(goal.Sequence.ToString())}, {further}(last_value, {value})) from {goal.Sequence}
                """), token);
            await held.CommitAsync(token);
        }
    }
}
