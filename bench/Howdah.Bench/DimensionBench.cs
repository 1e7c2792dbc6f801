using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Patterns.Tests;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Bench;

/// <summary>
/// A dimension of many members of which a part changes: the load of the warehouse beside the two statements that a team writes for it, a
/// MERGE that closes and adds, and an INSERT of the new versions. Both tables have the same columns, keys and constraints.
/// </summary>
static class DimensionBench
{
    const string Columns = "customer_id, name, segment, city, effective_at";

    internal static async Task RunAsync(int members, int rounds)
    {
        var server = await TestServer.StartOwnAsync(18);
        using var harness = new EstateHarness(server, File);
        await harness.ConvergeAsync();
        await using var db = await server.OpenAsync("shop");
        await RunAsync(db, "create table staged (customer_id bigint, name text, segment text, city text, effective_at timestamptz); "
            + "grant select on staged to shop_owner");
        await RunAsync(db, $"""
            insert into staged select g, 'name ' || g, 'segment ' || g % 7, 'city ' || g % 500, '2020-01-01'
            from generate_series(1, {members}) g;
            call dw.load_customer('staged', 0);
            create table dw.byhand (like dw.customer including all);
            insert into dw.byhand overriding system value select * from dw.customer;
            alter table dw.byhand add constraint byhand_overlap exclude using gist
              (customer_id with =, tstzrange(valid_from, valid_to) with &&) deferrable initially deferred;
            create table dw.loose (like dw.customer including all);
            insert into dw.loose overriding system value select * from dw.customer;
            select setval(pg_get_serial_sequence('dw.byhand', 'sk'), max(sk)), setval(pg_get_serial_sequence('dw.loose', 'sk'), max(sk))
            from dw.customer;
            """, "vacuum analyze");
        var section = new Section("dimension", $"""
            ## A dimension with its history

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- dimension {members} {rounds}`: PostgreSQL 18 on loopback,
            {Environment.ProcessorCount} cores, without fsync; {members:N0} members; {rounds} rounds, the three ways interleaved, each in a
            transaction of its own; medians, and medians of each round's ratio. By hand are a MERGE that closes versions and adds members,
            an INSERT of the new versions and an UPDATE of what is overwritten: no log is kept, and events must come in order.

            | the load brings | `load_customer` | by hand, same constraints | ratio | by hand, no exclusion constraint | ratio |
            |---|---|---|---|---|---|
            """);
        await MeasureAsync(db, section, rounds, "the 5 % that changed", all: false);
        await MeasureAsync(db, section, Math.Max(rounds / 3, 2), "all of it, of which 5 % changed", all: true);
        section.Save("bench/RESULTS.md");
        await server.StopAsync();
    }

    static int round;

    static async Task MeasureAsync(NpgsqlConnection db, Section section, int rounds, string words, bool all)
    {
        var (ours, hand, loose) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            round++;
            var changed = $"c.customer_id % 20 = {round % 20}";
            await RunAsync(db, $"""
                truncate staged;
                insert into staged
                select c.customer_id, c.name, case when {changed} then 'segment {round}' else c.segment end, c.city,
                       timestamptz '2020-01-01' + interval '{round} days'
                from dw.customer c where c.valid_to = 'infinity' and c.sk > 0 and ({(all ? "true" : changed)});
                analyze staged;
                """);
            foreach (var way in (i % 3) switch { 0 => (int[])[0, 1, 2], 1 => [1, 2, 0], _ => [2, 0, 1] })
            {
                var watch = Stopwatch.StartNew();
                await RunAsync(db, way == 0 ? $"call dw.load_customer('staged', {round})" : ByHand(way == 1 ? "byhand" : "loose"));
                (way == 0 ? ours : way == 1 ? hand : loose).Add(watch.Elapsed.TotalSeconds);
            }
            if (await ScalarAsync(db, $"""
                select (select count(*) from (select {Versions} from dw.customer except all select {Versions} from dw.byhand) x)
                     + (select count(*) from (select {Versions} from dw.byhand except all select {Versions} from dw.loose) y)
                """) is not 0L)
                throw new InvalidOperationException("the histories differ");
            await RunAsync(db, "vacuum analyze dw.customer, dw.customer_event, dw.byhand, dw.loose");
        }
        section.Add($"| {words} | {Section.Median(ours):0.00} s | {Section.Median(hand):0.00} s | {Ratio(hand, ours):0.00} x "
            + $"| {Section.Median(loose):0.00} s | {Ratio(loose, ours):0.00} x |");
    }

    const string Versions = "customer_id, name, segment, city, valid_from, valid_to";

    static double Ratio(List<double> them, List<double> ours) => Section.Median(them.Zip(ours, static (a, b) => a / b));

    static string ByHand(string table) => $"""
        begin;
        merge into dw.{table} d using staged s on d.customer_id = s.customer_id and d.valid_to = 'infinity'
        when matched and (d.segment, d.city) is distinct from (s.segment, s.city) then update set valid_to = s.effective_at
        when not matched then insert ({Columns.Replace("effective_at", "valid_from")})
          values (s.customer_id, s.name, s.segment, s.city, s.effective_at);
        insert into dw.{table} ({Columns.Replace("effective_at", "valid_from")})
        select {Columns} from staged s
        where not exists (select from dw.{table} d where d.customer_id = s.customer_id and d.valid_to = 'infinity');
        update dw.{table} d set name = s.name from staged s where d.customer_id = s.customer_id and d.name is distinct from s.name;
        commit
        """;

    static async Task RunAsync(NpgsqlConnection db, params string[] texts)
    {
        foreach (var sql in texts)
        {
            await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
    }

    static async Task<object?> ScalarAsync(NpgsqlConnection db, string sql)
    {
        await using var command = new NpgsqlCommand(sql, db) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync();
    }

    static readonly string File = ShopYaml.With("""
        warehouse: { dimensions: { customer: { key: { customer_id: bigint },
          attributes: { name: { change: 1 }, segment: { change: 2 }, city: { change: 2 } } } } }
        """, "analyst: {}");
}
