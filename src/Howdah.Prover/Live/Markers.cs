using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>
/// Sets the stakes on a table as a superuser: copies a row of the table for two tenants, or makes one up where it is empty; where that
/// is not let in (a CHECK, an exotic type), takes rows that are there. All of it is rolled back.
/// </summary>
static class Markers
{
    /// <summary>Sets them; null with the reason where no row can be had.</summary>
    internal static async Task<(Stake? Stake, string? Why)> SetAsync(Ring ring, TenantTable table, string? self, CancellationToken token)
    {
        var name = Sql.Of($"{table.Name}");
        var seen = await SeenAsync(ring, table, token);
        var template = seen.Count > 0;
        var told = ring.Entrance.Tenants;
        var a = self ?? (told.Count > 1 ? told[0] : seen.Count > 1 ? seen[0] : Values.Tenant(table.TenantColumn, 'a'));
        var b = (told.Count > 1 && self is null ? told[1] : seen.LastOrDefault(value
            => value != a)) ?? Values.Tenant(table.TenantColumn, 'b');
        if (a is null || b is null)
            return (null, $"no value of type {table.TenantColumn.Type} can be made up");
        // A's row first: attacks that walk from row to row meet their own before the other's.
        var own = await PlantAsync(ring, table, a, template, 1, token) ?? await FindAsync(ring, table, a, token);
        var foreign = await PlantAsync(ring, table, b, template, 2, token) ?? await FindAsync(ring, table, b, token);
        if (foreign is null)
            return (null, "it has no row of a second tenant, and none could be made up");
        var open = table.Columns.Where(static each => !each.Generated).ToList();
        var list = Sql.Join(", ", open.Select(static each => Sql.Of($"pg_catalog.quote_nullable({new Ident(each.Name)}::text)")));
        var row = (await ring.RowsAsync(Sql.Of($"select {list} from {name} where {foreign.Where}"), token)).Single();
        var values = new Dictionary<short, Sql>();
        for (var i = 0; i < open.Count; i++)
            values[open[i].Number] = Sql.Of($"{Sql.Written(row[i]!)}::{Sql.Written(open[i].Type)}");
        var few = await ring.RowsAsync(Sql.Of($"select 1::text from {name} offset 10000 limit 1"), token);
        return (new(a, own, b, foreign, values, few.Count == 0, ring.Entrance.For(a))
        {
            ContextB = ring.Entrance.For(b),
        }, null);
    }

    // Not more than a page or two is read: it is enough to know one tenant that is there.
    static async Task<List<string>> SeenAsync(Ring ring, TenantTable table, CancellationToken token) => (await ring.RowsAsync(Sql.Of($"""
        select distinct t from (select {new Ident(table.TenantColumn.Name)}::text from {table.Name} limit 1000) s(t)
        where t <> '' order by t limit 3
        """), token)).ConvertAll(static row => row[0]!);

    /// <summary>A tenant to be attacked; null where none is there and none can be made up.</summary>
    internal static async Task<string?> OtherAsync(Ring ring, TenantTable table, CancellationToken token) =>
        ring.Entrance.Tenants is [_, var told] ? told
            : (await SeenAsync(ring, table, token)).LastOrDefault() ?? Values.Tenant(table.TenantColumn, 'b');

    /// <summary>Plants a row of a tenant with given values in some of its columns; null where it is not let in.</summary>
    internal static async Task<Place?> PlantAsync(Ring ring, TenantTable table, string tenant, IReadOnlyDictionary<short, string> given,
        CancellationToken token) =>
        // What a row of its own points at is its own, too. Its rows are among the first ones: that is where it was seen.
        await InsertAsync(ring, table, tenant, template: true, 2, given, token, Sql.Of($"""
            where {new Ident(table.TenantColumn.Name)} = {new Literal(tenant)}::{Sql.Written(table.TenantColumn.Type)}
            """)) ?? await InsertAsync(ring, table, tenant, template: false, 2, given, token);

    internal static async Task<Place?> PlantAsync(Ring ring, TenantTable table, string tenant, bool template, int number,
        CancellationToken token)
    {
        // Rows of foreign tables have no place, and what is written to another server is not ours to undo.
        if (table.Kind == 'f')
            return null;
        var place = await InsertAsync(ring, table, tenant, template, number, new Dictionary<short, string>(), token);
        // What its constraints name is what they may let in.
        return place is not null || template ? place
            : await InsertAsync(ring, table, tenant, template, number, await Named.FindAsync(ring, table, token), token);
    }

    static async Task<Place?> InsertAsync(Ring ring, TenantTable table, string tenant, bool template, int number,
        IReadOnlyDictionary<short, string> named, CancellationToken token, Sql? where = null)
    {
        var columns = table.Columns.Where(static column => !column.Generated).ToList();
        var pieces = new List<Sql>();
        foreach (var column in columns)
        {
            var type = Sql.Written(column.Type);
            if (column.Number == table.TenantColumn.Number)
                pieces.Add(Sql.Of($"{new Literal(tenant)}::{type}"));
            else if (named.GetValueOrDefault(column.Number) is { } value)
                pieces.Add(Sql.Of($"{new Literal(value)}::{type}"));
            else if (Values.Fresh(column, number) is { } fresh && (column.Unique || !template && column.NotNull && !column.Harmless))
                pieces.Add(Sql.Of($"{new Literal(fresh)}::{type}"));
            else if (!template && column.Harmless)
                pieces.Add(Sql.Of($"default"));
            else
                pieces.Add(template ? Sql.Of($"{new Ident(column.Name)}") : Sql.Of($"null"));
        }
        var into = Sql.List(columns.Select(static column => new Ident(column.Name)));
        var values = Sql.Join(", ", pieces);
        var from = template ? Sql.Of($"select {values} from {table.Name} {where} limit 1") : Sql.Of($"values ({values})");
        var (rows, _) = await ring.TryAsync(() => ring.RowsAsync(Sql.Of($"""
            insert into {table.Name} ({into}) overriding system value {from}
            returning tableoid::text, ctid::text
            """), token), token);
        return rows is [[var oid, var tid]] ? new(oid!, tid!, Made: true) : null;
    }

    internal static async Task<Place?> FindAsync(Ring ring, TenantTable table, string tenant, CancellationToken token)
    {
        var (rows, _) = await ring.TryAsync(() => ring.RowsAsync(Sql.Of($"""
            select tableoid::text, ctid::text from {table.Name}
            where {new Ident(table.TenantColumn.Name)} = {new Literal(tenant)}::{Sql.Written(table.TenantColumn.Type)} limit 1
            """), token), token);
        return rows is [[var oid, var tid]] ? new(oid!, tid!) : null;
    }
}
