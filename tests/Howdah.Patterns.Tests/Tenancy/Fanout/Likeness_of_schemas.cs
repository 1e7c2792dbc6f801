using Howdah.Engine.Catalogs;
using Howdah.Patterns.Tenancy.Fanout;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Fanout;

/// <summary>The numbers by which schemas are told alike differ wherever anything that counts does, with parallel workers and without.
/// </summary>
public sealed class Likeness_of_schemas
{
    static readonly string Query = CatalogQuery.Load(typeof(FanoutInspector), "likeness.sql").Text;

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Ends_with_any_change_of_what_counts(int major)
    {
        using var tenants = await Tenants.OpenAsync(major, schemas: 2);
        await tenants.Estate.ConvergeAsync();
        await tenants.Server.ExecuteAsync(string.Concat(((string[])["1", "2"]).Select(static i => $"""
            create function app.f{i}() returns trigger language plpgsql as 'begin return new; end';

            """)) + string.Concat(((int[])[1, 2]).Select(static i => $"""
            create trigger touch before insert on {Tenants.Place(i)}.orders for each row execute function app.f1();
            create index named on {Tenants.Place(i)}.orders (what);
            create index box on {Tenants.Place(i)}.orders using gist (to_tsvector('english', what) tsvector_ops (siglen = 32));

            """)), Tenants.Database);
        await using var connection = await tenants.Server.OpenAsync(Tenants.Database);
        await ExecuteAsync(connection, "set max_parallel_workers_per_gather = 0");
        var (one, two) = await ReadAsync(connection);
        Assert.Equal(one, two);
        foreach (var change in (string[])[
            "alter table P.orders owner to current_user", "alter table P.orders set (fillfactor = 50)", "alter table P.lines set unlogged",
            "alter table P.orders replica identity full", "revoke insert on P.orders from P", "grant truncate on P.orders to P",
            "grant select on P.orders to public", "alter table P.orders rename to other", "drop table P.lines",
            "alter table P.orders add extra integer", "alter table P.orders drop column what", "alter table P.orders rename what to which",
            "alter table P.orders alter what type varchar(9)", "alter table P.orders alter what set not null",
            "alter table P.orders alter what set default 'y'", "alter table P.orders alter what drop default",
            "alter table P.orders alter what type text collate \"C\"", "alter table P.lines alter n set generated always",
            "alter table P.lines alter n drop identity", "alter table P.orders drop constraint orders_what",
            "alter table P.orders drop constraint orders_what, add constraint orders_what check (what <> 'z')",
            "alter table P.orders drop constraint orders_what, add constraint orders_what check (what <> '') not valid",
            "alter table P.orders rename constraint orders_what to other", "alter table P.orders add unique (what)",
            "alter table P.lines alter constraint lines_order deferrable",
            "alter table P.lines drop constraint lines_order, add constraint lines_order foreign key (tenant_id, order_id) "
                + "references P.orders on delete cascade",
            "alter table P.lines drop constraint lines_order, add constraint lines_order foreign key (tenant_id, order_id) "
                + "references app.orders",
            "drop index P.named", "drop index P.named; create index named on P.orders (what desc)",
            "drop index P.named; create index named on P.orders (what) where what <> ''",
            "drop index P.named; create index named on P.orders (upper(what))",
            "drop index P.named; create unique index named on P.orders (what)",
            "drop index P.named; create index named on P.orders (what text_pattern_ops)",
            "drop index P.named; create index named on P.orders using hash (what)", "alter index P.named set (fillfactor = 50)",
            "alter index P.named rename to other", "update pg_index set indisvalid = false where indexrelid = 'P.named'::regclass",
            "drop trigger touch on P.orders", "alter table P.orders disable trigger touch",
            "alter trigger touch on P.orders rename to other",
            "create or replace trigger touch before insert on P.orders for each row execute function app.f2()",
            "create or replace trigger touch before insert or update on P.orders for each row execute function app.f1()",
            "create or replace trigger touch before insert on P.orders for each row when (new.what = '') execute function app.f1()",
            "alter table P.orders enable row level security", "alter table P.orders force row level security",
            "create policy few on P.orders using (what <> 'x')", "create rule quiet as on delete to P.orders do instead nothing",
            "drop index P.box; create index box on P.orders using gist (to_tsvector('english', what) tsvector_ops (siglen = 64))",
            "create trigger another after delete on P.orders for each row execute function app.f1()"])
        {
            foreach (var workers in (int[])[0, 2])
            {
                // With nothing to start a worker and nothing to pass a row, the server takes workers for the smallest table.
                await ExecuteAsync(connection, $"begin; set local max_parallel_workers_per_gather = {workers}; "
                    + "set local parallel_setup_cost = 0; set local parallel_tuple_cost = 0; set local min_parallel_table_scan_size = 0; "
                    + change.Replace("P", Tenants.Place(2), StringComparison.Ordinal));
                var (still, changed) = await ReadAsync(connection);
                Assert.True(still == one, $"with {workers} workers, {change} changed the other schema's number");
                Assert.True(changed != two, $"with {workers} workers, {change} is not in the number");
                await ExecuteAsync(connection, "rollback");
            }
        }
    }

    static async Task<(string One, string Two)> ReadAsync(NpgsqlConnection connection)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("select set_config('search_path', '', true)"));
        batch.BatchCommands.Add(new(Query)
        {
            Parameters =
            {
                new() { Value = (string[])[Tenants.Place(1), Tenants.Place(2)] }, new() { Value = (string[])["orders", "lines"] },
                new() { Value = "tenant_id" },
            },
        });
        await using var rows = await batch.ExecuteReaderAsync();
        await rows.NextResultAsync();
        var numbers = new Dictionary<string, string>();
        while (await rows.ReadAsync())
            numbers[rows.GetString(0)] = rows.GetString(1);
        return (numbers[Tenants.Place(1)], numbers[Tenants.Place(2)]);
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
