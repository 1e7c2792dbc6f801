using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Schemas;

/// <summary>Reads and writes in other tenants' schemas by full names, wherever the rights allow it; and once where they do not.</summary>
static class ReachAttack
{
    static readonly CatalogQuery Open = CatalogQuery.Load(typeof(ReachAttack), "reach.sql");
    static readonly CatalogQuery Closed = CatalogQuery.Load(typeof(ReachAttack), "closed.sql");

    internal static async Task MakeAsync(SchemaAssault assault, CancellationToken token)
    {
        var open = await ReadAsync(assault, Open, static row => new Reach(row.GetString(1), row.GetString(2), row.GetFieldValue<uint>(3),
            new(row.GetString(4), row.GetString(5)), row.GetChar(6), row.GetBoolean(7), row.GetBoolean(8), row.GetBoolean(9),
            row.GetFieldValue<short[]>(10), row.GetFieldValue<short[]>(11), row.GetInt64(12), row.IsDBNull(13) ? null
                : row.GetString(13)),
            token);
        var closed = await ReadAsync(assault, Closed, static row => new Reach(row.GetString(0), row.GetString(0), 0,
            new(row.GetString(1), row.GetString(2)), 'r', true, false, false, [], [], 1, null), token);
        var stock = await Stock.ReadAsync(assault.Connection, open.Select(static reach => reach.Oid), token);
        foreach (var group in open.Concat(closed).GroupBy(static reach => (reach.Login, reach.Acting)))
        {
            foreach (var reach in group)
                await assault.GuardAsync(reach.Attacks, $"{reach.Name.Plain} as {reach.Login}",
                    ring => AttackAsync(assault, ring, stock, reach, token), token);
        }
    }

    static async Task AttackAsync(SchemaAssault assault, Ring ring, Stock stock, Reach reach, CancellationToken token)
    {
        var marker = await stock.PlantAsync(ring, reach.Oid, token);
        var small = marker is not null && (await ring.RowsAsync(Sql.Of($"select 1::text from {reach.Name} offset 10000 limit 1"),
            token)).Count
            == 0;
        var shots = Shots(reach, stock.Find(reach.Oid), marker, small);
        var line = marker is null ? null : await LineAsync(ring, stock.Find(reach.Oid)!, marker, token);
        var hits = await ring.AsAsync(reach.Login, async () =>
        {
            if (reach.Acting != reach.Login)
                await ring.RunAsync(Sql.Of($"set local role {new Ident(reach.Acting)}"), token);
            var all = await Volley.FireAsync(ring, [], shots, token);
            if (reach.Reads && reach.Kind != 'S')
                all.Add(await CopyOutAsync(ring, reach, token));
            if (line is not null && Writable(reach, stock.Find(reach.Oid)!) is { } columns)
                all.Add(await CopyInAsync(ring, reach, columns, line, token));
            return all;
        }, token);
        foreach (var hit in hits)
        {
            var reads = hit.Shot.Attack == SchemaAttacks.Read;
            if (hit.Through)
                assault.Tally.Broke(new(hit.Shot.Attack, reach.Login, reach.Acting, reach.Name, Seen(reach, hit),
                    hit.Shot.Statement.ToString(),
                    Fix(reach), ["TEN-G08"]));
            else if (hit.Unclear && hit.State != PostgresErrorCodes.FeatureNotSupported) // COPY says so of policies: a refusal
                assault.Tally.Unclear(hit.Shot.Attack, $"{reach.Name.Plain} as {reach.Login}",
                    $"{hit.Shot.Name}: {hit.Message} (SQLSTATE {hit.State})");
            else if (reads && hit.Rows == 0 && marker is null)
                assault.Tally.Unclear(hit.Shot.Attack, $"{reach.Name.Plain} as {reach.Login}",
                    "it may be read, has no row to show, and no marker row could be planted");
            else
                assault.Tally.Tried(hit.Shot.Attack, reach.Login);
        }
    }

    static List<Shot> Shots(Reach reach, TenantTable? table, Marker? marker, bool small)
    {
        var shots = new List<Shot>();
        if (reach.Reads)
            shots.Add(Shot.Count(SchemaAttacks.Read, "read", null, Sql.Of($"select count(*) from (select 1 from {reach.Name} limit 1) "
                + $"s")));
        if (table is null || marker is null)
            return shots;
        if (Writable(reach, table) is { } columns && Stock.Insert(table, marker, Sql.Of($"{reach.Name}"), columns) is { } insert)
            shots.Add(Shot.Change(SchemaAttacks.Write, "insert", null, insert, planted: true) with
            {
                Statement = Sql.Of($"insert into {reach.Name} ({Sql.List(columns.Select(static each => new Ident(each.Name)))}) values "
                    + $"(…)"),
            });
        // Where rows cannot be picked they are all changed, and that is tried on small tables only.
        var where = reach.ReadsAll ? Sql.Of($" where {marker.Place.Where}") : null;
        if (where is null && !small)
            return shots;
        var changes = table.Columns.Where(column => reach.Updates.Contains(column.Number) && !column.Generated
            && !column.Identity).ToList();
        if (changes.Count > 0)
        {
            var column = changes.Find(static each => !each.Unique) ?? changes[0];
            shots.Add(Shot.Change(SchemaAttacks.Write, "update", null,
                Sql.Of($"update {reach.Name} set {new Ident(column.Name)} = {marker.Values[column.Number]}{where}"), planted: true) with
            {
                Statement = Sql.Of($"update {reach.Name} set {new Ident(column.Name)} = …{where}"),
            });
        }
        if (reach.Deletes)
            shots.Add(Shot.Change(SchemaAttacks.Write, "delete", null, Sql.Of($"delete from {reach.Name}{where}")));
        return shots;
    }

    // A column left out would take its default, and a default may burn a number of a sequence.
    static List<Column>? Writable(Reach reach, TenantTable table)
    {
        var columns = table.Columns.Where(column => reach.Inserts.Contains(column.Number) && !column.Generated).ToList();
        return columns.Count == 0 || table.Columns.Any(column => (column.HasDefault || column.Identity) && !column.Generated
            && !columns.Contains(column)) ? null : columns;
    }

    static async Task<string[]?> LineAsync(Ring ring, TenantTable table, Marker marker, CancellationToken token)
    {
        var columns = table.Columns.Where(static column => !column.Generated).Select(static column => new Ident(column.Name)).ToList();
        var rows = await ring.RowsAsync(Sql.Of($"""
            select {Sql.Join(", ", columns.Select(static column
                => Sql.Of($"{column}::text")))} from {table.Name} where {marker.Place.Where}
            """), token);
        return rows is [var row] ? [.. row.Select(static value => value is null ? "\\N" : value.Replace("\\", "\\\\",
            StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal))] : null;
    }

    static async Task<Hit> CopyOutAsync(Ring ring, Reach reach, CancellationToken token)
    {
        var copy = Sql.Of($"copy (select 1 from {reach.Name} limit 1) to stdout");
        var (line, refusal) = await ring.TryAsync(async () =>
        {
            using var reader = await ring.Connection.BeginTextExportAsync(copy.ToString(), token);
            return await reader.ReadToEndAsync(token);
        }, token);
        return new(new(SchemaAttacks.Read, "copy out", null, copy, copy), refusal is null ? line!.Length > 0 ? 1 : 0 : null,
            refusal?.SqlState ?? "", refusal?.MessageText ?? "");
    }

    static async Task<Hit> CopyInAsync(Ring ring, Reach reach, List<Column> columns, string[] line, CancellationToken token)
    {
        var copy = Sql.Of($"copy {reach.Name} ({Sql.List(columns.Select(static column => new Ident(column.Name)))}) from stdin");
        var (_, refusal) = await ring.TryAsync(async () =>
        {
            await using (var writer = await ring.Connection.BeginTextImportAsync(copy.ToString(), token))
                await writer.WriteAsync(string.Join('\t', line) + "\n");
            return true;
        }, token);
        return new(new(SchemaAttacks.Write, "copy in", null, copy, copy, Planted: true), refusal is null ? 1 : null,
            refusal?.SqlState ?? "",
            refusal?.MessageText ?? "");
    }

    static string Seen(Reach reach, Hit hit) => $"as {reach.Login}{(reach.Acting == reach.Login ? "" : $", become {reach.Acting}")}: "
        + $"{hit.Shot.Name} in {reach.Name.Plain}: " + (hit.Rows is { } rows ? $"{rows} row{(rows == 1 ? "" : "s")} reached"
            : $"rights let it in, only a constraint stopped it ({hit.State})")
        + (reach.Schemas > 1 ? $"; so in {reach.Schemas} schemas" : "");

    static string Fix(Reach reach) => reach.Acting != reach.Login ? $"REVOKE {new Ident(reach.Acting)} FROM {new Ident(reach.Login)};"
        : reach.Whom is { } whom ? $"REVOKE USAGE ON SCHEMA {new Ident(reach.Name.Schema)} FROM {whom};"
        : $"-- Take from {reach.Login} the role or the ownership that opens {reach.Name.Schema} to it.";

    static async Task<List<Reach>> ReadAsync(SchemaAssault assault, CatalogQuery query, Func<NpgsqlDataReader, Reach> read,
        CancellationToken token)
    {
        var residents = assault.Neighborhood.Residents;
        await using var command = new NpgsqlCommand(query.Text, assault.Connection);
        command.Parameters.Add(Neighborhood.Oids(residents.Select(static each => each.Oid)));
        command.Parameters.Add(Neighborhood.Oids(residents.Select(static each => each.Home)));
        command.Parameters.Add(Neighborhood.Oids(assault.Neighborhood.Schemas.Keys));
        await using var rows = await command.ExecuteReaderAsync(token);
        var all = new List<Reach>();
        while (await rows.ReadAsync(token))
            all.Add(read(rows));
        return all;
    }
}

/// <summary>What a login, or a role that it can become, may do in another tenant's schema.</summary>
/// <param name="Schemas">In how many schemas it is so.</param>
/// <param name="Whom">To whom USAGE of the schema was granted so that it gets there.</param>
sealed record Reach(
    string Login, string Acting, uint Oid, QName Name, char Kind, bool Reads, bool ReadsAll, bool Deletes, IReadOnlyList<short> Inserts,
    IReadOnlyList<short> Updates, long Schemas, string? Whom)
{
    /// <summary>What is tried there.</summary>
    internal IReadOnlyList<Attack> Attacks => !Deletes && Inserts.Count == 0 && Updates.Count == 0 ? [SchemaAttacks.Read]
        : Reads ? [SchemaAttacks.Read, SchemaAttacks.Write] : [SchemaAttacks.Write];
}
