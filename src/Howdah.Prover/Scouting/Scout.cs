using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Prover.Scouting;

/// <summary>Looks at a database, in a fixed number of queries, and infers what its tenants are.</summary>
static class Scout
{
    static readonly CatalogQuery Roles = CatalogQuery.Load(typeof(Scout), "roles.sql");
    static readonly CatalogQuery Tables = CatalogQuery.Load(typeof(Scout), "tables.sql");
    static readonly CatalogQuery Policies = CatalogQuery.Load(typeof(Scout), "policies.sql");
    static readonly CatalogQuery Keys = CatalogQuery.Load(typeof(Scout), "keys.sql");
    static readonly CatalogQuery Held = CatalogQuery.Load(typeof(Scout), "locked.sql");
    static readonly CatalogQuery Schemas = CatalogQuery.Load(typeof(Scout), "schemas.sql");

    /// <summary>Looks.</summary>
    internal static async Task<Surface> LookAsync(NpgsqlConnection connection, Hints hints, CancellationToken token)
    {
        var attackers = await ReadAsync(connection, Roles, static row =>
            new Attacker(row.GetFieldValue<uint>(0), row.GetString(1), row.GetBoolean(2)), token);
        if (hints.Roles.Count > 0)
            attackers = [.. attackers.Where(role => hints.Roles.Contains(role.Name))];
        var locked = (await ReadAsync(connection, Held, static row => (Oid: row.GetFieldValue<uint>(0),
            Name: new QName(row.GetString(1), row.GetString(2)).Plain), token)).ToList();
        var columns = await ReadAsync(connection, Tables, static row => (Table: new SeenTable(row.GetFieldValue<uint>(0),
            new(row.GetString(1), row.GetString(2)), row.GetChar(3), row.GetFieldValue<uint>(4), row.GetBoolean(5), row.GetBoolean(6),
            row.GetDouble(7), row.GetFieldValue<uint>(8), []), Column: new Column(row.GetInt16(9), row.GetString(10), row.GetString(11),
            row.GetChar(12), row.GetBoolean(13), row.GetBoolean(14), row.GetBoolean(15), row.GetBoolean(17), row.GetBoolean(16))
            { Harmless = row.GetBoolean(18) }), token);
        var tables = columns.Where(each => !locked.Exists(held => held.Oid == each.Table.Oid)).GroupBy(static each => each.Table.Oid)
            .Select(static group => group.First().Table with { Columns = [.. group.Select(static each => each.Column)] }).ToList();
        var policies = await ReadAsync(connection, Policies, static row => new Policy(row.GetFieldValue<uint>(0), row.GetString(1),
            row.GetChar(2), row.GetBoolean(3), row.GetFieldValue<uint[]>(4), row.IsDBNull(5) ? null : row.GetString(5),
            row.IsDBNull(6) ? null : row.GetString(6), row.GetFieldValue<short[]>(7), row.GetString(8)), token,
            new() { Value = locked.Select(static held => held.Oid).ToArray(), DataTypeName = "oid[]" });
        var keys = await ReadAsync(connection, Keys, static row =>
            new SeenKey(row.GetFieldValue<uint>(0), row.GetInt16(1), row.GetFieldValue<uint>(2)), token);
        var schemas = await ReadAsync(connection, Schemas, static row =>
            new SeenSchema(row.GetFieldValue<uint>(0), row.GetString(1), row.GetFieldValue<string[]>(2)), token);
        await using var about = new NpgsqlCommand("select current_database()::text, current_setting('server_version_num')::int, "
            + "current_setting('is_superuser') = 'on'", connection);
        await using var self = await about.ExecuteReaderAsync(token);
        await self.ReadAsync(token);
        return Inference.Conclude(new(self.GetString(0), self.GetInt32(1) / 10000, self.GetBoolean(2), attackers, tables, policies, keys,
            schemas), hints) with { Locked = [.. locked.Select(static held => held.Name)] };
    }

    static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlConnection connection, CatalogQuery query, Func<NpgsqlDataReader, T> read,
        CancellationToken token, NpgsqlParameter? parameter = null)
    {
        await using var command = new NpgsqlCommand(query.Text, connection);
        if (parameter is not null)
            command.Parameters.Add(parameter);
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<T>();
        while (await rows.ReadAsync(token))
            all.Add(read(rows));
        return all;
    }
}

/// <summary>What was seen, before anything is concluded.</summary>
sealed record Sighting(
    string Database, int Major, bool Super, IReadOnlyList<Attacker> Attackers, IReadOnlyList<SeenTable> Tables,
    IReadOnlyList<Policy> Policies, IReadOnlyList<SeenKey> Keys, IReadOnlyList<SeenSchema> Schemas);

/// <summary>A table.</summary>
sealed record SeenTable(
    uint Oid, QName Name, char Kind, uint Owner, bool Rls, bool Forced, double Rows, uint Parent, IReadOnlyList<Column> Columns);

/// <summary>A foreign key of one column.</summary>
sealed record SeenKey(uint Table, short Column, uint Target);

/// <summary>A schema with its tables.</summary>
sealed record SeenSchema(uint Oid, string Name, IReadOnlyList<string> Tables);
