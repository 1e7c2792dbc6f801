using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Patterns.Tenancy;

/// <summary>Finds, for each tenant table, two tenants that both have rows in it; what the attacks play with.</summary>
static class TenantPairs
{
    // Enough to find two tenants with rows; bounded, for there may be very many tenants without.
    const int Most = 500;

    internal static async Task<IReadOnlyDictionary<QName, (string A, string B)>> FindAsync(TenancySpec spec, Arena arena,
        CancellationToken token)
    {
        var pairs = new Dictionary<QName, (string, string)>();
        await using var bout = await arena.EnterAsAdminAsync(token);
        foreach (var table in spec.Wanted.Tables)
        {
            var (found, refusal) = await bout.TryAsync(inner => InTableAsync(spec, inner, table, token), token);
            if (refusal is not null || found is not [_, _, ..])
                (found, refusal) = await bout.TryAsync(inner => BehindTheFloorAsync(spec, inner, table, token), token);
            if (refusal is null && found is [var a, var b, ..])
                pairs[table] = (a, b);
        }
        return pairs;
    }

    // Through the floor, as the owner with each tenant's context in turn: this works for a role that applies without being a superuser.
    static async Task<List<string>> InTableAsync(TenancySpec spec, Bout bout, QName table, CancellationToken token)
    {
        var tenants = await TextsAsync(bout, $"select id::text from howdah.tenants order by id limit {Most}", token);
        var found = new List<string>();
        foreach (var tenant in tenants)
        {
            await bout.ScalarAsync("select pg_catalog.set_config($1, $2, true)", token, spec.Wanted.Context, spec.Said(tenant));
            var row = await bout.ScalarAsync(Sql.Of(
                $"select 1 from {table} where {new Ident(spec.Wanted.Column)} = {new Literal(tenant)} limit 1").ToString(), token);
            if (row is not null)
                found.Add(tenant);
            if (found.Count == 2)
                break;
        }
        return found;
    }

    // Ids that the registry did not give (numbers, an older system's): the table itself is asked, as its owner with the floor lifted, which
    // only this transaction sees.
    static async Task<List<string>> BehindTheFloorAsync(TenancySpec spec, Bout bout, QName table, CancellationToken token)
    {
        await bout.ExecuteAsync(Sql.Of($"set local role {new Ident(spec.Owner)}").ToString(), token);
        await bout.ScalarAsync("select howdah.lift_floor()::text[]::text", token);
        var column = new Ident(spec.Wanted.Column);
        return await TextsAsync(bout, Sql.Of($"""
            with one as (select {column} as t from {table} where {column} is not null limit 1)
            select t::text from one
            union all
            (select other.{column}::text from {table} other, one where other.{column} <> one.t limit 1)
            """).ToString(), token);
    }

    static async Task<List<string>> TextsAsync(Bout bout, string query, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query, bout.Connection);
        await using var rows = await command.ExecuteReaderAsync(token);
        var texts = new List<string>();
        while (await rows.ReadAsync(token))
            texts.Add(rows.GetString(0));
        return texts;
    }
}
