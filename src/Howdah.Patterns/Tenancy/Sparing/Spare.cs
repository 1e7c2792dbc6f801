using Howdah.Engine.Catalogs;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Placing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Sparing;

/// <summary>A database that was made ahead: a copy of the template that nobody may connect to, until a tenant takes it.</summary>
static class Spare
{
    internal static readonly CatalogQuery Faults = CatalogQuery.Load(typeof(Spare), "fault.sql");

    /// <summary>The servers on which they are kept.</summary>
    internal static IReadOnlyList<string> Servers(TenancySpec spec) =>
        spec.Wanted.Servers is { Count: > 0 } servers ? servers : [spec.Server];

    /// <summary>Takes one of the structure of today off the shelf, within the caller's transaction; null where there is none.</summary>
    internal static async Task<string?> TakeAsync(TenancySpec spec, string server, Structure structure, NpgsqlConnection home,
        CancellationToken token) =>
        await Run.ScalarAsync(home, "select pg_catalog.to_regclass('howdah.tenant_spares') is not null", token) is not true ? null
        : await Run.ScalarAsync(home, """
            delete from howdah.tenant_spares where place = (select place from howdah.tenant_spares
              where coalesce(server, $1) = $2 and structure = $3 order by begun, place limit 1 for update skip locked)
            returning place
            """, token, spec.Server, server, TemplateDatabase.StructureOf(structure)) as string;

    /// <summary>What is wrong with one; null where nothing is.</summary>
    /// <param name="maintenance">A connection to the maintenance database of its server.</param>
    /// <param name="name">The database.</param>
    /// <param name="owner">Who must own it.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<string?> FaultAsync(NpgsqlConnection maintenance, string name, string owner, CancellationToken token) =>
        await Run.ScalarAsync(maintenance, Faults.Text, token, (string[])[name], owner) as string;
}
