using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>A small star, applied once for each version; every test works in a copy of it.</summary>
sealed class Star
{
    internal const string Yaml = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}, analyst: {}, etl: {} }
        databases:
          shop:
            owner: shop_owner
            warehouse:
              readers: [analyst]
              loaders: [etl]
              calendar: { from: 2020-01-01, to: 2030-12-31, fiscal_start: 7 }
              dimensions:
                customer:
                  key: { source: text, customer_id: text }
                  attributes:
                    born: { type: date, change: 0 }
                    name: { change: 1 }
                    segment: { change: 2, about: how the customer buys }
                    credit: { type: "numeric(10,2)", change: 2 }
                  roles: [payer]
                region: { key: { region: text }, attributes: { manager: {} } }
                shop: { key: { shop_id: integer }, extend: false, not_applicable: true, outriggers: { region: region },
                  attributes: { region: { change: 1 }, size: { type: int, change: 2 } } }
                flags: { junk: true, key: { gift: boolean, channel: text } }
                worker: { key: { worker: text }, attributes: { grade: { change: 2 } } }
                route: { complete: {}, key: { route: text } }
                tariff: { complete: { at_most: 100 }, key: { tariff: text }, attributes: { rate: { change: 2 }, label: {} } }
              bridges:
                crew: { group: { crew: text }, dimension: worker }
              facts:
                sales:
                  grain: [order_id, line]
                  dates: [order_date, ship_date]
                  degenerate: { order_id: text, line: integer }
                  dimensions: { customer: customer, shop: { dimension: shop, at: ship_date }, flags: flags }
                  measures: { amount: { type: "numeric(12,4)" }, quantity: { type: integer }, price: { type: numeric, additivity: none } }
                stock:
                  kind: periodic
                  every: month
                  grain: [stock_date, shop_id]
                  dates: [stock_date]
                  dimensions: { shop: shop }
                  measures: { pieces: { type: bigint, additivity: semi } }
                delivery:
                  kind: accumulating
                  grain: [delivery_id]
                  dates: [sent, arrived]
                  degenerate: { delivery_id: bigint }
                  dimensions: { customer: customer }
                  measures: { parcels: { type: integer } }
                call: { foreign_keys: true, grain: [call_id], dates: [called], degenerate: { call_id: bigint },
                  measures: { minutes: { type: integer } },
                  dimensions: { customer: { dimension: customer, missing: infer }, shop: { dimension: shop, missing: infer } } }
                visit: { ordered: true, grain: [visit_id], dates: [visited], degenerate: { visit_id: bigint },
                  dimensions: { shop: { dimension: shop, missing: quarantine } } }
                click: { grain: [click_id, day], dates: [day], degenerate: { click_id: bigint }, dimensions: { customer: customer },
                  measures: { clicks: { type: integer } }, partition_by: day }
                job: { grain: [job_id], dates: [done], degenerate: { job_id: bigint, crew: text }, bridges: [crew],
                  measures: { pay: { type: "numeric(10,2)" }, pieces: { type: integer }, rate: { type: numeric, additivity: none } } }
              rollups:
                sales_monthly: { fact: sales, date: order_date, by: [customer.segment, customer.name],
                  measures: { amount: sum, price: max } }
                click_weekly: { fact: click, date: day, every: week, measures: { clicks: sum }, tail: true, keep_retired: true }
        """;

    static readonly ConcurrentDictionary<int, Lazy<Task<Star>>> Shared = new();
    static int counter;

    Star(TestServer server) => Server = server;

    internal TestServer Server { get; }

    internal static Task<Star> GetAsync(int major) => Shared.GetOrAdd(major, static version => new(async () =>
    {
        var server = (await TestServer.StartOwnAsync(version)).Keep();
        using var estate = new EstateHarness(server, Yaml);
        await estate.ConvergeAsync();
        return new(server);
    })).Value;

    /// <summary>A connection to a database of its own, with a quarantine as pipelines make it.</summary>
    internal async Task<NpgsqlConnection> OpenAsync()
    {
        var name = $"star_{Interlocked.Increment(ref counter)}";
        await Server.ExecuteAsync($"create database {name} template shop");
        var connection = await Server.OpenAsync(name);
        await RunAsync(connection, """
            create table if not exists howdah.quarantine (id bigint generated always as identity primary key, batch bigint, line bigint,
              byte_offset bigint, column_name text, rule text, sqlstate text, message text, raw bytea, created_at timestamptz default now(),
              resolved_at timestamptz, resolved_batch bigint);
            grant usage on schema howdah to shop_owner;
            grant select, insert on howdah.quarantine to shop_owner;
            """);
        return connection;
    }

    [SuppressMessage("Security", "CA2100", Justification = "texts of tests")]
    internal static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [SuppressMessage("Security", "CA2100", Justification = "texts of tests")]
    internal static async Task<string> TextAsync(NpgsqlConnection connection, string query)
    {
        await using var command = new NpgsqlCommand($"select coalesce(string_agg(q::text, E'\n' order by q::text), '') from ({query}) q",
            connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    [SuppressMessage("Security", "CA2100", Justification = "texts of tests")]
    internal static async Task<string> PlanAsync(NpgsqlConnection connection, string query)
    {
        await using var command = new NpgsqlCommand($"explain {query}", connection);
        await using var lines = await command.ExecuteReaderAsync();
        var plan = new List<string>();
        while (await lines.ReadAsync())
            plan.Add(lines.GetString(0));
        return string.Join('\n', plan);
    }

    /// <summary>Loads rows, given as VALUES with the names of their columns.</summary>
    internal static Task LoadAsync(NpgsqlConnection connection, string name, int batch, string columns, string values) =>
        RunAsync(connection, $"""
            begin;
            create temp table staged on commit drop as select * from (values {values}) v({columns});
            grant select on staged to shop_owner;
            call dw.load_{name}('pg_temp.staged', {batch});
            commit;
            """);
}
