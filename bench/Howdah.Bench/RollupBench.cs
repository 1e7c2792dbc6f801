using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Patterns.Tests;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Bench;

/// <summary>A rollup by day and region after late rows: its refresh beside working all of it out anew.</summary>
static class RollupBench
{
    const int Days = 1_000;

    internal static async Task RunAsync(int rows, int rounds)
    {
        var server = await TestServer.StartOwnAsync(18);
        using var harness = new EstateHarness(server, File);
        await harness.ConvergeAsync();
        await using var db = await server.OpenAsync("shop");
        // Ten partitions of a hundred days; the rows come in at random, as the loads of some years would have left them.
        for (var i = 0; i < 10; i++)
            await RunAsync(db, $"set role shop_owner; create table dw.sales_{i} partition of dw.sales "
                + $"for values from (date '2020-01-01' + {i * 100}) to (date '2020-01-01' + {(i + 1) * 100}); reset role");
        await RunAsync(db, $"""
            insert into dw.store (store_id, region) select g, 'region ' || g % 4 from generate_series(1, 100) g;
            {Insert(0, rows, Days, 0)};
            call dw.refresh_daily();
            create table byhand (like dw.daily including all);
            create materialized view viewed as {Whole};
            create unique index on viewed (bucket, store_region);
            """, "vacuum analyze");
        var section = new Section("rollup", $"""
            ## A rollup after late rows

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- rollup {rows} {rounds}`: PostgreSQL 18 on loopback,
            {Environment.ProcessorCount} cores, without fsync; {rows:N0} sales of {Days:N0} days in ten partitions, by day and region;
            then 1 % late rows; {rounds} rounds, interleaved; medians, and medians of each round's ratio. Afterwards all three are equal.

            | the late rows lie in | `refresh_daily` | all anew: TRUNCATE, INSERT | ratio | REFRESH MATERIALIZED VIEW CONCURRENTLY | ratio |
            |---|---|---|---|---|---|
            """);
        foreach (var days in (int[])[5, 10, 50, Days])
            await MeasureAsync(db, section, rows, rounds, days);
        section.Save("bench/RESULTS.md");
        await server.StopAsync();
    }

    static int batch;

    static async Task MeasureAsync(NpgsqlConnection db, Section section, int rows, int rounds, int days)
    {
        var (ours, anew, view) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            batch++;
            await RunAsync(db, $"{Insert(batch, rows / 100, days, (batch * 37) % (Days - days + 1))}; analyze dw.sales");
            foreach (var way in (i % 3) switch { 0 => (int[])[0, 1, 2], 1 => [1, 2, 0], _ => [2, 0, 1] })
            {
                var watch = Stopwatch.StartNew();
                await RunAsync(db, way switch
                {
                    0 => "call dw.refresh_daily()",
                    1 => $"begin; truncate byhand; insert into byhand {Whole}; commit",
                    _ => "refresh materialized view concurrently viewed",
                });
                (way == 0 ? ours : way == 1 ? anew : view).Add(watch.Elapsed.TotalMilliseconds);
            }
            await using var command = new NpgsqlCommand("""
                select (select count(*) from (table dw.daily except all table byhand) x)
                     + (select count(*) from (table byhand except all table dw.daily) y)
                     + (select count(*) from (table viewed except all table byhand) z)
                """, db);
            if (await command.ExecuteScalarAsync() is not 0L)
                throw new InvalidOperationException("the rollups differ");
        }
        section.Add($"| {(days == Days ? "all" : $"{days}")} of {Days:N0} days | {Section.Median(ours):0.0} ms "
            + $"| {Section.Median(anew):0} ms | {Ratio(anew, ours):0.0} x | {Section.Median(view):0} ms | {Ratio(view, ours):0.0} x |");
    }

    static double Ratio(List<double> them, List<double> ours) => Section.Median(them.Zip(ours, static (a, b) => a / b));

    static string Insert(int batch, int rows, int days, int from) => $"""
        insert into dw.sales (sale_id, sold_on, store_id, amount, store_sk, batch)
        select {batch * 100_000_000L} + g, date '2020-01-01' + {from} + (random() * {days - 1})::int, s.store_id, g % 1000, s.sk, {batch}
        from generate_series(1, {rows}) g join dw.store s on s.store_id = g % 100 + 1
        """;

    const string Whole = """
        select f.sold_on as bucket, s.region as store_region, count(*) as row_count, sum(f.amount) as sum_amount
        from dw.sales f join dw.store s on s.sk = f.store_sk group by 1, 2
        """;

    static async Task RunAsync(NpgsqlConnection db, params string[] texts)
    {
        foreach (var sql in texts)
        {
            await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }

    static readonly string File = ShopYaml.With("""
        warehouse: {
            dimensions: { store: { key: { store_id: integer }, attributes: { region: {} } } },
            facts: { sales: { grain: [sale_id, sold_on], dates: [sold_on], degenerate: { sale_id: bigint }, dimensions: { store: store },
              measures: { amount: { type: "numeric(12,2)" } }, partition_by: sold_on } },
            rollups: { daily: { fact: sales, date: sold_on, every: day, by: [store.region], measures: { amount: sum } } } }
        """.ReplaceLineEndings(" "), "analyst: {}");
}
