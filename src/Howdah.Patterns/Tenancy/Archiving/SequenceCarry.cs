using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>How far sequences were, out and in.</summary>
static class SequenceCarry
{
    /// <summary>Reads the positions. In rows all tenants draw from one sequence, and how far it is tells of the others: there it is the
    /// furthest number that stands in this tenant's rows.</summary>
    internal static async Task<IReadOnlyList<ArchivedSequence>> ReadAsync(NpgsqlConnection connection, TenantGround ground,
        IReadOnlyList<MovedTable> tables, CancellationToken token)
    {
        var positions = new List<ArchivedSequence>();
        foreach (var fed in await Sequences.OfAsync(connection, tables.Select(static table => table.Source), token))
        {
            var table = tables[fed.Table - 1];
            var furthest = new Words(fed.Increment > 0 ? "max" : "min");
            var position = await connection.OneAsync<long?>(ground.Side.Shared
                ? Sql.Of($"""
                    select pg_catalog.{furthest}({new Ident(fed.Column)})::bigint from {table.Source} where {ground.Side.Mine(table)}
                    """)
                : Sql.Of($"select last_value from {fed.Sequence} where is_called"), token);
            if (position is { } last)
                positions.Add(new(table.Home.Schema, table.Home.Name, fed.Column, last));
        }
        return positions;
    }

    /// <summary>Sets each sequence at least as far. Others may be drawing from it, so it is held while it is read and set.</summary>
    internal static async Task SetAsync(NpgsqlConnection connection, IReadOnlyList<MovedTable> tables,
        IReadOnlyList<ArchivedSequence> positions, CancellationToken token)
    {
        foreach (var fed in await Sequences.OfAsync(connection, tables.Select(static table => table.Target), token))
        {
            var home = tables[fed.Table - 1].Home;
            if (positions.FirstOrDefault(each => (each.Schema, each.Table, each.Column) == (home.Schema, home.Name, fed.Column))
                is not { Position: var position })
                continue;
            var (further, behind) = fed.Increment > 0 ? (new Words("greatest"), Sql.Of($"<")) : (new Words("least"), Sql.Of($">"));
            if (!await connection.OneAsync<bool>(Sql.Of($"select last_value {behind} {position} or not is_called from {fed.Sequence}"),
                token))
                continue;
            await using var held = await connection.BeginTransactionAsync(token);
            await connection.RunAsync(Sql.Of($"alter sequence {fed.Sequence} increment by {fed.Increment}"), token);
            await connection.RunAsync(Sql.Of($"""
                select pg_catalog.setval({new Literal(fed.Sequence.ToString())}, {further}(last_value, {position})) from {fed.Sequence}
                """), token);
            await held.CommitAsync(token);
        }
    }
}
