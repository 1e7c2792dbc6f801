using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>The migrations that places lack, rewritten for each model.</summary>
/// <param name="Schemas">For schemas, in order.</param>
/// <param name="Databases">For databases, in order.</param>
/// <param name="Privileges">What applications may do with tenants' tables at home, by table: tables made anew give it to the tenant's role.
/// </param>
sealed record PlaceScripts(IReadOnlyList<PlacedMigration> Schemas, IReadOnlyList<PlacedMigration> Databases,
    IReadOnlyDictionary<QName, IReadOnlyList<string>> Privileges)
{
    static readonly CatalogQuery Names = CatalogQuery.Load(typeof(PlaceScripts), "names.sql");
    static readonly CatalogQuery Grants = CatalogQuery.Load(typeof(PlaceScripts), "privileges.sql");

    /// <summary>Those that a place lacks.</summary>
    internal IEnumerable<PlacedMigration> For(TenantPlace place, string version) => (place.IsSchema ? Schemas : Databases)
        .Where(script => string.CompareOrdinal(script.Migration.Name, version) > 0);

    /// <summary>Reads whose the names are and rewrites.</summary>
    internal static async Task<PlaceScripts> MakeAsync(TenancySpec spec, NpgsqlConnection home, IReadOnlyList<HomeMigration> migrations,
        IReadOnlyList<TenantPlace> behind, CancellationToken token)
    {
        // Names that migrations made since then are learned from the migrations, so the place that is furthest behind knows the others'
        // names.
        var furthest = behind.Where(static place => place.IsSchema).MinBy(static place => place.Version, StringComparer.Ordinal);
        var homes = spec.Wanted.Tables.Select(static table => table.Schema).Distinct().ToArray();
        var atHome = await RelationsAsync(home, homes, token);
        var inPlace = furthest is null ? [] : await RelationsAsync(home, [furthest.Place], token);
        return Make(spec, migrations, behind, [.. inPlace.Select(name => name with { Schema = homes[0] })], atHome,
            await PrivilegesAsync(spec, home, token));
    }

    /// <summary>What a plan needs not know: what applications may do with each table.</summary>
    internal static IReadOnlyDictionary<QName, IReadOnlyList<string>> NoPrivileges { get; } = new Dictionary<QName,
        IReadOnlyList<string>>();

    /// <summary>Rewrites. Pure.</summary>
    internal static PlaceScripts Make(TenancySpec spec, IReadOnlyList<HomeMigration> migrations, IReadOnlyList<TenantPlace> behind,
        IReadOnlyList<QName> inPlace, IReadOnlyList<QName> atHome, IReadOnlyDictionary<QName, IReadOnlyList<string>> privileges) => new(
        Rewrite(spec, migrations, behind, schemas: true, inPlace, atHome),
        Rewrite(spec, migrations, behind, schemas: false, [], atHome), privileges);

    static IReadOnlyList<PlacedMigration> Rewrite(TenancySpec spec, IReadOnlyList<HomeMigration> migrations,
        IReadOnlyList<TenantPlace> behind,
        bool schemas, IReadOnlyList<QName> inPlace, IReadOnlyList<QName> atHome)
    {
        if (behind.Where(place => place.IsSchema == schemas).Min(static place => place.Version) is not { } from)
            return [];
        var rewriter = new PlaceRewriter(new(spec.Wanted.Tables, spec.Wanted.Shared, inPlace, atHome), schemas,
            spec.Wanted.Roles.ToHashSet(), spec.Wanted.Column);
        return [.. migrations.Where(each => string.CompareOrdinal(each.Name, from) > 0).Select(rewriter.Rewrite)];
    }

    static async Task<List<QName>> RelationsAsync(NpgsqlConnection home, string[] schemas, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Names.Text, home) { Parameters = { new() { Value = schemas } } };
        await using var rows = await command.ExecuteReaderAsync(token);
        var names = new List<QName>();
        while (await rows.ReadAsync(token))
            names.Add(new(rows.GetString(0), rows.GetString(1)));
        return names;
    }

    static async Task<Dictionary<QName, IReadOnlyList<string>>> PrivilegesAsync(TenancySpec spec, NpgsqlConnection home,
        CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Grants.Text, home);
        foreach (var value in (string[][])[[.. spec.Wanted.Tables.Select(static table => table.Schema)],
            [.. spec.Wanted.Tables.Select(static table => table.Name)], [.. spec.Wanted.Roles]])
            command.Parameters.Add(new() { Value = value });
        await using var rows = await command.ExecuteReaderAsync(token);
        var privileges = new Dictionary<QName, IReadOnlyList<string>>();
        while (await rows.ReadAsync(token))
            privileges[new(rows.GetString(0), rows.GetString(1))] = rows.GetFieldValue<string[]>(2);
        return privileges;
    }
}
