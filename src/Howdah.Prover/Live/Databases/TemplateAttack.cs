using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Prover.Live.Databases;

/// <summary>
/// Looks into templates: any row in template1, and in others a row in a table that logins write in here. A moment each, for a database
/// cannot be made from a template while somebody is in it.
/// </summary>
static class TemplateAttack
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(TemplateAttack), "contents.sql");

    internal static async Task MakeAsync(string connectionString, Premises own, DatabaseTally tally, CancellationToken until,
        CancellationToken token)
    {
        foreach (var template in own.Templates.Where(template => template == "template1" || own.Written.Count > 0))
        {
            if (until.IsCancellationRequested)
            {
                tally.Unclear(DatabaseTally.Template, template, "the time allowed was over before it was tried");
                continue;
            }
            try
            {
                var way = new NpgsqlConnectionStringBuilder(connectionString) { Database = template, Timeout = 5 };
                await using var connection = await ServerAccess.OpenAsync(way.ConnectionString, token);
                await LookAsync(connection, template, way.Username ?? "", own, tally, token);
            }
            catch (NpgsqlException closed) when (!token.IsCancellationRequested)
            {
                tally.NotRun(DatabaseTally.Template, template, $"it could not be looked into: {Evidence.Of(closed)}");
            }
        }
    }

    static async Task LookAsync(NpgsqlConnection connection, string template, string looker, Premises own, DatabaseTally tally,
        CancellationToken token)
    {
        await using var ring = await Ring.EnterAsync(connection, super: false, token);
        await ring.RunAsync(Sql.Of($"set transaction read only"), token);
        var tables = new List<QName>();
        await using (var command = new NpgsqlCommand(Query.Text, connection))
        {
            command.Parameters.Add(new()
            {
                Value = template == "template1" ? DBNull.Value : own.Written.ToArray(),
                NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text,
            });
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                tables.Add(new(rows.GetString(0), rows.GetString(1)));
        }
        var full = new List<QName>();
        foreach (var table in tables)
        {
            if ((await ring.TryAsync(() => ring.RowsAsync(Look(table), token), token)).Result is { Count: > 0 })
                full.Add(table);
        }
        tally.Tried(DatabaseTally.Template, template);
        if (full is not [var first, ..])
            return;
        tally.Broke(new(DatabaseTally.Template, template, true,
            $"{template} holds rows in {string.Join(", ", full.Take(5).Select(static table => table.Plain))}"
            + (full.Count > 5 ? $" and {full.Count - 5} more tables" : ""), DatabaseTally.Statement(template, looker, Look(first)),
            $"-- Connected to {template}: TRUNCATE {string.Join(", ", full)}; or DROP what does not belong there."));
    }

    static Sql Look(QName table) => Sql.Of($"SELECT '1' FROM {table} LIMIT 1");
}
