using Howdah.Engine;
using Howdah.Patterns.Data;
using Howdah.Patterns.Databases;
using Howdah.Patterns.Grants;
using Howdah.Patterns.Migrations;
using Howdah.Patterns.Partitions;
using Howdah.Patterns.Pipelines;
using Howdah.Patterns.Queries;
using Howdah.Patterns.Roles;
using Howdah.Patterns.Schemas;
using Howdah.Patterns.Tenancy;
using Howdah.Patterns.Warehouse;

namespace Howdah.Patterns;

/// <summary>Every pattern that ships; their order is the order of work.</summary>
public static class Builtin
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Pattern> All { get; } =
    [
        RolesPattern.Value,
        DatabasesPattern.Value,
        SchemasPattern.Value,
        DefaultsPattern.Value,
        MigrationsPattern.Value,
        WarehousePattern.Value,
        PartitionsPattern.Value,
        PipelinesPattern.Value,
        TenancyPattern.Value,
        GrantsPattern.Value,
        DataPattern.Value,
        QueriesPattern.Value,
    ];
}
