using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>All that a warehouse is in the database, in the order in which it is made.</summary>
static class WarehouseParts
{
    internal static IReadOnlyList<Part> For(WarehouseSpec spec, bool exclusion)
    {
        var schema = spec.Wanted.Schema;
        var users = spec.Wanted.Readers.Concat(spec.Wanted.Loaders).Distinct().ToList();
        return
        [
            new($"schema {schema}", spec.Owner, $"owner {spec.Owner}",
                [Sql.Of($"create schema {new Ident(schema)} authorization {new Ident(spec.Owner)}")]) { Owns = new("schema", schema) },
            Privileges.Of(spec, "schema", schema, users, "usage", Sql.Of($"{new Ident(schema)}"))
                with { Key = $"grant schema {schema}" },
            .. exclusion ? [new Part("extension btree_gist", "", "lets versions be told apart by key and time",
                [Sql.Of($"create extension if not exists btree_gist schema {new Ident(schema)}")])] : (Part[])[],
            .. Log(spec),
            .. spec.Wanted.Calendar is { } calendar ? CalendarParts.For(spec, calendar) : [],
            .. spec.Wanted.Facts.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .SelectMany(each => FactParts.For(spec, each.Key, each.Value)),
            .. spec.Wanted.Dimensions.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .SelectMany(each => DimensionParts.For(spec, each.Key, each.Value, exclusion)),
            .. spec.Wanted.Bridges.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .SelectMany(each => BridgeParts.For(spec, each.Key, each.Value)),
            .. spec.Wanted.Facts.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .SelectMany(each => FactParts.Keys(spec, each.Key, each.Value)),
            .. spec.Wanted.Facts.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .SelectMany(each => RollupRetired.For(spec, each.Key, each.Value)),
            .. spec.Wanted.Rollups.OrderBy(static each => each.Key, StringComparer.Ordinal)
                .SelectMany(each => RollupParts.For(spec, each.Key, each.Value)),
        ];
    }

    static IEnumerable<Part> Log(WarehouseSpec spec)
    {
        var table = new TableParts(spec, "load_log");
        yield return table.Table("what each load read, loaded, left and refused", Sql.Of($"""
            create table {spec.Name("load_log")} (
              id bigint generated always as identity primary key,
              batch bigint not null,
              target text not null,
              rows_read bigint not null,
              rows_loaded bigint not null,
              rows_unchanged bigint not null,
              rows_quarantined bigint not null,
              repointed bigint not null,
              inferred bigint not null default 0,
              measures jsonb,
              at timestamptz not null default pg_catalog.clock_timestamp()
            )
            """));
        yield return table.Column("inferred", "bigint") with
        {
            Sql = [Sql.Of($"alter table {spec.Name("load_log")} add column inferred bigint not null default 0")],
        };
        yield return table.Index("load_log_batch", "finds the loads of a batch", Sql.Of($"(batch, target)"));
        yield return table.Grants();
    }
}
