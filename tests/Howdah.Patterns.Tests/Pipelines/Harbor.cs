using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Howdah.Patterns.Pipelines;
using Howdah.Testing;

namespace Howdah.Patterns.Tests.Pipelines;

/// <summary>An estate with a pipeline for each way to load, applied once for each version; every test has pipelines of its own.</summary>
sealed class Harbor : IDisposable
{
    internal const string Yaml = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}, etl: {}, steward: { login: true, password: "${generated}" },
          nosy: { login: true, password: "${generated}" } }
        databases:
          shop:
            owner: shop_owner
            warehouse:
              loaders: [etl]
              dimensions: { customer: { key: { customer_id: text }, attributes: { name: { change: 1 }, segment: { change: 2 } } },
                tariff: { complete: { at_most: 60 }, key: { tariff: text }, attributes: { rate: { type: "numeric(6,2)", change: 2 } } } }
              facts: { visits: { grain: [visit], dates: [day], degenerate: { visit: integer },
                measures: { amount: { type: "numeric(8,2)" } }, dimensions: { customer: { dimension: customer, missing: infer } } } }
            grants:
              - { to: [steward, nosy], on: { database: true }, privileges: [connect] }
            loading: { loaders: [etl], quarantine_readers: [steward] }
            pipelines:
              lines:
                files: lines-*.csv
                columns: { id: { type: integer, from: Line }, day: date, words: text, amount: "numeric(8,2)" }
                into: public.lines
                batch_column: batch
                max_rejected: { rows: 5, percent: 70 }
                max_age: 1d
                usual: { at_least: 50 }
              orders:
                files: orders.csv
                format: { delimiter: ";", decimal: ",", date: dd.MM.yyyy }
                columns:
                  id: { type: integer, required: true }
                  day: date
                  region: { stage_only: true }
                  amount: "numeric(8,2)"
                  region_id: { type: integer, lookup: { table: public.regions, by: { name: region }, take: id } }
                  share: { value: "round(100 / amount, 2)" }
                into: public.orders
                mode: upsert
                key: [id]
                after: [lines]
              replayed: { files: orders.csv, columns: { id: integer, words: text }, into: public.replayed, mode: upsert, key: [id],
                duplicates: last, empty: allowed }
              events: { files: events.csv, columns: { id: integer, words: text }, into: public.events, mode: append, key: [id] }
              fetched: { files: here/e.csv, fetch: { npm: "file:package", file: data/e.csv,
                sha256: 502e6efdbd12211b62a3a2bf11e8c7f280748e4fdc8e44f317268883420df13d }, with_up: true,
                columns: { id: integer, words: text }, into: public.events, mode: append, key: [id] }
              tariffs:
                files: tariffs.csv
                columns: { tariff: text, rate: numeric, effective_at: { type: timestamptz } }
                format: { zone: UTC }
                call: dw.load_tariff
              customers:
                files: customers.csv
                columns: { customer_id: { from: Customer ID, type: text }, name: text, segment: text,
                  effective_at: { type: timestamptz } }
                format: { zone: UTC }
                call: dw.load_customer
        """;

    const string Tables = """
        create table lines (id integer, day date, words text, amount numeric(8,2) check (amount < 1000), batch bigint,
          primary key (id, day))
          partition by range (day);
        create table lines_2024 partition of lines for values from ('2024-01-01') to ('2025-01-01');
        create table regions (id integer primary key, name text);
        insert into regions values (1, 'North'), (2, 'South'), (3, 'Twin'), (4, 'Twin');
        create table orders (id integer primary key, day date, amount numeric(8,2), region_id integer references regions, share numeric);
        create table replayed (id integer primary key, words text);
        create table events (id integer primary key, words text);
        """;

    static readonly ConcurrentDictionary<int, Lazy<Task<TestServer>>> Shared = new();

    static int counter;

    Harbor(TestServer server, EstateHarness estate, string database)
    {
        Server = server;
        Estate = estate;
        Database = database;
    }

    public void Dispose() => Estate.Dispose();

    internal TestServer Server { get; }
    internal EstateHarness Estate { get; }
    internal string Database { get; }

    /// <summary>A copy of the applied database, with an estate folder of its own.</summary>
    /// <param name="major">Which PostgreSQL.</param>
    /// <param name="port">Another port to reach it by.</param>
    /// <param name="user">Who loads, with its name as its password; the superuser where null.</param>
    internal static async Task<Harbor> OpenAsync(int major, Func<TestServer, int>? port = null, string? user = null)
    {
        var server = await Shared.GetOrAdd(major, static version => new(async () =>
        {
            var made = (await TestServer.StartOwnAsync(version)).Keep();
            using var first = new EstateHarness(made, Yaml);
            await first.ConvergeAsync();
            await made.ExecuteAsync($"set role shop_owner; {Tables}", "shop");
            return made;
        })).Value;
        var name = $"harbor_{Interlocked.Increment(ref counter)}";
        await server.ExecuteAsync($"create database {name} template shop owner shop_owner");
        var yaml = Yaml.Replace("  shop:\n", $"  {name}:\n    adopt: true\n", StringComparison.Ordinal);
        return new(server, new(server, yaml, user: user, password: user, port: port?.Invoke(server)), name) { yaml = yaml };
    }

    string yaml = "";

    /// <summary>Declares one pipeline more; what it needs in the database is the test's to make.</summary>
    internal void Declare(string pipeline)
    {
        yaml = yaml.Replace("    pipelines:\n", $"    pipelines:\n{string.Concat(pipeline.ReplaceLineEndings("\n").TrimEnd().Split('\n')
            .Select(static line => $"      {line}\n"))}", StringComparison.Ordinal);
        Estate.Write(yaml);
    }

    internal async Task<IReadOnlyList<LoadReport>> LoadAsync(string pipeline, LoadOptions? options = null)
    {
        var session = await Estate.OpenAsync();
        return await PipelineLoad.RunAsync(session, session.Estate.Databases[0], pipeline, options ?? new(), CancellationToken.None);
    }

    /// <summary>Loads one source, and says what came of it in one line.</summary>
    internal async Task<string> LoadedAsync(string pipeline, LoadOptions? options = null) =>
        string.Join('\n', (await LoadAsync(pipeline, options)).Select(Line));

    internal static string Line(LoadReport report) => report.Outcome is LoadOutcome.Loaded or LoadOutcome.Tried
        ? $"{report.Outcome} {report.Read} = {report.Loaded} + {report.Unchanged} + {report.Quarantined} + {report.Skipped}"
        : $"{report.Outcome}: {report.Message}";

    [SuppressMessage("Security", "CA2100", Justification = "texts of tests")]
    internal async Task<string> TextAsync(string query) => await Server.ScalarAsync<string>(
        $"select coalesce(string_agg(q::text, E'\n' order by q::text), '') from ({query}) q", Database) ?? "";

    internal Task<string> RefusedAsync(long batch) =>
        TextAsync($"select line, column_name, rule, sqlstate, convert_from(raw, 'UTF8') from howdah.quarantine where batch = {batch}");
}
