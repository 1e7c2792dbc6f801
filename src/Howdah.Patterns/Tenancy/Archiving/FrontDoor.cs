using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>
/// The tenant's rows as its own clients see them, through a real login and the floor: the second way of counting. What the owner of the
/// tables counts and what the application counts must be one number, or one of the two does not see all.
/// </summary>
sealed class FrontDoor : IAsyncDisposable
{
    readonly NpgsqlConnection connection;
    readonly Placement place;
    readonly string column;

    FrontDoor(NpgsqlConnection connection, Placement place, string column)
    {
        this.connection = connection;
        this.place = place;
        this.column = column;
    }

    /// <summary>Opens it in a snapshot of another transaction, or one of its own; null where the tenant is not served now, or the
    /// password is not to be had here.</summary>
    internal static async Task<FrontDoor?> OpenAsync(Session session, DatabaseSpec database, Tenant tenant, string? snapshot,
        CancellationToken token)
    {
        if (tenant.State != "active")
            return null;
        NpgsqlConnection connection;
        try
        {
            connection = await TenantAccess.OpenAsync(session, database, tenant, token);
        }
        catch (LoginUnavailableException)
        {
            return null; // counted one way only
        }
        try
        {
            await connection.RunAsync(Sql.Of($"begin isolation level repeatable read read only"), token);
            if (snapshot is not null)
                await connection.RunAsync(Sql.Of($"set transaction snapshot {new Literal(snapshot)}"), token);
            await TenantAccess.BecomeAsync(session, database, connection, tenant, token);
            return new(connection, tenant.Home, TenancySpec.Of(database)!.Wanted.Column);
        }
        catch
        {
            // Only to close what was half opened; the exception goes on.
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many rows of a table there are; null where clients may not read it.</summary>
    internal async Task<long?> CountAsync(MovedTable table, CancellationToken token) =>
        await connection.OneAsync<bool>(Sql.Of(
            $"select pg_catalog.has_table_privilege({new Literal(table.Source.ToString())}, 'select')"), token)
            ? await connection.OneAsync<long>(Sql.Of($"select pg_catalog.count(*) from {table.Source}"), token) : null;

    /// <summary>How many rows there are of anybody else.</summary>
    internal async Task<long> ForeignAsync(QName home, Guid tenant, CancellationToken token) =>
        await connection.OneAsync<bool>(Sql.Of($"select pg_catalog.has_table_privilege({new Literal(
            Placing.Ground.Table(place, home).ToString())}, 'select')"), token)
            ? await connection.OneAsync<long>(Sql.Of($"""
                select pg_catalog.count(*) from {Placing.Ground.Table(place, home)}
                where {new Ident(column)} is distinct from {new Literal(tenant.ToString())}
                """), token) : 0;

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
