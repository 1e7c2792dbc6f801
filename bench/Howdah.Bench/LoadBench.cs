using System.Diagnostics;
using System.Globalization;
using Howdah.Bench.Client;
using Howdah.Engine.Servers;
using Howdah.Loading;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Bench;

/// <summary>The loader beside <c>psql \copy</c>, over the flights of 2001.</summary>
static class LoadBench
{
    const int Timed = 6;
    const string Columns = "date, delay, distance, origin, destination";
    const string Table = "(line bigint, date timestamp, delay int, distance int, origin text, destination text)";
    internal static readonly LoadField[] Plain = [.. Columns.Split(", ").Select(static name => new LoadField(name))];

    /// <param name="csv">The flights as a CSV file with a header, as DuckDB's <c>COPY (SELECT …) TO</c> writes it from
    /// flights-3m.parquet of the npm package vega-datasets.</param>
    /// <param name="major">Which PostgreSQL.</param>
    /// <param name="rounds">How many rounds, all ways in each.</param>
    internal static async Task RunAsync(string csv, int major, int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("howdah-bench-").FullName;
        var server = await TestServer.StartOwnAsync(major);
        try
        {
            var bad = Path.Combine(folder, "bad.csv");
            await SpoilAsync(csv, bad);
            await server.ExecuteAsync($"create unlogged table warm {Table}");
            var contrast = await PgloaderAsync();
            (string Name, Func<Task<long>> Run)[] ways =
            [
                (@"`psql \copy` into a plain table", () => PsqlAsync(server, "plain", csv)),
                ("Howdah, one stream", () => LoadAsync(server, csv, 1, "plain", Plain)),
                ("Howdah, two streams", () => LoadAsync(server, csv, 2, "plain", Plain)),
                ("Howdah, one stream, 1 in 1,000 records bad", () => LoadAsync(server, bad, 1, "plain", Plain)),
                (@"`psql \copy` through monthly partitions, primary key (date, line)", () => PsqlAsync(server, "parts", csv)),
                ("Howdah, one stream, the same partitions and key", () => LoadAsync(server, csv, 1, "parts",
                    [.. Plain, LoadField.Counted("line", Filling.Record)])),
                .. contrast is null ? Array.Empty<(string, Func<Task<long>>)>() :
                [
                    ("pgloader, no record bad", () => PgloaderAsync(server, csv, folder)),
                    ("pgloader, the same 1 in 1,000 records bad", () => PgloaderAsync(server, bad, folder)),
                ],
            ];
            var seconds = ways.Select(static _ => new List<double>()).ToArray();
            var most = 0L;
            for (var round = 0; round < rounds; round++)
            {
                for (var i = 0; i < (round == 0 ? ways.Length : Timed); i++) // pgloader takes minutes, and is for contrast
                {
                    await FreshAsync(server);
                    var watch = Stopwatch.StartNew();
                    var rows = await ways[i].Run();
                    seconds[i].Add(watch.Elapsed.TotalSeconds);
                    if (rows < 2_990_000)
                        throw new InvalidOperationException($"{ways[i].Name} loaded {rows} rows");
                    most = Math.Max(most, Environment.WorkingSet);
                    Console.Error.WriteLine($"{ways[i].Name}: {watch.Elapsed.TotalSeconds:0.00}");
                }
            }
            Report(major, rounds, ways, seconds, most, contrast);
        }
        finally
        {
            await server.EndAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Report(int major, int rounds, (string Name, Func<Task<long>>)[] ways, List<double>[] seconds, long most, string? contrast)
    {
        var section = new Section("load", $"""
            ## Loading files

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- load FLIGHTS.csv {major} {rounds}`:
            PostgreSQL {major} on loopback (no fsync), {Environment.ProcessorCount} cores shared by server and loader, the
            3,000,000 flights of vega-datasets as a CSV file of 5 columns (106 MB, written by DuckDB from Parquet); every record is checked.
            Medians of {rounds} rounds, all ways in each round;
            ratios count, seconds do not. `psql` is Debian's 15; through partitions it leaves the key's `line` to a sequence,
            Howdah counts it. {(contrast is null ? "pgloader was not installed."
                : $"pgloader is Debian's {contrast}, as it comes, one round.")}

            | way | seconds | against its peer |
            |---|---|---|
            """);
        var medians = seconds.Select(Section.Median).ToArray();
        int[] peers = [0, 0, 0, 1, 4, 4, 0, 6];
        for (var i = 0; i < ways.Length; i++)
            section.Add($"| {ways[i].Name} | {medians[i]:0.00} | {(peers[i] == i ? "" : $"{medians[peers[i]] / medians[i]:0.00} ×")} |");
        section.Add($"\nWorking set of the process that loads, at most: {most >> 20} MB.");
        section.Save("bench/RESULTS.md");
    }

    static async Task SpoilAsync(string csv, string bad)
    {
        using var reader = new StreamReader(csv);
        await using var writer = new StreamWriter(bad);
        for (var line = 0L; await reader.ReadLineAsync() is { } record; line++)
            await writer.WriteAsync((line % 1000 == 500 ? record.Replace("2001-", "2001/", StringComparison.Ordinal) : record) + "\n");
    }

    internal static async Task FreshAsync(TestServer server)
    {
        var leaves = Enumerable.Range(1, 7).Select(static month => string.Create(CultureInfo.InvariantCulture,
            $"create table parts_{month} partition of parts for values from ('2001-{month:00}-01') to ('2001-{month + 1:00}-01');"));
        await server.ExecuteAsync($"drop table if exists plain, parts; create table plain {Table}; create table parts {Table} partition by "
            + $"range (date); {string.Concat(leaves)} create sequence if not exists lines; alter table parts alter line set default "
            + "nextval('lines'), add primary key (date, line); checkpoint");
    }

    internal static async Task<long> PsqlAsync(TestServer server, string table, string csv)
    {
        var outcome = await Command.RunAsync("psql", [server.ConnectionString().ToUri(), "-Xqc",
            $@"\copy {table} ({Columns}) from '{csv}' csv header"], null, CancellationToken.None);
        return outcome.Code == 0 ? await server.ScalarAsync<long>($"select count(*) from {table}")
            : throw new InvalidOperationException(outcome.Output);
    }

    // What Debian ships of it; null where it is not installed.
    static async Task<string?> PgloaderAsync()
    {
        try
        {
            var outcome = await Command.RunAsync("pgloader", ["--version"], null, CancellationToken.None);
            return outcome.Code == 0 ? outcome.Output.Split('"').ElementAtOrDefault(1) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    static async Task<long> PgloaderAsync(TestServer server, string csv, string folder)
    {
        var script = Path.Combine(folder, "flights.load");
        await File.WriteAllTextAsync(script, $"""
            load csv from '{csv}' ({Columns}) into {server.ConnectionString().ToUri()} target table public.plain ({Columns})
            with skip header = 1, fields terminated by ',';
            """);
        var outcome = await Command.RunAsync("pgloader", ["--quiet", "--root-dir", folder, script], null, CancellationToken.None);
        return outcome.Code == 0 ? await server.ScalarAsync<long>("select count(*) from plain")
            : throw new InvalidOperationException(outcome.Output);
    }

    static string ToUri(this string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        return $"postgresql://{parts.Username}:{parts.Password}@{parts.Host}:{parts.Port}/{parts.Database}";
    }

    internal static async Task<long> LoadAsync(TestServer server, string file, int streams, string table, LoadField[] fields,
        Reading? reading = null)
    {
        var connections = new List<NpgsqlConnection>();
        try
        {
            for (var i = 0; i < streams; i++)
                connections.Add(await server.OpenAsync());
            var target = await CopyTarget.ReadAsync(connections[0], "public", table);
            await connections[0].ExecuteAsync("create table if not exists quarantine (line bigint, raw bytea, message text)");
            var job = new LoadJob(target, fields, reading ?? new());
            var counts = await CopyLoad.RunAsync(connections, LoadInput.File(file), job, async (batch, token) =>
            {
                await using var keep = new NpgsqlCommand("insert into quarantine select * from unnest($1, $2, $3)", batch.Connection)
                {
                    Parameters =
                    {
                        new() { Value = batch.Rows.Select(static row => row.Line).ToArray() },
                        new() { Value = batch.Rows.Select(static row => row.Raw).ToArray() },
                        new() { Value = batch.Rows.Select(static row => row.Message).ToArray() },
                    },
                };
                await keep.ExecuteNonQueryAsync(token);
            });
            // Counting is in the time of both.
            return await server.ScalarAsync<long>($"select count(*) from {table}") == counts.Sent ? counts.Sent : -1;
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }

    static async Task ExecuteAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
