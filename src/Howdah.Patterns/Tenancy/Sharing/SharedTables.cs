using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Placing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Sharing;

/// <summary>
/// Shared tables in a tenant's database are copies. They are compared by a number of their rows' texts, and brought up by what differs:
/// tenants' rows refer to them, so nothing goes away that is there still.
/// </summary>
static class SharedTables
{
    /// <summary>How many rows each table has, and a number that their order does not change.</summary>
    internal static async Task<string[]> SumsAsync(TenancySpec spec, NpgsqlConnection connection, CancellationToken token)
    {
        if (spec.Wanted.Shared.Count == 0)
            return [];
        var sums = Sql.Join(", ", spec.Wanted.Shared.Select(static table => Sql.Of($"""
            (select pg_catalog.count(*) || ' ' || coalesce(pg_catalog.sum(pg_catalog.hashtextextended(t::text, 0)), 0) from {table} t)
            """)));
        await using var command = new NpgsqlCommand(Sql.Of($"select array[{sums}]::text[]").ToString(), connection) { CommandTimeout = 0 };
        return (string[])(await command.ExecuteScalarAsync(token))!;
    }

    /// <summary>The tables in which a database's copy is not as home's.</summary>
    internal static IReadOnlyList<QName> Different(TenancySpec spec, string[] home, string[] copy) =>
        [.. spec.Wanted.Shared.Where((_, i) => home[i] != copy[i])];

    /// <summary>Brings up the copies in one database; whether there was something to do. Rows come by a connection of its own, for
    /// several databases are brought up at once.</summary>
    /// <exception cref="PostgresException">A row that home lacks is referred to by the tenant's rows.</exception>
    internal static async Task<bool> BringUpAsync(Session session, TenancySpec spec, string[] wanted, NpgsqlConnection inside,
        CancellationToken token)
    {
        if (wanted.Length == 0 || Different(spec, wanted, await SumsAsync(spec, inside, token)) is not { Count: > 0 } different)
            return false;
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        await RefreshAsync(spec, home, inside, different, token);
        return true;
    }

    /// <summary>Brings copies up, in one transaction: rows that home lacks go, others are changed or added.</summary>
    /// <exception cref="PostgresException">A row that home lacks is referred to by the tenant's rows.</exception>
    internal static async Task RefreshAsync(TenancySpec spec, NpgsqlConnection home, NpgsqlConnection inside, IReadOnlyList<QName> tables,
        CancellationToken token)
    {
        var columns = new List<(QName Table, Sql All, Sql Key, Sql Set)>();
        await using var transaction = await inside.BeginTransactionAsync(token);
        await Run.AllAsync(inside,
            [Sql.Of($"set local role {new Ident(spec.Owner)}"), Sql.Of($"set local lock_timeout = {new Literal("2s")}")],
            token);
        foreach (var (table, i) in tables.Select(static (table, i) => (table, i)))
        {
            var seen = (await Tables.ReadAsync(home, spec.Wanted.Column, [(table, table, table)], asAtHome: true, token))[0];
            if (seen.Key.Count == 0)
                throw new ArgumentException($"{table.Plain} has no primary key, so its copies cannot be brought up row by row: "
                    + "give it one");
            var rest = seen.Stored.Where(column => !seen.Key.Contains(column.Name)).Select(static column =>
                new Ident(column.Name)).ToList();
            columns.Add((table, seen.StoredList, Sql.List(seen.Key.Select(static name => new Ident(name))), rest.Count == 0
                ? Sql.Of($"nothing")
                : Sql.Of($"update set {Sql.Join(", ", rest.Select(static name => Sql.Of($"{name} = excluded.{name}")))}")));
            await Run.OneAsync(inside, Sql.Of(
                $"create temporary table {Stage(i)} on commit drop as select {seen.StoredList} from {table} with no data"), token);
            await using var from = await home.BeginRawBinaryCopyAsync(
                Sql.Of($"copy (select {seen.StoredList} from {table}) to stdout (format binary)").ToString(), token);
            await using var to = await inside.BeginRawBinaryCopyAsync(
                Sql.Of($"copy {Stage(i)} ({seen.StoredList}) from stdin (format binary)").ToString(), token);
            await from.CopyToAsync(to, token);
        }
        foreach (var ((table, all, _, set), i) in columns.Select(static (each, i) => (each, i)))
            await Run.OneAsync(inside, Sql.Of($"""
                insert into {table} ({all}) overriding system value select {all} from {Stage(i)} except select {all} from {table}
                on conflict ({columns[i].Key}) do {set}
                """), token);
        for (var i = columns.Count - 1; i >= 0; i--)
            await Run.OneAsync(inside, Sql.Of(
                $"delete from {columns[i].Table} where ({columns[i].Key}) not in (select {columns[i].Key} from {Stage(i)})"), token);
        await transaction.CommitAsync(token);
    }

    static QName Stage(int number) => new("pg_temp", $"howdah_shared_{number}");
}
