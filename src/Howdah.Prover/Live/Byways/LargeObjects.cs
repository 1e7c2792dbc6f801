using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Byways;

/// <summary>
/// TEN-C12: a marker is written as B and read as A, by one role that serves both where it already has large objects, and by one role after
/// the other in any case; of those that were granted to a role one byte is read, whose value is not kept.
/// </summary>
static class LargeObjects
{
    static readonly CatalogQuery Objects = CatalogQuery.Load(typeof(LargeObjects), "objects.sql");
    static readonly CatalogQuery Pairs = CatalogQuery.Load(typeof(LargeObjects), "pairs.sql");
    static readonly Literal Marker = new("howdah: a marker of B");

    internal static async Task MakeAsync(Ring ring, Surface surface, Tally tally, CancellationToken until, CancellationToken token)
    {
        var column = surface.Tables[0].TenantColumn;
        var told = surface.Entrance.Tenants;
        var (a, b) = told.Count > 1 ? (told[0], told[1]) : (Values.Tenant(column, 'a') ?? "a", Values.Tenant(column, 'b') ?? "b");
        // A standby says so in words of its own, another in each version.
        if ((await ring.RowsAsync(Sql.Of($"select pg_catalog.current_setting('transaction_read_only')"), token))[0][0] == "on")
        {
            tally.NotCalled(LiveAttacks.Objects, surface.Database, "it writes, and the server takes no writes");
            return;
        }
        foreach (var (role, shot) in await OfRolesAsync(ring, surface, surface.Entrance.For(a) ?? a, surface.Entrance.For(b) ?? b, token))
        {
            if (until.IsCancellationRequested)
                return;
            var hits = await ring.AsAsync(role.Name, () => Volley.FireAsync(ring, surface.Contexts, [shot], token), token);
            tally.Add(As(surface, role), hits);
        }
        await BesideAsync(ring, surface, tally, await PairsAsync(ring.Connection, surface, token), until, token);
    }

    static Access As(Surface surface, Attacker role) =>
        new(surface.Tables[0], [role], Reads: false, Deletes: false, [], [], [], Owns: false, []);

    // Each writes one; each of the others reads what was written, before all is taken back.
    static async Task BesideAsync(Ring ring, Surface surface, Tally tally, List<(Attacker Writer, string Given, Attacker Reader)> pairs,
        CancellationToken until, CancellationToken token) => await ring.AsAsync<object?>(null, async () =>
        {
            var compat = (await ring.RowsAsync(Sql.Of($"select pg_catalog.current_setting('lo_compat_privileges')"), token))[0][0] == "on";
            var made = new Dictionary<Attacker, long>();
            foreach (var writer in pairs.Select(static pair => pair.Writer).Distinct())
            {
                var (rows, refusal) = await ring.TryAsync(() => ring.RowsAsync(Sql.Of($"""
                    set local session authorization {new Ident(writer.Name)};
                    select pg_catalog.lo_from_bytea(0, pg_catalog.convert_to({Marker}, 'UTF8'))::text;
                    reset session authorization
                    """), token), token);
                if (rows is not null)
                    made[writer] = long.Parse(rows[0][0]!, System.Globalization.CultureInfo.InvariantCulture);
                // Who may make none leaves none to be read.
                else if (refusal!.SqlState != PostgresErrorCodes.InsufficientPrivilege)
                    tally.Unclear(LiveAttacks.Objects, $"large objects of {writer.Name}", Evidence.Of(refusal));
            }
            foreach (var reader in pairs.Where(pair => made.ContainsKey(pair.Writer)).GroupBy(static pair => pair.Reader))
            {
                if (until.IsCancellationRequested)
                    break;
                var shots = reader.Select(pair => Beside(pair.Writer, pair.Given, made[pair.Writer], compat)).ToList();
                tally.Add(As(surface, reader.Key), await ring.AsAsync(reader.Key.Name, () =>
                    Volley.FireAsync(ring, [], shots, token), token));
            }
            return null;
        }, token);

    static Shot Beside(Attacker writer, string given, long made, bool compat) => Shot.Count(LiveAttacks.Objects,
        $"read a large object that {writer.Name} wrote", null, Sql.Of($"select count(*) from pg_catalog.lo_get({made})")) with
    {
        // A setting of the server, of the role or of the database: what has named that has named the cause.
        Cause = compat ? "lo_compat_privileges" : null,
        Target = $"large objects of {writer.Name}",
        Told = "it was read",
        Fix = compat ? "-- ALTER SYSTEM SET lo_compat_privileges = off; then reload."
            : $"ALTER DEFAULT PRIVILEGES FOR ROLE {new Ident(writer.Name)} REVOKE ALL ON LARGE OBJECTS FROM "
                + $"{(given.Length > 0 ? given : "PUBLIC")};",
    };

    static async Task<List<(Attacker, Shot)>> OfRolesAsync(Ring ring, Surface surface, string a, string b, CancellationToken token)
    {
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        await using var command = new NpgsqlCommand(Objects.Text, ring.Connection);
        command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = surface.Contexts.Count > 0 });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<(Attacker, Shot)>();
        while (await rows.ReadAsync(token))
        {
            var (oid, grantee) = ((long)rows.GetFieldValue<uint>(1), rows.GetString(2));
            var shot = rows.GetBoolean(3) ? Shared(ring.Entrance, surface.Contexts, a, b) : Shot.Count(LiveAttacks.Objects,
                "read one byte of a large object", null, Sql.Of($"select count(*) from pg_catalog.lo_get({oid}, 0, 1)"));
            all.Add((roles[rows.GetFieldValue<uint>(0)], shot with
            {
                Cause = $"large object {oid}",
                Target = $"large object {oid}",
                Told = rows.GetBoolean(3) ? "what was written as B was read as A" : "it was read, as no tenant in particular",
                Fix = rows.GetBoolean(3) ? $"ALTER LARGE OBJECT {oid} OWNER TO CURRENT_USER;"
                    : $"REVOKE ALL ON LARGE OBJECT {oid} FROM {grantee};",
            }));
        }
        return all;
    }

    static Shot Shared(Entrance entrance, IReadOnlyList<string> contexts, string a, string b)
    {
        var write = Sql.Of($"pg_catalog.lo_from_bytea(0, pg_catalog.convert_to({Marker}, 'UTF8'))");
        return new(LiveAttacks.Objects, "write a large object as B and read it as A", b,
            Sql.Of($"select {write}; {Volley.Contexts(contexts, new(a))} select pg_catalog.lo_get(…)"), Sql.Of($"""
            declare made pg_catalog.oid := {write}; begin
            {Volley.Turn(entrance, contexts, a)}
            select count(*) into n from pg_catalog.lo_get(made); end;
            """));
    }

    static async Task<List<(Attacker Writer, string Given, Attacker Reader)>> PairsAsync(NpgsqlConnection connection, Surface surface,
        CancellationToken token)
    {
        var roles = surface.Attackers.ToDictionary(static role => role.Oid);
        await using var command = new NpgsqlCommand(Pairs.Text, connection);
        command.Parameters.Add(new() { Value = roles.Keys.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<(Attacker, string, Attacker)>();
        while (await rows.ReadAsync(token))
            all.Add((roles[rows.GetFieldValue<uint>(0)], rows.GetString(1), roles[rows.GetFieldValue<uint>(2)]));
        return all;
    }
}
