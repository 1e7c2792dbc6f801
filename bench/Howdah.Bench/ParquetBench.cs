using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Engine.Servers;
using Howdah.Loading;
using Howdah.Loading.Parquet;
using Howdah.Testing;

namespace Howdah.Bench;

/// <summary>Straight from a Parquet file into a plain table, beside DuckDB and <c>psql \copy</c>, end to end.</summary>
static class ParquetBench
{
    const string DuckDb = "@duckdb/node-api@1.5.6-r.1";

    // What the loader takes, the server has already: no conversion of types on either side.
    const string Script = """
        const { DuckDBInstance } = require('@duckdb/node-api');
        const [, parquet, csv] = process.argv;
        (async () => {
          const connection = await (await DuckDBInstance.create(':memory:')).connect();
          await connection.run(`copy (select date, delay, distance, origin, destination from '${parquet}') to '${csv}' `
            + `(header, timestampformat '%Y-%m-%d %H:%M:%S')`);
        })().catch(error => { console.error(error); process.exit(1); });
        """;

    static readonly Reading Typed = new() { Reader = ParquetFiles.Reader };

    /// <param name="parquet">flights-3m.parquet of the npm package vega-datasets.</param>
    /// <param name="major">Which PostgreSQL.</param>
    /// <param name="rounds">How many rounds, all ways in each.</param>
    internal static async Task RunAsync(string parquet, int major, int rounds)
    {
        var duck = Path.GetFullPath("artifacts/duckdb");
        Directory.CreateDirectory(duck);
        if (!Directory.Exists(Path.Combine(duck, "node_modules")))
            await DoAsync("npm", ["install", "--no-audit", "--no-fund", "--silent", "--ignore-scripts", "--prefix", duck, DuckDb], duck);
        var folder = Directory.CreateTempSubdirectory("howdah-bench-").FullName;
        var server = await TestServer.StartOwnAsync(major);
        try
        {
            var csv = Path.Combine(folder, "flights.csv");
            var conversions = new List<double>();
            async Task<long> ConvertedAsync()
            {
                var watch = Stopwatch.StartNew();
                await DoAsync("node", ["-e", Script, Path.GetFullPath(parquet), csv], duck);
                conversions.Add(watch.Elapsed.TotalSeconds);
                return await LoadBench.PsqlAsync(server, "plain", csv);
            }
            (string Name, Func<Task<long>> Run)[] ways =
            [
                (@"DuckDB to CSV, then `psql \copy`", ConvertedAsync),
                ("Howdah, one stream", () => LoadBench.LoadAsync(server, parquet, 1, "plain", LoadBench.Plain, Typed)),
                ("Howdah, two streams", () => LoadBench.LoadAsync(server, parquet, 2, "plain", LoadBench.Plain, Typed)),
            ];
            var seconds = ways.Select(static _ => new List<double>()).ToArray();
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < ways.Length; i++)
                {
                    await LoadBench.FreshAsync(server);
                    var watch = Stopwatch.StartNew();
                    var rows = await ways[i].Run();
                    seconds[i].Add(watch.Elapsed.TotalSeconds);
                    if (rows != 3_000_000)
                        throw new InvalidOperationException($"{ways[i].Name} loaded {rows} rows");
                    Console.Error.WriteLine($"{ways[i].Name}: {watch.Elapsed.TotalSeconds:0.00}");
                }
            }
            Report(major, rounds, ways, seconds, conversions);
        }
        finally
        {
            await server.EndAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Report(int major, int rounds, (string Name, Func<Task<long>>)[] ways, List<double>[] seconds, List<double> conversions)
    {
        var section = new Section("parquet", $"""
            ## Loading Parquet

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- parquet FLIGHTS.parquet`: PostgreSQL {major} on
            loopback (no fsync), {Environment.ProcessorCount} cores shared by server and loader, the 3,000,000 flights of vega-datasets
            (13 MB, 11 row groups, zstd) into a plain table; every value is checked. The other way converts to CSV (106 MB) with
            DuckDB ({DuckDb}), a process of its own, and copies that. Medians of {rounds} rounds, all ways in
            each round; ratios count, seconds do not.

            | way | seconds | against DuckDB and `psql` |
            |---|---|---|
            """);
        var medians = seconds.Select(Section.Median).ToArray();
        for (var i = 0; i < ways.Length; i++)
            section.Add($"| {ways[i].Name}{(i == 0 ? $" (of it DuckDB {Section.Median(conversions):0.00})" : "")} | {medians[i]:0.00} | "
                + $"{(i == 0 ? "" : $"{medians[0] / medians[i]:0.00} ×")} |");
        using var process = Process.GetCurrentProcess();
        section.Add($"\nWorking set of the process that loads, at its peak: {process.PeakWorkingSet64 >> 20} MB.");
        section.Save("bench/RESULTS.md");
    }

    static async Task DoAsync(string program, string[] arguments, string folder)
    {
        var outcome = await Command.RunAsync(program, arguments, folder, CancellationToken.None);
        if (outcome.Code != 0)
            throw new InvalidOperationException($"{program}: {outcome.Output}");
    }
}
