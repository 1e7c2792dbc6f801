using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Patterns.Tests;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Bench;

/// <summary>A fact with three dimensions, loaded with and without foreign keys: what checking each row costs; and alone, when its
/// indexes are built afterwards.</summary>
static class FactBench
{
    internal static async Task RunAsync(int rows, int rounds)
    {
        var server = await TestServer.StartOwnAsync(18);
        using var harness = new EstateHarness(server, File);
        await harness.ConvergeAsync();
        await using var db = await server.OpenAsync("shop");
        await RunAsync(db, $"""
            insert into dw.customer (customer_id) select g from generate_series(1, 100000) g;
            insert into dw.product (product_id) select g from generate_series(1, 1000) g;
            insert into dw.store (store_id) select g from generate_series(1, 100) g;
            create table staged as select g::bigint as sale_id, date '2020-01-01' + g % 1000 as sold_on, 1 + g % 100000 as customer_id,
              1 + g % 1000 as product_id, 1 + g % 100 as store_id, (g % 1000)::numeric(12,2) as amount from generate_series(1, {rows}) g;
            grant select on staged to shop_owner;
            """, "vacuum analyze");
        (string Fact, string Alone, List<double> Times)[] ways = [("plain", "off", []), ("keyed", "off", []), ("plain", "on", []),
            ("keyed", "on", [])];
        for (var i = 0; i < rounds; i++)
        {
            foreach (var (fact, alone, times) in ways)
            {
                await RunAsync(db, $"truncate dw.{fact}; checkpoint", $"set howdah.alone = '{alone}'");
                var watch = Stopwatch.StartNew();
                await RunAsync(db, $"call dw.load_{fact}('staged', {i})");
                times.Add(watch.Elapsed.TotalSeconds);
            }
        }
        var section = new Section("fact", $"""
            ## The first load of a fact, its indexes and foreign keys

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- fact {rows} {rounds}`: PostgreSQL 18 on loopback,
            {Environment.ProcessorCount} cores, without fsync; {rows:N0} rows with three dimensions (100,000, 1,000 and 100 members) and all
            indexes of the star, into an empty table; {rounds} rounds, interleaved; medians, and the median of each round's ratio.

            | `load_NAME` | seconds | |
            |---|---|---|
            """);
        foreach (var (fact, alone, times) in ways)
            section.Add($"| {(fact == "plain" ? "without foreign keys" : "with `foreign_keys: true`")}{(alone == "on" ? ", alone" : "")} "
                + $"| {Section.Median(times):0.0} | {Section.Median(times.Zip(ways[0].Times, static (a, b) => a / b)):0.0} x |");
        section.Save("bench/RESULTS.md");
        await server.StopAsync();
    }

    static async Task RunAsync(NpgsqlConnection db, params string[] texts)
    {
        foreach (var sql in texts)
        {
            await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }

    const string Fact = "grain: [sale_id], dates: [sold_on], degenerate: { sale_id: bigint }, "
        + "dimensions: { customer: customer, product: product, store: store }, measures: { amount: { type: \"numeric(12,2)\" } }";

    static readonly string File = ShopYaml.With($$"""
        warehouse: {
            dimensions: { customer: { key: { customer_id: integer } }, product: { key: { product_id: integer } },
              store: { key: { store_id: integer } } },
            facts: { plain: { {{Fact}} }, keyed: { foreign_keys: true, {{Fact}} } } }
        """.ReplaceLineEndings(" "), "analyst: {}");
}
