using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// Which migration ran in which place: <c>howdah.tenant_versions</c>, written in the transaction of the migration itself. A tenant's
/// database
/// has that table too; its rows are the truth there, and home's are their mirror.
/// </summary>
static class PlaceVersions
{
    static readonly CatalogQuery Places = CatalogQuery.Load(typeof(PlaceVersions), "places.sql");
    static readonly CatalogQuery Migrations = CatalogQuery.Load(typeof(PlaceVersions), "migrations.sql");

    /// <summary>Makes the table in a tenant's database.</summary>
    internal static Sql Table { get; } = Sql.Of($"""
        do $howdah$ begin
          if pg_catalog.to_regclass('howdah.tenant_versions') is null then
            create schema if not exists howdah;
            create table howdah.tenant_versions (
              place text not null,
              version text not null,
              hash text not null default '',
              applied timestamptz not null default pg_catalog.now(),
              primary key (place, version)
            );
          end if;
        end $howdah$
        """);

    /// <summary>Records that a migration ran in a place.</summary>
    internal static Sql Record(string place, HomeMigration migration) => Sql.Of($"""
        insert into howdah.tenant_versions (place, version, hash)
        values ({new Literal(place)}, {new Literal(migration.Name)}, {new Literal(migration.Checksum)}) on conflict do nothing
        """);

    /// <summary>Records that a new place is as home is now: nothing that ran at home runs there.</summary>
    internal static Sql Begin(string place) => Sql.Of($"""
        do {new DollarQuoted(Sql.Of($"""

            declare
              latest pg_catalog.text := '';
            begin
              if pg_catalog.to_regclass('howdah.tenant_versions') is null then
                return;
              end if;
              if pg_catalog.to_regclass('howdah.migrations') is not null then
                select coalesce(max(name collate {new Ident("C")}), '') into latest from howdah.migrations;
              end if;
              insert into howdah.tenant_versions (place, version) values ({new Literal(place)}, latest) on conflict do nothing;
            end

            """).ToString())}
        """);

    /// <summary>The migrations that ran at home.</summary>
    internal static async Task<IReadOnlyList<HomeMigration>> AtHomeAsync(NpgsqlConnection home, CancellationToken token)
    {
        await using var present = new NpgsqlCommand("select pg_catalog.to_regclass('howdah.migrations') is not null", home);
        if (await present.ExecuteScalarAsync(token) is not true)
            return [];
        await using var command = new NpgsqlCommand(Migrations.Text, home);
        await using var rows = await command.ExecuteReaderAsync(token);
        var found = new List<HomeMigration>();
        while (await rows.ReadAsync(token))
            found.Add(new(rows.GetString(0), rows.GetString(1), rows.GetString(2)));
        return found;
    }

    /// <summary>All places, by their tenants' names.</summary>
    internal static async Task<IReadOnlyList<TenantPlace>> ReadAsync(TenancySpec spec, NpgsqlConnection home, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(Places.Text, home);
        await using var rows = await command.ExecuteReaderAsync(token);
        var places = new List<TenantPlace>();
        while (await rows.ReadAsync(token))
            places.Add(Row(spec, rows));
        return places;
    }

    internal static TenantPlace Row(TenancySpec spec, NpgsqlDataReader row)
    {
        var (place, schema) = (row.GetString(5), row.GetString(3) == TenantRegistry.NameOf(TenancyModel.Schemas));
        return new(row.GetGuid(0), row.GetString(1), new(schema ? TenancyModel.Schemas : TenancyModel.Databases,
            row.IsDBNull(4) ? spec.Server : row.GetString(4), schema ? spec.Database : place, place), row.GetString(6), row.GetBoolean(7),
            row.GetBoolean(8));
    }

    /// <summary>What a tenant's database says of itself.</summary>
    internal static async Task<string> InsideAsync(NpgsqlConnection inside, string place, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select coalesce(max(version collate \"C\"), '') from howdah.tenant_versions where place = $1",
            inside);
        command.Parameters.Add(new() { Value = place });
        return (string)(await command.ExecuteScalarAsync(token))!;
    }
}
