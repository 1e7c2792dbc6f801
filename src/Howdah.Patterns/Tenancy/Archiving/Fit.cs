using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Archiving;

/// <summary>Whether what is archived fits into the tables there are: by names of tables and columns, and equal types.</summary>
static class Fit
{
    static readonly CatalogQuery Unfilled = CatalogQuery.Load(typeof(Fit), "unfilled.sql");

    /// <summary>Compares with the tables at home, which are the model of every place.</summary>
    /// <exception cref="ArchiveException">It does not fit; the message names every table and column.</exception>
    internal static async Task CheckAsync(TenancySpec spec, ArchiveManifest manifest, NpgsqlConnection home, CancellationToken token)
    {
        var problems = new List<string>();
        var tables = await AtAsync(spec, home, static table => table, manifest, token);
        var needed = new HashSet<(int, string)>();
        await using (var command = Tables.Asking(home, Unfilled, tables.Select(static table => table.Home)))
        {
            await using var rows = await command.ExecuteReaderAsync(token);
            while (await rows.ReadAsync(token))
                needed.Add((rows.GetInt32(0) - 1, rows.GetString(1)));
        }
        foreach (var table in manifest.Tables.Where(table => !tables.Any(there => there.Home.Plain == table.Plain)))
            problems.Add($"{table.Plain} is not a tenant's table here");
        foreach (var (there, i) in tables.Select(static (table, i) => (table, i)))
            if (manifest.Tables.FirstOrDefault(table => table.Plain == there.Home.Plain) is { } table)
                problems.AddRange(Columns(spec, table, there,
                    [.. needed.Where(each => each.Item1 == i).Select(static each => each.Item2)]));
        if (problems.Count > 0)
            throw new ArchiveException($"the archive does not fit into {spec.Database}: {string.Join("; ", problems)}");
    }

    static IEnumerable<string> Columns(TenancySpec spec, ArchivedTable table, MovedTable there, IReadOnlyList<string> needed)
    {
        if (table.Columns[0].Name != spec.Wanted.Column)
            yield return $"{table.Plain} has the tenant column {table.Columns[0].Name} in the archive and {spec.Wanted.Column} here";
        if (table.Columns.DistinctBy(static column => column.Name).Count() != table.Columns.Count
            || table.Key.Count == 0 || table.Key.Any(key => !table.Columns.Any(column => column.Name == key)))
            yield return $"{table.Plain} names its columns in a way that no export does";
        foreach (var column in table.Columns)
            if (there.Columns.FirstOrDefault(each => each.Name == column.Name) is not { } here)
                yield return $"{table.Plain} has no column {column.Name} here";
            else if (here.Generated)
                yield return $"{table.Plain}.{column.Name} is computed here and stored in the archive";
            else if (here.Type != column.Type)
                yield return $"{table.Plain}.{column.Name} is {column.Type} in the archive and {here.Type} here";
        foreach (var name in needed.Where(name => !table.Columns.Any(column => column.Name == name)))
            yield return $"{table.Plain}.{name} must have a value here, and the archive has none";
    }

    /// <summary>The tables of an archive where they are to go, with their columns in the archive's order.</summary>
    internal static async Task<IReadOnlyList<MovedTable>> TargetsAsync(TenancySpec spec, ArchiveManifest manifest, TenantGround ground,
        NpgsqlConnection connection, CancellationToken token)
    {
        var there = await AtAsync(spec, connection, ground.Table, manifest, token);
        return [.. there.Where(table => manifest.Tables.Any(each => each.Plain == table.Home.Plain)).Select(table =>
        {
            var archived = manifest.Tables.First(each => each.Plain == table.Home.Plain);
            return table with { Columns = [.. archived.Columns.Select(column => table[column.Name])], Key = archived.Key };
        })];
    }

    static async Task<IReadOnlyList<MovedTable>> AtAsync(TenancySpec spec, NpgsqlConnection connection, Func<QName, QName> place,
        ArchiveManifest manifest, CancellationToken token) => await Tables.ReadAsync(connection, spec.Wanted.Column,
            [.. spec.Wanted.Tables.Select(table => (table, place(table), place(table)))], asAtHome: false, token);
}
