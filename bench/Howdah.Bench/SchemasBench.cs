using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Engine;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Testing;
using Npgsql;

namespace Howdah.Bench;

/// <summary>Tenants in schemas only, so that it takes minutes and not half an hour: a new one beside the bare statements, by turns, and a
/// plan with nothing to do.</summary>
static class SchemasBench
{
    const int Turns = 40;
    const int Rounds = 7;

    internal static async Task RunAsync(int schemas, int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var harness = new EstateHarness(server, TenantsBench.File);
        harness.Write("migrations/0001_tables.sql", TenantsBench.Migration);
        await harness.ConvergeAsync();
        var section = new Section($"schemas {major}", $"""
            ## Tenants in schemas, PostgreSQL {major}

            Made by `dotnet run -c Release --project bench/Howdah.Bench -- schemas {schemas} {major}`: loopback,
            without fsync, {Environment.ProcessorCount} cores (load when it began: {Load()}); {TenantsBench.Tables} tables as above.

            | what | median | fastest | slowest |
            |---|---|---|---|
            """);
        var session = await TenantsBench.OpenAsync(harness);
        await CreateAsync(server, session, section);
        await Parallel.ForEachAsync(Enumerable.Range(0, 2), async (worker, token) =>
        {
            await using var tenants = await TenantsBench.OpenTenantsAsync(session);
            for (var i = Turns + 1 + worker; i < schemas; i += 2)
                await tenants.CreateAsync($"more {i}", TenancyModel.Schemas, null, token);
        });
        await using (var vacuum = await server.OpenAsync(TenantsBench.Database))
        {
            // Autovacuum is off here, and would have come by.
            await using var command = new NpgsqlCommand("vacuum analyze", vacuum) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync();
        }
        await harness.ConvergeAsync();
        await NothingAsync(harness, server, section, schemas);
        section.Add($"\nLoad when it ended: {Load()}.");
        section.Save("bench/RESULTS.md");
        await server.StopAsync();
    }

    // By turns with the same statements in one batch and one transaction: what no tool could be faster than.
    static async Task CreateAsync(TestServer server, Session session, Section section)
    {
        await using var tenants = await TenantsBench.OpenTenantsAsync(session);
        await tenants.CreateAsync("warm", TenancyModel.Schemas, null, CancellationToken.None);
        var spec = TenancySpec.Of(session.Estate.Databases[0])!;
        await using var bare = await server.OpenAsync(TenantsBench.Database);
        var structure = await Structure.ReadAsync(spec, TenancyModel.Schemas, bare, CancellationToken.None);
        var (ours, raw) = (new List<double>(), new List<double>());
        for (var i = 0; i < Turns; i++)
        {
            var watch = Stopwatch.StartNew();
            await tenants.CreateAsync($"schemas {i}", TenancyModel.Schemas, null, CancellationToken.None);
            ours.Add(watch.Elapsed.TotalMilliseconds);
            watch.Restart();
            await Run.AllAsync(bare, [PlaceScript.Role("bare", "", spec.Group, open: true),
                .. PlaceScript.Schema(spec, structure, Guid.Empty, "bare")], CancellationToken.None);
            raw.Add(watch.Elapsed.TotalMilliseconds);
            await Run.AllAsync(bare, [Sql.Of($"drop schema bare cascade"), Sql.Of($"drop owned by bare"), Sql.Of($"drop role bare")],
                CancellationToken.None);
        }
        Row(section, $"a new schema of {TenantsBench.Tables} tables ({Turns} of them)", "ms", ours);
        Row(section, "beside each, its bare statements in one batch", "ms", raw);
    }

    // By turns with a server that lends no parallel workers.
    static async Task NothingAsync(EstateHarness harness, TestServer server, Section section, int schemas)
    {
        var (shared, alone) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (workers, times) in ((int, List<double>)[])[(2, shared), (0, alone)])
            {
                await WorkersAsync(server, workers);
                var session = await TenantsBench.OpenAsync(harness);
                var watch = Stopwatch.StartNew();
                var seen = await session.PlanAsync(rehearse: true, CancellationToken.None);
                await using (var tenants = await TenantsBench.OpenTenantsAsync(session))
                    if (await tenants.DatabaseDriftAsync(CancellationToken.None) is [var drift, ..])
                        throw new InvalidOperationException($"{drift}");
                if (seen.Steps.Count > 0 || seen.Notes.Any(static note => note.Code.StartsWith("HOW064", StringComparison.Ordinal)))
                    throw new InvalidOperationException($"something is to do: {seen.Steps.Count} {string.Join("; ", seen.Notes.Take(1))}");
                if (round > 0) // the process warms up
                    times.Add(watch.Elapsed.TotalSeconds);
            }
        }
        Row(section, $"nothing to do, {schemas:N0} schemas: `howdah plan`, each structure compared with home's", "s", shared);
        Row(section, "by turns with it, the server lending no parallel workers", "s", alone);
    }

    static async Task WorkersAsync(TestServer server, int workers)
    {
        await server.ExecuteAsync($"alter system set max_parallel_workers_per_gather = {workers}");
        await server.ExecuteAsync("select pg_reload_conf()");
        await Patience.UntilAsync("the setting is read", async () =>
            await server.ScalarAsync<string>("select current_setting('max_parallel_workers_per_gather')") == $"{workers}");
    }

    static void Row(Section section, string what, string unit, IReadOnlyList<double> times)
    {
        var form = unit == "s" ? "0.00" : "0.0";
        string Text(double value) => value.ToString(form, System.Globalization.CultureInfo.InvariantCulture);
        section.Add($"| {what} | {Text(Section.Median(times))} {unit} | {Text(times.Min())} {unit} | {Text(times.Max())} {unit} |");
    }

    // Processes that ran or waited, over the last minute.
    static string Load() => System.IO.File.Exists("/proc/loadavg") ? System.IO.File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
