using System.Globalization;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Prover.Live.Schemas;

/// <summary>
/// Asks what short names mean to each login, with its own path, and with its own schema taken off it: the same as if its tables were
/// missing, without a lock on any. Where a name then leads elsewhere, a marker row is sent after it.
/// </summary>
static class NameAttack
{
    static readonly CatalogQuery Things = CatalogQuery.Load(typeof(NameAttack), "fallen.sql");

    internal static async Task MakeAsync(SchemaAssault assault, CancellationToken token)
    {
        var lost = new List<Stray>();
        foreach (var resident in assault.Neighborhood.Residents)
        {
            // A path that the application sets later is not known here.
            if (resident.Home == 0 || !resident.Path.Contains(assault.Neighborhood.Schemas[resident.Home].Name))
            {
                if (resident.Reaches)
                    assault.Tally.NotRun(SchemaAttacks.Names, resident.Role,
                        "no tenant's schema is on the path it gets when it logs in: "
                        + "the application sets the path, and what short names mean then is not known here");
                continue;
            }
            await assault.GuardAsync([SchemaAttacks.Names], resident.Role, async ring =>
            {
                var found = await ring.AsAsync(resident.Role, () => AskAsync(ring, assault.Neighborhood, resident, token), token);
                lost.AddRange(found);
                assault.Tally.Tried(SchemaAttacks.Names, resident.Role);
            }, token);
        }
        if (lost.Count == 0)
            return;
        var things = await ReadAsync(assault.Connection, lost.Select(static each => each.Oid), token);
        var stock = await Stock.ReadAsync(assault.Connection, things.Keys, token);
        foreach (var stray in lost.Where(stray => things.ContainsKey(stray.Oid)))
        {
            await assault.GuardAsync([SchemaAttacks.Names], $"{stray.Name} as {stray.Resident.Role}",
                ring => FollowAsync(assault, ring, stock, stray, things[stray.Oid], token), token);
        }
    }

    // Short names that mean something outside the login's own schema.
    static async Task<List<Stray>> AskAsync(Ring ring, Neighborhood all, Resident resident, CancellationToken token)
    {
        var home = all.Schemas[resident.Home];
        var names = home.Relations.Union(all.Usual).ToList();
        var strays = new List<Stray>();
        foreach (var hidden in (bool[])[false, true])
        {
            var path = SearchPath.Write(resident.Path.Where(name => !hidden || name != home.Name));
            await ring.RunAsync(Sql.Of($"select pg_catalog.set_config('search_path', {new Literal(path)}, true)"), token);
            var list = Sql.Join(", ", names.Select(static name => Sql.Of($"{new Literal(name)}")));
            var rows = await ring.RowsAsync(Sql.Of($"""
                select n, r::pg_catalog.oid::text from (
                  select n, pg_catalog.to_regclass(pg_catalog.quote_ident(n)) from pg_catalog.unnest(array[{list}]::text[]) n) s(n, r)
                where r is not null and not exists (select from pg_catalog.pg_class c where c.oid = r
                  and c.relnamespace = {new Literal(resident.Home.ToString(CultureInfo.InvariantCulture))}::pg_catalog.oid)
                """), token);
            // What leads elsewhere with the whole path does so without the own schema, too.
            strays.AddRange(rows.Where(row => !strays.Exists(each => each.Name == row[0])).Select(row => new Stray(resident, row[0]!,
                uint.Parse(row[1]!, CultureInfo.InvariantCulture), path, hidden,
                home.Relations.Contains(row[0]!))));
        }
        return strays;
    }

    static async Task FollowAsync(SchemaAssault assault, Ring ring, Stock stock, Stray stray, Thing thing, CancellationToken token)
    {
        var marker = await stock.PlantAsync(ring, stray.Oid, token);
        var shots = new List<Shot>();
        var name = Sql.Of($"{new Ident(stray.Name)}");
        var turn = Sql.Of($"perform pg_catalog.set_config('search_path', {new Literal(stray.Path)}, true);");
        if (marker is not null && Stock.Insert(stock.Find(stray.Oid)!, marker, name, stock.Find(stray.Oid)!.Columns) is { } insert)
        {
            var shot = Shot.Change(SchemaAttacks.Names, "insert", null, insert, planted: true);
            shots.Add(shot with { Statement = Sql.Of($"insert into {name} values (…)"), Body = Sql.Of($"{turn} {shot.Body}") });
        }
        // What is only shared for reading shows a tenant nothing of another's; it is wrong where the own table is missing.
        if (!stray.Hidden)
        {
            var shot = Shot.Count(SchemaAttacks.Names, "read", null, Sql.Of($"select count(*) from (select 1 from {name} limit 1) s"));
            shots.Add(shot with { Body = Sql.Of($"{turn} {shot.Body}") });
        }
        var hits = await ring.AsAsync(stray.Resident.Role, () => Volley.FireAsync(ring, [], shots, token), token);
        foreach (var hit in hits.Where(static hit => hit.Through))
        {
            var home = assault.Neighborhood.Schemas[stray.Resident.Home].Name;
            var target = new QName(stray.Hidden || stray.AtHome ? thing.Name.Schema : home, stray.Name);
            assault.Tally.Broke(new(SchemaAttacks.Names, stray.Resident.Role, stray.Resident.Role, target, Seen(stray, thing, hit, home),
                $"SET LOCAL search_path = {stray.Path}; {hit.Shot.Statement}", Fix(stray, thing), ["TEN-G01"]));
        }
    }

    static string Seen(Stray stray, Thing thing, Hit hit, string home) => $"as {stray.Resident.Role}: {stray.Name} means "
        + $"{thing.Name.Plain} "
        + (stray.Hidden ? $"where {home} has no such table" : stray.AtHome ? $"though {home} has such a table"
        : $"because {home} has none")
        + $": {hit.Shot.Name}: " + (hit.Rows is { } rows ? $"{rows} row{(rows == 1 ? "" : "s")}"
        : $"let in, stopped by a constraint only ({hit.State})");

    static string Fix(Stray stray, Thing thing) => !stray.Hidden && stray.AtHome
        ? $"-- Put the own schema first in the search_path of {stray.Resident.Role}: ALTER ROLE … IN DATABASE … SET search_path = …;"
        : thing.Whom is { } whom ? $"REVOKE ALL ON {(thing.Kind == 'S' ? "SEQUENCE" : "TABLE")} {thing.Name} FROM {whom};"
        : $"-- {thing.Name.Plain} belongs to a login: drop it, or give it to a role that cannot log in.";

    static async Task<Dictionary<uint, Thing>> ReadAsync(NpgsqlConnection connection, IEnumerable<uint> oids, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Things.Text, connection);
        command.Parameters.Add(Neighborhood.Oids(oids.Distinct()));
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new Dictionary<uint, Thing>();
        while (await rows.ReadAsync(token))
            all[rows.GetFieldValue<uint>(0)] = new(new(rows.GetString(1), rows.GetString(2)), rows.GetChar(3), rows.IsDBNull(4) ? null
                : rows.GetString(4));
        return all;
    }

    /// <summary>A short name that leads out of the login's own schema.</summary>
    /// <param name="Path">The path it was asked with.</param>
    /// <param name="Hidden">Whether the own schema was taken off it.</param>
    /// <param name="AtHome">Whether the own schema has something of that name.</param>
    sealed record Stray(Resident Resident, string Name, uint Oid, string Path, bool Hidden, bool AtHome);

    /// <summary>What it leads to.</summary>
    /// <param name="Whom">Who was given rights on it.</param>
    sealed record Thing(QName Name, char Kind, string? Whom);
}
