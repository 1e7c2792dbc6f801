using System.Diagnostics;
using System.Globalization;
using Howdah.Bench.Client;
using Howdah.Engine;
using Howdah.Patterns.Pipelines;
using Howdah.Testing;

namespace Howdah.Bench;

/// <summary>A pipeline that loads the flights of 2001 over one connection and over two, into targets that do more and
/// more with the rows.</summary>
static class StreamsBench
{
    const string Yaml = """
        howdah: 1
        estate: air
        SERVERS
        roles: { air_owner: {} }
        databases:
          air:
            owner: air_owner
            schemas: [store]
            migrations: migrations/
            pipelines:
              first: { files: none, format: { type: parquet }, into: store.plain,
                columns: { date: timestamp, delay: integer, distance: integer, origin: text, destination: text } }
              plain: { files: none, into: store.plain,
                columns: { date: timestamp, delay: integer, distance: integer, origin: text, destination: text } }
              looked: { files: none, into: store.looked,
                columns: { date: timestamp, delay: integer, distance: integer, origin: { stage_only: true }, destination: text,
                  origin_id: { lookup: { table: store.airports, by: { code: origin }, take: id } }, late: { value: delay > 15 } } }
        """;

    const string Migration = """
        create table store.plain (date timestamp, delay int, distance int, origin text, destination text);
        create table store.airports (id int generated always as identity primary key, code text unique);
        create table store.looked (date timestamp, delay int, distance int, origin_id int, destination text, late boolean);

        """;

    /// <param name="parquet">flights-3m.parquet of the npm package vega-datasets.</param>
    /// <param name="rounds">How many rounds, all ways in each.</param>
    internal static async Task RunAsync(string parquet, int rounds)
    {
        var server = await TestServer.StartOwnAsync(18);
        try
        {
            using var harness = new EstateHarness(server, Yaml);
            harness.Write("migrations/0001_tables.sql", Migration);
            await harness.ConvergeAsync();
            var session = await harness.OpenAsync();
            await LoadAsync(session, "first", Path.GetFullPath(parquet), 1);
            await server.ExecuteAsync("insert into store.airports (code) select distinct origin from store.plain", "air");
            var csv = Path.Combine(harness.Folder, "flights.csv");
            await ExportAsync(server, csv);
            (string Title, string Pipeline, string Empty)[] ways =
            [
                ("insert, straight into its table", "plain", "truncate store.plain"),
                ("insert, one lookup, one expression", "looked", "truncate store.looked"),
            ];
            var took = new Dictionary<(string, int), List<(double All, double Copying)>>();
            for (var round = 0; round < rounds; round++)
            {
                foreach (var way in ways)
                {
                    foreach (var streams in round % 2 == 0 ? (int[])[1, 2] : [2, 1])
                    {
                        await server.ExecuteAsync(way.Empty, "air");
                        await server.ExecuteAsync("checkpoint");
                        var one = await LoadAsync(session, way.Pipeline, csv, streams);
                        if (!took.TryGetValue((way.Pipeline, streams), out var all))
                            took.Add((way.Pipeline, streams), all = []);
                        all.Add(one);
                        Console.Error.WriteLine($"{way.Pipeline} {streams}: {one.All:0.00} (copying {one.Copying:0.00})");
                    }
                }
            }
            Report(rounds, new FileInfo(csv).Length, ways, took);
        }
        finally
        {
            await server.EndAsync();
        }
    }

    static void Report(int rounds, long size, (string Title, string Pipeline, string Empty)[] ways,
        Dictionary<(string, int), List<(double All, double Copying)>> took)
    {
        var section = new Section("streams", $"""
            ## One file over several streams

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- streams FLIGHTS.parquet {rounds}`: `howdah load` (its
            library, in one process) of the 3,000,000 flights of vega-datasets as CSV ({size >> 20} MB), PostgreSQL 18 on loopback
            (no fsync), {Environment.ProcessorCount} cores shared by server and loader. {rounds} rounds, all ways in each, in turn;
            medians, and medians of each round's ratio. Copying is what streams share; the rest is the one transaction.

            | pipeline | 1 stream (of it copying) | 2 streams (of it copying) | ratio | of copying |
            |---|---|---|---|---|
            """);
        foreach (var (title, pipeline, _) in ways)
        {
            var (one, two) = (took[(pipeline, 1)], took[(pipeline, 2)]);
            static string Of(List<(double All, double Copying)> of) => string.Create(CultureInfo.InvariantCulture,
                $"{Section.Median(of.Select(static each => each.All)):0.0} s "
                + $"({Section.Median(of.Select(static each => each.Copying)):0.0} s)");
            section.Add($"| {title} | {Of(one)} | {Of(two)} "
                + $"| {Section.Median(one.Zip(two, static (a, b) => a.All / b.All)):0.00} × "
                + $"| {Section.Median(one.Zip(two, static (a, b) => a.Copying / b.Copying)):0.00} × |");
        }
        using var process = Process.GetCurrentProcess();
        section.Add($"\nWorking set of the process that loads, at its peak: {process.PeakWorkingSet64 >> 20} MB.");
        section.Save("bench/RESULTS.md");
    }

    static async Task<(double All, double Copying)> LoadAsync(Session session, string pipeline, string file, int streams)
    {
        var phase = new Phase();
        var watch = Stopwatch.StartNew();
        var reports = await PipelineLoad.RunAsync(session, session.Estate.Databases[0], pipeline,
            new() { Files = [file], Streams = streams, Force = true, Progress = phase }, CancellationToken.None);
        var all = watch.Elapsed.TotalSeconds;
        return reports is [{ Outcome: LoadOutcome.Loaded, Loaded: 3_000_000 }] ? (all, phase.Copied?.TotalSeconds ?? all)
            : throw new InvalidOperationException(string.Join('\n', reports));
    }

    static async Task ExportAsync(TestServer server, string csv)
    {
        await using var connection = await server.OpenAsync("air");
        using var rows = await connection.BeginTextExportAsync("copy store.plain to stdout (format csv, header true)");
        await using var file = new StreamWriter(csv);
        var buffer = new char[1 << 16];
        while (await rows.ReadAsync(buffer) is > 0 and var count)
            await file.WriteAsync(buffer.AsMemory(0, count));
    }

    /// <summary>When rows are there and are carried into their target.</summary>
    sealed class Phase : IProgress<LoadStage>
    {
        readonly Stopwatch watch = Stopwatch.StartNew();

        internal TimeSpan? Copied { get; private set; }

        public void Report(LoadStage value) => Copied ??= value.Doing == "loading" ? watch.Elapsed : null;
    }
}
