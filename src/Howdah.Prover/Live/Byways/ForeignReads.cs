using System.Net;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Byways;

/// <summary>
/// TEN-C13: one bounded read of foreign tables, as each role, where their server is on this machine; elsewhere a read is somebody else's
/// affair, and so is what a program or file behind a wrapper would do.
/// </summary>
sealed class ForeignReads(Surface surface, Tally tally)
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(ForeignReads), "foreigners.sql");

    sealed record Foreigner(TenantTable Table, Attacker Role, string Server, string Wrapper, bool Handled, IReadOnlyList<string> Hosts,
        bool Named)
    {
        internal string? Withheld => !Handled ? $"its wrapper {Wrapper} has no handler: nobody can read it"
            : Wrapper != "postgres_fdw" ? $"what a read through {Wrapper} does elsewhere cannot be known"
            : Named || !Hosts.All(static host => Here(host)) ? $"its server {Server} is elsewhere: only this machine's are read"
            : null;
    }

    internal async Task MakeAsync(Link link, CancellationToken until, CancellationToken token)
    {
        IReadOnlyList<Foreigner> all;
        await using (var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token))
            all = await ReadAsync(ring.Connection, token);
        var closed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in all)
        {
            if (one.Withheld is { } why)
                tally.NotCalled(LiveAttacks.Foreigners, one.Table.Name.Plain, why);
            if (one.Withheld is not null || closed.Contains(one.Server) || until.IsCancellationRequested)
                continue;
            // Bounded in rows and time: what is behind it may be large, and is not ours.
            var column = new Ident(one.Table.TenantColumn.Name);
            var read = Sql.Of($"select count(distinct t) from (select {column}::text from {one.Table.Name} limit 1000) s(t)");
            var shot = new Shot(LiveAttacks.Foreigners, "read rows of two tenants", null, read, Sql.Of($"""
                execute {new DollarQuoted(read.ToString())} into n; n := greatest(n - 1, 0);
                """))
            {
                Target = one.Table.Name.Plain,
                Told = "rows of more than one tenant were shown",
                Fix = $"REVOKE SELECT ON {one.Table.Name} FROM {new Ident(one.Role.Name)};",
            };
            await using var ring = await Ring.EnterAsync(await link.OpenAsync(token), super: true, token, surface.Entrance);
            await ring.RunAsync(Sql.Of(
                $"set local statement_timeout = '2s'; set local postgres_fdw.application_name = 'howdah check'"), token);
            var (hits, refusal) = await ring.TryAsync(() => ring.AsAsync(one.Role.Name, () =>
                Volley.FireAsync(ring, [], [shot], token), token), token);
            var hit = hits?[0] ?? new Hit(shot, null, refusal!.SqlState, refusal.MessageText);
            // No password to send there (2F003), no such user there (08001): nobody gets through; the server is not asked again.
            if (hit.State is "2F003")
                hit = new(shot, 0, "", "");
            else if (hit.State is "08001")
                closed.Add(one.Server);
            tally.Add(new(one.Table, [one.Role], Reads: false, Deletes: false, [], [], [], Owns: false, []), [hit]);
        }
    }

    /// <summary>Whether a host is this machine: a name or address of the loopback, or a folder of sockets.</summary>
    internal static bool Here(string host) => host == "localhost" || host.StartsWith('/') || host.StartsWith('@')
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    async Task<IReadOnlyList<Foreigner>> ReadAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var tables = surface.Tables.Where(static table => table.Kind == 'f').ToDictionary(static table => table.Oid);
        if (tables.Count == 0)
            return [];
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        await using var command = new NpgsqlCommand(Query.Text, connection);
        command.Parameters.Add(new() { Value = tables.Keys.ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Foreigner>();
        while (await rows.ReadAsync(token))
            all.Add(new(tables[rows.GetFieldValue<uint>(0)], roles[rows.GetFieldValue<uint>(1)], rows.GetString(2), rows.GetString(3),
                rows.GetBoolean(4), rows.GetFieldValue<string[]>(5), rows.GetBoolean(6)));
        return all;
    }
}
