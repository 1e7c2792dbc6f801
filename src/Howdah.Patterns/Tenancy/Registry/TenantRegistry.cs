using Npgsql;

namespace Howdah.Patterns.Tenancy.Registry;

/// <summary>A tenant.</summary>
/// <param name="Id">Its opaque id: what stands in the tenant column.</param>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>active</c> or <c>suspended</c>.</param>
public sealed record Tenant(Guid Id, string Name, string State);

/// <summary>The registry of tenants in one database, for the role that applies.</summary>
/// <param name="connection">An open connection of that role.</param>
public sealed class TenantRegistry(NpgsqlConnection connection)
{
    /// <summary>All tenants by name.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select id, name, state from howdah.tenants order by name", connection);
        await using var rows = await command.ExecuteReaderAsync(token);
        var tenants = new List<Tenant>();
        while (await rows.ReadAsync(token))
            tenants.Add(new(rows.GetGuid(0), rows.GetString(1), rows.GetString(2)));
        return tenants;
    }

    /// <summary>The tenant of a name, or null.</summary>
    public async Task<Tenant?> FindAsync(string name, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select id, name, state from howdah.tenants where name = $1", connection);
        command.Parameters.Add(new() { Value = name });
        await using var row = await command.ExecuteReaderAsync(token);
        return await row.ReadAsync(token) ? new(row.GetGuid(0), row.GetString(1), row.GetString(2)) : null;
    }

    /// <summary>Makes a tenant; the one there is, where the name is taken.</summary>
    public async Task<Tenant> CreateAsync(string name, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select howdah.register_tenant($1)", connection);
        command.Parameters.Add(new() { Value = name });
        await command.ExecuteScalarAsync(token);
        return (await FindAsync(name, token))!;
    }
}
