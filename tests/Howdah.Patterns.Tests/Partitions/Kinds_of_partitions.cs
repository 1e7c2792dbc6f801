using System.Globalization;
using Howdah.Engine.Proving;
using Howdah.Patterns.Partitions.Retiring;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions;

public sealed class Kinds_of_partitions
{
    public static TheoryData<int> Versions => [18, 15];

    const string Ranges = """
        create table app.readings (id bigint generated always as identity, v int, primary key (id)) partition by range (id);
        create table app.clicks (id uuid primary key, note text) partition by range (id)
        """;

    static string RangesYaml(string more = "", string clicks = "") => ShopYaml.With("schemas: [app], migrations: migrations/, "
        + "partitions: { "
        + $"app.readings: {{ by: id, step: 1000, premake: 2{more} }}, "
        + $"app.clicks: {{ by: id, as: uuidv7, every: month, zone: Europe/Madrid, premake: 2, from: {From}{clicks} }} }}");

    static string From => DateTime.UtcNow.AddMonths(-8).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // PostgreSQL before 18 makes none of its own.
    const string Uuid = """
        create function app.v7(at timestamptz) returns uuid language sql as $$
          select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7abc8' || substr(md5(random()::text), 1, 15))::uuid $$
        """;

    static async Task<UpkeepReport> UpkeepAsync(EstateHarness estate)
    {
        var session = await estate.OpenAsync();
        return await PartitionUpkeep.RunAsync(session, session.Estate.Databases[0], new(), CancellationToken.None);
    }

    static async Task<string[]> BrokenAsync(EstateHarness estate) => [.. (await estate.ProveAsync())
        .Where(static finding => finding.Pattern == "partitions" && finding.Verdict != Verdict.Held)
        .Select(static finding => $"{finding.Attack.Id} {finding.Target}").Order(StringComparer.Ordinal)];

    static Task<string?> LeavesAsync(EstateHarness estate, string table) => estate.Server.ScalarAsync<string>($"""
        select string_agg(substr(c.relname, {table.Length - 3}), ' ' order by c.oid)
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = '{table}'::regclass
        """, "shop");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Ranges_of_numbers_and_of_uuids_are_made_ahead_proved_and_retired(int major)
    {
        using var estate = new EstateHarness(await TestServer.StartOwnAsync(major), RangesYaml());
        estate.Write("migrations/0001_tables.sql", Ranges);
        await estate.ConvergeAsync();
        Assert.Empty(await BrokenAsync(estate));
        Task RunAsync(string sql) => estate.Server.ExecuteAsync(sql, "shop");

        // Numbers: ahead of what rows, or the sequence, have come to.
        Assert.Equal("_p0 _p1000 _p2000", await LeavesAsync(estate, "app.readings"));
        await RunAsync("insert into app.readings (v) select n from generate_series(1, 2500) n");
        Assert.Equal(["partition app.readings_p3000", "partition app.readings_p4000"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Object));
        await estate.ConvergeAsync();
        await RunAsync("select setval('app.readings_id_seq', 6200)");
        await estate.ConvergeAsync();
        Assert.EndsWith("_p7000 _p8000", await LeavesAsync(estate, "app.readings"), StringComparison.Ordinal);
        await RunAsync("insert into app.readings (v) select n from generate_series(1, 100) n");

        // UUIDs: bounds are UUIDs of the month's beginning in Madrid.
        await RunAsync(Uuid);
        await RunAsync("insert into app.clicks select app.v7(t) from generate_series("
            + "date_trunc('month', now() at time zone 'Europe/Madrid') at time zone 'Europe/Madrid' - interval '7 months', "
            + "now() + interval '1 month', '6 hours') t");
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>("""
            select count(*) from app.clicks where tableoid::regclass::text <> 'app.clicks_p' || to_char(
              to_timestamp(('x' || substr(translate(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)
              at time zone 'Europe/Madrid', 'YYYYMM')
            """, "shop"));

        // Each proof catches its mutant, and apply mends what can be.
        foreach (var (mutant, proof) in ((string, string)[])
            [("alter table app.readings detach partition app.readings_p8000", "PAR-13 app.readings"),
             ("alter table app.readings detach partition app.readings_p4000", "PAR-13 app.readings"),
             ($"alter table app.clicks detach partition app.clicks_p{DateTime.UtcNow:yyyyMM}", "PAR-13 app.clicks")])
        {
            await RunAsync(mutant);
            Assert.Equal([proof], await BrokenAsync(estate));
            await estate.ConvergeAsync();
            Assert.Empty(await BrokenAsync(estate));
        }
        await RunAsync("create table app.rest partition of app.readings default; alter table app.rest owner to shop_owner; "
            + "insert into app.readings overriding system value values (999999, 1), (-1, 1)");
        Assert.Equal(["PAR-12 app.readings"], await BrokenAsync(estate));
        // A bound that another tool put within a millisecond is met as it is.
        await RunAsync($"""
            drop table app.rest;
            do $$ declare last regclass; low text; begin
              select c.oid::regclass, substring(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)') into last, low
              from pg_inherits i join pg_class c on c.oid = i.inhrelid
              where i.inhparent = 'app.clicks'::regclass order by c.relname desc limit 1;
              execute format('drop table %s', last);
              execute format('create table app.odd partition of app.clicks for values from (%L) to (%L)', low,
                app.v7((current_date + 45)::timestamptz));
              alter table app.odd owner to shop_owner;
            end $$
            """);
        await estate.ConvergeAsync();
        Assert.Empty(await BrokenAsync(estate));

        // Retention: of numbers by their distance from the highest, of UUIDs by their time.
        estate.Write(RangesYaml(", retain: 3500, then: drop", ", retain: 3 months, then: archive, archive: { to: archive/ }"));
        await estate.ConvergeAsync();
        await RunAsync("insert into app.readings (v) select n from generate_series(1, 600) n");
        var report = await UpkeepAsync(estate);
        Assert.True(report.Done, string.Join('\n', report.Tables.SelectMany(static table => table.Problems)));
        Assert.Equal(["app.readings_p0", "app.readings_p1000"], report.Tables[0].Retired.Select(static gone => gone.Partition));
        Assert.Equal(5, report.Tables[1].Retired.Count);
        Assert.Equal("2000", await estate.Server.ScalarAsync<string>("select howdah.low_water('app.readings')", "shop"));
        Assert.True(await estate.Server.ScalarAsync<bool>("""
            select bool_and(id >= howdah.low_water('app.clicks')::uuid) from app.clicks
            """, "shop"));
        Assert.Empty((await estate.PlanAsync()).Steps);
        Assert.Empty(await BrokenAsync(estate));
        var session = await estate.OpenAsync();
        var back = await PartitionRestore.RunAsync(session, session.Estate.Databases[0], "app.clicks",
            report.Tables[1].Retired[^1].Partition, true, CancellationToken.None);
        Assert.True(back is { Attached: true, Rows: > 100 });
        await Assert.ThrowsAsync<PostgresException>(() =>
            RunAsync("insert into app.readings overriding system value values (5, 1)"));
    }
}
