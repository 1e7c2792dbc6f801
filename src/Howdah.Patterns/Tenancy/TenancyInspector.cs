using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Leaves;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Sparing;

namespace Howdah.Patterns.Tenancy;

static class TenancyInspector
{
    static readonly CatalogQuery Tables = CatalogQuery.Load(typeof(TenancyInspector), "tables.sql");
    static readonly CatalogQuery Policies = CatalogQuery.Load(typeof(TenancyInspector), "policies.sql");
    static readonly CatalogQuery Keys = CatalogQuery.Load(typeof(TenancyInspector), "keys.sql");
    static readonly CatalogQuery Signing = CatalogQuery.Load(typeof(TenancyInspector), "signing.sql");
    static readonly CatalogQuery Closed = CatalogQuery.Load(typeof(TenancyInspector), "closed.sql");
    static readonly CatalogQuery Parts = CatalogQuery.Load(typeof(TenancyInspector), "parts.sql");

    static async Task<bool> KeyedAsync(TenancySpec spec, Catalog catalog, bool there, CancellationToken token)
    {
        if (!spec.Wanted.Signed || !there || catalog.Secrets is not { } secrets)
            return true;
        var seen = await catalog.QueryAsync(Signing, static row => row.GetString(0), token);
        return seen is [var only] && only == TenantKey.Of(secrets, spec).Fingerprint;
    }

    internal static async Task<TenancyFacts> InspectAsync(TenancySpec spec, Catalog catalog, CancellationToken token)
    {
        var schemas = spec.Wanted.Tables.Select(table => table.Schema).Distinct().Order(StringComparer.Ordinal).ToArray();
        var tables = await catalog.QueryAsync(Tables, static row => (Name: new QName(row.GetString(0), row.GetString(1)),
            Facts: new TableFacts(row.GetBoolean(2), row.GetBoolean(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetBoolean(5),
                row.GetBoolean(6), row.GetBoolean(7), row.GetBoolean(8))),
            token, schemas, spec.Wanted.Column, spec.Wanted.Tables.Select(table => table.Schema).ToArray(),
            spec.Wanted.Tables.Select(table => table.Name).ToArray());
        var policies = await catalog.QueryAsync(Policies, static row => new PolicyFacts(
            new(row.GetString(0), row.GetString(1)), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetFieldValue<string[]>(5),
            row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7)), token, [schemas]);
        var keys = await catalog.QueryAsync(Keys, static row => new KeyFacts(
            new(row.GetString(0), row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4)), token, schemas,
                spec.Wanted.Column);
        var parts = await catalog.QueryAsync(Parts, static row => (Name: row.GetString(0),
            Facts: new PartFacts(row.GetString(1), row.GetFieldValue<string[]>(2))), token, spec.Owner, spec.Group);
        // A registry of an earlier version does not know of placements: there everybody is served at home.
        var known = parts.Any(static part => part.Name == RegistryTables.Tenants.Key
            && part.Facts.Definition == RegistryTables.Tenants.Expected);
        var closed = known ? await catalog.QueryAsync(Closed, static row => row.GetGuid(0), token) : [];
        return new(catalog.Exists, catalog.Server.IsSuperuser, tables.ToDictionary(row => row.Name, row => row.Facts), policies, keys,
            parts.ToDictionary(row => row.Name, row => row.Facts),
            policies.Where(policy => catalog.Owned.Contains("policy", policy.Table.Schema, policy.Table.Name, policy.Name))
                .Select(policy => (policy.Table, policy.Name)).ToHashSet(),
            catalog.Server.User, closed, await KeyedAsync(spec, catalog, parts.Any(static part =>
                part.Name == RegistryTables.Signing.Key), token))
        {
            Places = await FanoutInspector.InspectAsync(spec, catalog, token),
            Spares = await SparesInspector.InspectAsync(catalog, parts.Any(static part => part.Name == RegistryTables.Spares.Key), token),
            Leaves = known ? await LeavesInspector.InspectAsync(spec, catalog, token) : LeavesFacts.None,
        };
    }
}
