using System.Text;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Loading.Tests;

/// <summary>A table on a real server, and loads into it.</summary>
sealed class LoadHome(TestServer server, string database)
{
    internal TestServer Server => server;
    internal List<RejectedRow> Rejects { get; } = [];

    /// <param name="major">Which PostgreSQL.</param>
    /// <param name="ddl">Makes the table <c>t</c>, and what it needs.</param>
    internal static async Task<LoadHome> MakeAsync(int major, string ddl)
    {
        var server = await TestServer.GetAsync(major);
        var database = await server.CreateDatabaseAsync();
        await server.ExecuteAsync(ddl, database);
        return new(server, database);
    }

    internal Task<NpgsqlConnection> OpenAsync() => server.OpenAsync(database);

    internal static LoadInput Input(byte[] bytes, string name = "test.csv") =>
        new(name, _ => new(new OpenedInput(new MemoryStream(bytes), bytes.Length)));

    internal Task<LoadCounts> LoadAsync(string text, Reading? reading = null, params LoadField[] fields) =>
        LoadAsync(Encoding.UTF8.GetBytes(text), reading, fields);

    internal Task<LoadCounts> LoadAsync(byte[] bytes, Reading? reading = null, params LoadField[] fields) =>
        LoadAsync(Input(bytes), reading, 1, static job => job, fields);

    /// <summary>Loads, each stream in a transaction of its own that is committed; where no fields are named, each column from its own.
    /// </summary>
    internal async Task<LoadCounts> LoadAsync(LoadInput input, Reading? reading, int streams, Func<LoadJob, LoadJob> with,
        params LoadField[] fields)
    {
        Rejects.Clear();
        var connections = new List<NpgsqlConnection>();
        try
        {
            for (var i = 0; i < streams; i++)
                connections.Add(await OpenAsync());
            var target = await CopyTarget.ReadAsync(connections[0], "public", "t");
            if (fields.Length == 0)
                fields = [.. target.Columns.Select(static column => new LoadField(column.Name))];
            var transactions = new List<NpgsqlTransaction>();
            foreach (var connection in connections)
                transactions.Add(await connection.BeginTransactionAsync());
            var counts = await CopyLoad.RunAsync(connections, input, with(new(target, fields, reading ?? new())), async (batch, token) =>
            {
                // The connection is idle, as is promised.
                await using var command = new NpgsqlCommand("select 1", batch.Connection);
                await command.ExecuteScalarAsync(token);
                Rejects.AddRange(batch.Rows);
            });
            foreach (var transaction in transactions)
                await transaction.CommitAsync();
            Xunit.Assert.Equal(counts.Records, counts.Sent + counts.Rejected + counts.Skipped);
            Xunit.Assert.Equal(counts.Rejected, Rejects.Count);
            return counts;
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }

    /// <summary>What is in the table, a text a row, as the server writes rows.</summary>
    internal async Task<List<string>> RowsAsync(string sql = "select t::text from t")
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
