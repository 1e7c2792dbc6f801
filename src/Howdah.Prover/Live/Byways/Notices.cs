using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Byways;

/// <summary>
/// TEN-C15: listens as a login in tenant A's context, while a row of tenant B with a mark in its text columns comes and goes in one
/// transaction. That transaction is committed, or nothing would be sent: so it is done only where it was asked for.
/// </summary>
sealed class Notices(Surface surface, Tally tally, bool intrusive)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(Notices), "notifiers.sql");

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Free of what a CHECK on text usually minds, and short.
    string mark = "";

    internal async Task MakeAsync(Link writers, Link listeners, CancellationToken until, CancellationToken token)
    {
        if (surface.Attackers.Count == 0)
            return;
        var connection = await writers.OpenAsync(token);
        await using (var random = new NpgsqlCommand("select 'howdah' || left(md5(gen_random_uuid()::text), 8)", connection))
            mark = (string)(await random.ExecuteScalarAsync(token))!;
        foreach (var (table, channels) in await ReadAsync(connection, token))
        {
            if (until.IsCancellationRequested)
                return;
            if (!intrusive)
                tally.Disturbing(LiveAttacks.Notices, table.Name.Plain);
            else if (channels.Count == 0)
                tally.NotCalled(LiveAttacks.Notices, table.Name.Plain,
                    "its trigger makes up the name of the channel, so nobody knows where to listen");
            else
                await ListenAsync(table, channels, writers, listeners, token);
        }
    }

    async Task ListenAsync(TenantTable table, IReadOnlyList<string> channels, Link writers, Link listeners, CancellationToken token)
    {
        var role = surface.Attackers[0];
        var over = $"{mark}_over";
        var listener = await listeners.OpenAsync(token);
        var heard = new List<(string Channel, string Payload)>();
        void Hear(object sender, NpgsqlNotificationEventArgs notice) => heard.Add((notice.Channel, notice.Payload));
        listener.Notification += Hear;
        try
        {
            var listen = Sql.Join(" ", channels.Append(over).Select(static channel => Sql.Of($"listen {new Ident(channel)};")));
            await RunAsync(listener, Sql.Of($"set session authorization {new Ident(role.Name)}; {listen} "), token);
            if (await WriteAsync(table, over, await writers.OpenAsync(token), token) is { } why)
            {
                tally.Unclear(LiveAttacks.Notices, table.Name.Plain, why);
                return;
            }
            // The server sends what one transaction said in the order in which it was said.
            while (!heard.Exists(notice => notice.Channel == over))
                if (!await listener.WaitAsync(Patience, token))
                {
                    tally.Unclear(LiveAttacks.Notices, table.Name.Plain, "the server sent nothing of what was committed in time");
                    return;
                }
        }
        finally
        {
            listener.Notification -= Hear;
            await RunAsync(listener, Sql.Of($"unlisten *; reset session authorization"), token);
        }
        var caught = heard.Find(notice => notice.Payload.Contains(mark, StringComparison.Ordinal));
        var shot = new Shot(LiveAttacks.Notices, "listen as tenant A while tenant B writes", null,
            Sql.Of($"LISTEN {new Ident(caught.Channel ?? channels[0])}"), Sql.Of($""))
        {
            Target = table.Name.Plain,
            Fix = $"-- Let the trigger on {table.Name} send the key of the row, never its contents; who may see the row reads it then.",
        };
        tally.Add(new(table, [role], Reads: false, Deletes: false, [], [], [], Owns: false, []),
        [
            new(shot, 0, "", "")
            {
                Told = caught.Channel is null ? null : $"what tenant B wrote into a text column came over channel {caught.Channel}",
            },
        ]);
    }

    // Null where the row came and went; else why it did not.
    async Task<string?> WriteAsync(TenantTable table, string over, NpgsqlConnection connection, CancellationToken token)
    {
        await using var ring = await Ring.EnterAsync(connection, super: true, token, surface.Entrance);
        var tenant = await Markers.OtherAsync(ring, table, token);
        var marks = table.Columns.Where(column => Values.Takes(column, mark) && column.Number != table.TenantColumn.Number
            && !column.Generated).ToDictionary(static column => column.Number, _ => mark);
        if (tenant is null || marks.Count == 0)
            return "it has no text column that could carry a mark, or no tenant";
        // Triggers are to fire now, in tenant B's context.
        await ring.RunAsync(Sql.Of($"set local session_replication_role = origin"), token);
        foreach (var context in surface.Contexts)
            await ring.RowsAsync(Sql.Of($"""
                select set_config({new Literal(context)}, {new Literal(surface.Entrance.For(tenant) ?? tenant)}, true)
                """), token);
        if (await Markers.PlantAsync(ring, table, tenant, marks, token) is not { } place)
            return "its constraints and triggers let no row with a mark in";
        await ring.RunAsync(Sql.Of($"delete from {table.Name} where {place.Where}"), token);
        await ring.RunAsync(Sql.Of($"notify {new Ident(over)}"), token);
        await ring.CommitAsync(token);
        return null;
    }

    async Task<List<(TenantTable Table, IReadOnlyList<string> Channels)>> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var tables = surface.Tables.Where(static table => table.Kind is 'r' or 'p').ToDictionary(static table => table.Oid);
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = tables.Keys.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<(TenantTable, IReadOnlyList<string>)>();
        while (await rows.ReadAsync(token))
            all.Add((tables[rows.GetFieldValue<uint>(0)], rows.IsDBNull(1) ? [] : rows.GetFieldValue<string[]>(1)));
        return all;
    }

    static async Task RunAsync(NpgsqlConnection connection, Sql sql, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(sql.ToString(), connection);
        await command.ExecuteNonQueryAsync(token);
    }
}
