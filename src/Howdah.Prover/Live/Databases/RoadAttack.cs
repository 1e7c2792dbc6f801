using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Prover.Live.Schemas;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Databases;

/// <summary>
/// Goes by foreign servers that lead back to the same server, into another database: one row of a foreign table, or one SELECT by dblink.
/// Servers elsewhere are nobody's to try: the catalogs tell of them.
/// </summary>
static class RoadAttack
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(RoadAttack), "roads.sql");

    internal static async Task MakeAsync(string connectionString, NpgsqlConnection connection, Surface surface, IReadOnlyList<Guest> guests,
        DatabaseTally tally, CancellationToken until, CancellationToken token)
    {
        foreach (var group in (await ReadAsync(connection, surface, token)).GroupBy(static road => road.Login))
        {
            var guest = guests.FirstOrDefault(guest => guest.Role == group.Key && guest.Standing == Standing.Home);
            if (!surface.Super && guest is null)
                continue;
            if (until.IsCancellationRequested)
            {
                tally.Unclear(DatabaseTally.Road, group.Key, "the time allowed was over before it was tried");
                continue;
            }
            try
            {
                // Connections that are opened on the way stay with the session, so it ends here.
                await using var session = await (surface.Super ? ServerAccess.OpenAsync(connectionString, token)
                    : guest!.EnterAsync(null, token));
                foreach (var road in group)
                    await GoAsync(session, surface.Super, road, tally, token);
            }
            catch (NpgsqlException trouble) when (!token.IsCancellationRequested)
            {
                tally.Unclear(DatabaseTally.Road, group.Key, Evidence.Of(trouble));
            }
        }
    }

    static async Task GoAsync(NpgsqlConnection session, bool super, Road road, DatabaseTally tally, CancellationToken token)
    {
        foreach (var (how, go) in road.Ways)
        {
            await using var ring = await Ring.EnterAsync(session, super, token);
            // Whom it meets there sees who came.
            await ring.RunAsync(Sql.Of($"select pg_catalog.set_config('postgres_fdw.application_name', 'howdah check', true)"), token);
            var (rows, _) = await ring.TryAsync(() => ring.AsAsync(super ? road.Login : null, async () =>
            {
                if (road.Acting != road.Login)
                    await ring.RunAsync(Sql.Of($"set local role {new Ident(road.Acting)}"), token);
                return await ring.RowsAsync(go, token);
            }, token), token);
            tally.Tried(DatabaseTally.Road, road.Login);
            if (rows is null)
                continue;
            var become = road.Acting == road.Login ? "" : $"SET LOCAL ROLE {new Ident(road.Acting)}; ";
            tally.Broke(new(DatabaseTally.Road, road.Server, true, $"as {road.Login}"
                + (become.Length == 0 ? "" : $", become {road.Acting}")
                + $": {how} by the server {road.Server} in database {road.Database}: {(rows.Count == 0 ? "it answered" : "a row came")}",
                $"BEGIN; SET LOCAL SESSION AUTHORIZATION {new Ident(road.Login)}; {become}{go}; ROLLBACK;", road.Fix));
            return;
        }
    }

    static async Task<List<Road>> ReadAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(Neighborhood.Oids(surface.Attackers.Select(static role => role.Oid)));
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Road>();
        while (await rows.ReadAsync(token))
            all.Add(new(rows.GetString(0), rows.GetString(1), rows.GetString(2), rows.GetString(3),
                rows.IsDBNull(5) ? null : new QName(rows.GetString(4), rows.GetString(5)), rows.IsDBNull(6) ? null : rows.GetString(6),
                rows.IsDBNull(7) ? null : rows.GetString(7)));
        return all;
    }

    /// <summary>A way into another database.</summary>
    /// <param name="Table">A foreign table that may be read; null where there is none.</param>
    /// <param name="Whom">Who was granted it.</param>
    /// <param name="Dblink">The schema of dblink, where it may be called with the server; null where not.</param>
    sealed record Road(string Login, string Acting, string Server, string Database, QName? Table, string? Whom, string? Dblink)
    {
        internal IEnumerable<(string How, Sql Go)> Ways
        {
            get
            {
                if (Table is { } table)
                    yield return ($"read {table.Plain}", Sql.Of($"SELECT '1' FROM {table} LIMIT 1"));
                if (Dblink is { } schema)
                    yield return ("ran SELECT by dblink",
                        Sql.Of($"SELECT n FROM {new QName(schema, "dblink")}({new Literal(Server)}, 'SELECT 1') AS t(n pg_catalog.text)"));
            }
        }

        // A mapping is no right that could be taken: without it the road is closed to whom it is for.
        internal string Fix => Table is { } table && Whom is { } whom ? $"REVOKE ALL ON TABLE {table} FROM {whom};"
            : Acting != Login ? $"REVOKE {new Ident(Acting)} FROM {new Ident(Login)};"
            : $"-- {Login} owns a foreign table of the server {Server}: give it to a role that cannot log in.";
    }
}
