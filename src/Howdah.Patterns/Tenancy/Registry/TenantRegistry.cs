using Npgsql;

namespace Howdah.Patterns.Tenancy.Registry;

/// <summary>The registry of tenants in their home database, for the role that applies.</summary>
/// <param name="connection">An open connection of that role to the home database.</param>
/// <param name="server">The home server's name in the estate.</param>
public sealed class TenantRegistry(NpgsqlConnection connection, string server)
{
    const string Columns = "select id, name, state, model, server, place, epoch from howdah.tenants";

    /// <summary>The name of a model in the registry and in the file.</summary>
    public static string NameOf(TenancyModel model) => model switch
    {
        TenancyModel.Rows => "rows",
        TenancyModel.Schemas => "schemas",
        _ => "databases",
    };

    /// <summary>All tenants by name.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(CancellationToken token) => await ReadAsync($"{Columns} order by name", null, token);

    /// <summary>The tenant of a name, or null.</summary>
    public async Task<Tenant?> FindAsync(string name, CancellationToken token) =>
        (await ReadAsync($"{Columns} where name = $1", name, token)).SingleOrDefault();

    /// <summary>The tenant of an id, or null.</summary>
    public async Task<Tenant?> FindAsync(Guid id, CancellationToken token) =>
        (await ReadAsync($"{Columns} where id = $1", id, token)).SingleOrDefault();

    /// <summary>Makes a tenant whose rows live at home; the one there is, where the name is taken.</summary>
    public async Task<Tenant> CreateAsync(string name, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select howdah.register_tenant($1)", connection);
        command.Parameters.Add(new() { Value = name });
        await command.ExecuteScalarAsync(token);
        return (await FindAsync(name, token))!;
    }

    async Task<List<Tenant>> ReadAsync(string query, object? parameter, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(query, connection);
        if (parameter is not null)
            command.Parameters.Add(new() { Value = parameter });
        await using var rows = await command.ExecuteReaderAsync(token);
        var tenants = new List<Tenant>();
        while (await rows.ReadAsync(token))
            tenants.Add(Read(rows));
        return tenants;
    }

    internal Tenant Read(NpgsqlDataReader row)
    {
        var model = row.GetString(3) switch
        {
            "rows" => TenancyModel.Rows,
            "schemas" => TenancyModel.Schemas,
            _ => TenancyModel.Databases,
        };
        var place = row.IsDBNull(5) ? null : row.GetString(5);
        return new(row.GetGuid(0), row.GetString(1), row.GetString(2), new(model, row.IsDBNull(4) ? server : row.GetString(4),
            model == TenancyModel.Databases ? place! : connection.Database, place), row.GetInt64(6));
    }
}
