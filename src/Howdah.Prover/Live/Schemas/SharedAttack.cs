using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Schemas;

/// <summary>
/// Asks views that are made from tenants' tables, as logins of other tenants: another answer after a marker row was planted in such a
/// table, or any row where all of it comes from there, is a row of another tenant.
/// </summary>
static class SharedAttack
{
    // More rows than this are not compared; then only views that read nothing but others' tables can be judged.
    const int Most = 10000;

    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(SharedAttack), "views.sql");

    internal static async Task MakeAsync(SchemaAssault assault, Surface surface, CancellationToken token)
    {
        var views = await ReadAsync(assault, surface, token);
        var stock = await Stock.ReadAsync(assault.Connection, views.SelectMany(static view => view.Sources.Append(view.Oid)), token);
        var homes = assault.Neighborhood.Residents.ToDictionary(static each => each.Oid);
        foreach (var view in views)
        {
            // One for each own schema is enough, and two show whether it depends on who asks.
            foreach (var resident in Strangers(view, view.Readers, homes).Take(2))
                await assault.GuardAsync([SchemaAttacks.Shared], $"{view.Name.Plain} as {resident.Role}",
                    ring => LookAsync(assault, ring, stock, view, resident, token), token);
            foreach (var resident in Strangers(view, view.Writers, homes).Take(2))
                await assault.GuardAsync([SchemaAttacks.Write], $"{view.Name.Plain} as {resident.Role}",
                    ring => PutAsync(assault, ring, stock, view, resident, token), token);
        }
    }

    // Views in another tenant's schema are attacked by their full names already.
    static IEnumerable<Resident> Strangers(Shown view, IReadOnlyList<uint> roles, Dictionary<uint, Resident> homes) => roles
        .Select(oid => homes[oid]).Where(resident => view.Schemas.Any(schema => schema != resident.Home)
            && (view.Schema == resident.Home || !view.InTenant)).DistinctBy(static resident => resident.Home);

    static async Task LookAsync(SchemaAssault assault, Ring ring, Stock stock, Shown view, Resident resident, CancellationToken token)
    {
        var sum = Sql.Of($"""
            select count(*)::text, pg_catalog.md5(pg_catalog.string_agg(v::text, ' ' order by v::text)) from (
              select * from {view.Name} limit {Most}) v
            """);
        Task<(List<string?[]>? Result, PostgresException? Refusal)> AskAsync() => ring.TryAsync(
            () => ring.AsAsync(resident.Role, () => ring.RowsAsync(sum, token), token), token);
        var (before, refusal) = await AskAsync();
        var planted = false;
        foreach (var source in view.Sources.Where(source => assault.Neighborhood.Schemas[view.SchemaOf(source)] is var home
            && home != assault.Neighborhood.Schemas.GetValueOrDefault(resident.Home)))
            planted |= await stock.PlantAsync(ring, source, token) is not null;
        var (after, _) = await AskAsync();
        if (before is null || after is null)
        {
            if (refusal is { SqlState: not PostgresErrorCodes.InsufficientPrivilege })
                assault.Tally.Unclear(SchemaAttacks.Shared, $"{view.Name.Plain} as {resident.Role}", $"{refusal.MessageText} (SQLSTATE "
                    + $"{refusal.SqlState})");
            else
                assault.Tally.Tried(SchemaAttacks.Shared, resident.Role);
            return;
        }
        var rows = long.Parse(after[0][0]!, System.Globalization.CultureInfo.InvariantCulture);
        var alone = view.Schemas.All(schema => schema != resident.Home);
        if (rows > 0 && (alone || view.Kind == 'm' || before[0][1] != after[0][1]))
            assault.Tally.Broke(new(SchemaAttacks.Shared, resident.Role, resident.Role, view.Name,
                $"as {resident.Role}: {view.Name.Plain} shows rows of another tenant's schema", $"select * from {view.Name} limit 1",
                Fix(view), ["TEN-G05"]));
        else if (rows == Most || !planted)
            assault.Tally.Unclear(SchemaAttacks.Shared, $"{view.Name.Plain} as {resident.Role}", rows == Most
                ? $"it has more than {Most} rows of this and other tenants, too many to compare" : "no marker row could be planted");
        else
            assault.Tally.Tried(SchemaAttacks.Shared, resident.Role);
    }

    static async Task PutAsync(SchemaAssault assault, Ring ring, Stock stock, Shown view, Resident resident, CancellationToken token)
    {
        if (view.Kind != 'v' || view.Sources is not [var source] || stock.Find(source) is not { } table
            || await stock.PlantAsync(ring, source, token) is not { } marker
            || Stock.Insert(table, marker, Sql.Of($"{view.Name}"), stock.Find(view.Oid)!.Columns) is not { } insert)
            return;
        var shot = Shot.Change(SchemaAttacks.Write, "insert", null, insert, planted: true) with
        {
            Statement = Sql.Of($"insert into {view.Name} values (…)"),
        };
        // What has no place in the view would take its default, and a default may burn a number of a sequence.
        if (table.Columns.Any(column => column is { Generated: false } and ({ HasDefault: true } or { Identity: true })
            && !stock.Find(view.Oid)!.Columns.Any(each => each.Name == column.Name)))
            return;
        var hit = (await ring.AsAsync(resident.Role, () => Volley.FireAsync(ring, [], [shot], token), token)).Single();
        // A view that cannot be written through says so.
        if (hit.Through)
            assault.Tally.Broke(new(SchemaAttacks.Write, resident.Role, resident.Role, view.Name,
                $"as {resident.Role}: a row put into {view.Name.Plain} lands in {table.Name.Plain}", shot.Statement.ToString(),
                    Fix(view), []));
        else
            assault.Tally.Tried(SchemaAttacks.Write, resident.Role);
    }

    static string Fix(Shown view) => view.Kind == 'v' && !view.Invoker
        ? $"ALTER VIEW {view.Name} SET (security_invoker = true);"
        : view.Whom is { } whom ? $"REVOKE ALL ON TABLE {view.Name} FROM {whom};"
        : "-- Drop it and create one over its own schema's tables for each tenant.";

    static async Task<List<Shown>> ReadAsync(SchemaAssault assault, Surface surface, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Query.Text, assault.Connection);
        command.Parameters.Add(Neighborhood.Oids(assault.Neighborhood.Residents.Select(static each => each.Oid)));
        command.Parameters.Add(Neighborhood.Oids(surface.TenantSchemas));
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Shown>();
        while (await rows.ReadAsync(token))
        {
            var schema = rows.GetFieldValue<uint>(1);
            all.Add(new(rows.GetFieldValue<uint>(0), schema, surface.TenantSchemas.Contains(schema), new(rows.GetString(2),
                rows.GetString(3)),
                rows.GetChar(4), rows.GetFieldValue<uint[]>(5), rows.GetFieldValue<uint[]>(6), rows.GetBoolean(7),
                rows.GetFieldValue<uint[]>(8), rows.GetFieldValue<uint[]>(9), rows.IsDBNull(10) ? null : rows.GetString(10)));
        }
        return all;
    }

    /// <summary>A view made from tenants' tables.</summary>
    /// <param name="InTenant">Whether it stands in a tenant's schema.</param>
    /// <param name="Sources">The tables, and in <paramref name="Schemas"/> their schemas, one for one.</param>
    sealed record Shown(
        uint Oid, uint Schema, bool InTenant, QName Name, char Kind, IReadOnlyList<uint> Sources, IReadOnlyList<uint> Schemas,
            bool Invoker,
        IReadOnlyList<uint> Readers, IReadOnlyList<uint> Writers, string? Whom)
    {
        internal uint SchemaOf(uint source) => Schemas[Sources.ToList().IndexOf(source)];
    }
}
