using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>A tenant's tables where it lives, and how to get at its rows there: all of them, and no other's.</summary>
/// <param name="Side">The way in.</param>
/// <param name="Order">The tables by their names at home, those that others refer to first.</param>
/// <param name="Place">Where it lives.</param>
sealed record TenantGround(Side Side, IReadOnlyList<QName> Order, Placement Place)
{
    static readonly CatalogQuery Floors = CatalogQuery.Load(typeof(TenantGround), "floors.sql");

    internal static async Task<TenantGround> OfAsync(Session session, TenancySpec spec, NpgsqlConnection home, Guid tenant, Placement place,
        CancellationToken token) => new(Side.Of(session, spec, tenant, place), await Ground.InOrderAsync(spec, home, token), place);

    /// <summary>The table that stands for one at home.</summary>
    internal QName Table(QName home) => Ground.Table(Place, home);

    /// <summary>
    /// Opens a connection that sees all of the tenant's rows: as the tables' owner within the floor. Where the floor has nothing for its
    /// owner, or has shut the tenant out, only a superuser sees them; anybody else is told, and never given an empty table for a full one.
    /// </summary>
    /// <exception cref="ArchiveException">The rows cannot be seen.</exception>
    internal async Task<NpgsqlConnection> OpenAsync(bool replay, CancellationToken token)
    {
        var connection = await Side.OpenAsync(replay, token);
        if (!Side.Shared || await SeesAsync(connection, token))
            return connection;
        await connection.RunAsync(Sql.Of($"reset role"), token);
        if (await connection.OneAsync<bool>(Sql.Of($"""
            select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user
            """), token))
            return connection;
        await connection.DisposeAsync();
        throw new ArchiveException($"the floor shows the rows of tenant {Side.Tenant} to nobody who may apply: run howdah apply, "
            + "or let a superuser do this");
    }

    async Task<bool> SeesAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await using (var command = Tables.Asking(connection, Floors, Order.Select(Table)))
        {
            command.Parameters.Add(new() { Value = Side.Owner });
            await using var rows = await command.ExecuteReaderAsync(token);
            if (await rows.ReadAsync(token))
                return false;
        }
        try
        {
            await connection.RunAsync(Sql.Of($"select howdah.current_tenant()"), token);
            return true;
        }
        catch (PostgresException shut) when (shut.SqlState is Fence.State or PostgresErrorCodes.InsufficientPrivilege)
        {
            // Shut out.
            return false;
        }
    }

    /// <summary>What is stored of the tables, the tenant's column first, and hashed without it: equal rows of two tenants are equal.
    /// A table without a key is ordered by all that it holds.</summary>
    internal async Task<IReadOnlyList<MovedTable>> ReadAsync(NpgsqlConnection connection, string column, CancellationToken token)
    {
        var tables = await Tables.ReadAsync(connection, column, [.. Order.Select(table => (table, Table(table), Table(table)))],
            asAtHome: false, token);
        foreach (var table in tables)
            if (!table.Stored.Any(each => each.Name == column))
                throw new ArchiveException($"{Side.Where} has no table {table.Source.Plain} with a column {column}: run howdah apply");
            else if (table.Stored.FirstOrDefault(static each => each.Type is "oid" or "lo" or "public.lo") is { } large)
                throw new ArchiveException($"{table.Home.Plain}.{large.Name} is of type {large.Type}, which refers to large objects, and "
                    + "they belong to no tenant: keep such data in a bytea column");
        return [.. tables.Select(table => table with
        {
            Columns = [.. table.Stored.OrderBy(each => each.Name != column)],
            Key = table.Key.Count > 0 ? table.Key : [.. table.Stored.Select(static each => each.Name)],
        })];
    }

    /// <summary>How many rows, and their hash.</summary>
    internal Task<RowHash> HashAsync(NpgsqlConnection connection, MovedTable table, CancellationToken token) =>
        RowHash.WholeAsync(connection, Side, table.Hashed(), table.Source, token);
}

static class Hashing
{
    internal static MovedTable Hashed(this MovedTable table) =>
        table with { Columns = [.. table.Columns.Where(each => each.Name != table.TenantColumn)] };
}
