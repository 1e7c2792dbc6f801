using System.Diagnostics;
using Howdah.Bench.Client;
using Howdah.Testing;

namespace Howdah.Bench;

/// <summary>How long a plan without changes takes: inspect and diff at 100, 1,000 and 10,000 tables, and at 10 to 1,000 roles.</summary>
static class PlanBench
{
    const int Rounds = 5;

    internal static async Task RunAsync()
    {
        var section = new Section("plan",
            "## A plan without changes\n\nMade by `dotnet run -c Release --project bench/Howdah.Bench -- plan`: "
            + $"PostgreSQL 18 on loopback, {Environment.ProcessorCount} cores; median of {Rounds} rounds.\n\n"
            + "| tables | roles | plan without changes | working set |\n|---|---|---|---|");
        foreach (var (tables, roles) in ((int, int)[])[(100, 10), (1_000, 10), (10_000, 10), (100, 100), (100, 1_000)])
        {
            var seconds = await MeasureAsync(tables, roles);
            section.Add($"| {tables:N0} | {roles:N0} | {seconds:0.00} s | {Environment.WorkingSet / 1024 / 1024} MB |");
        }
        section.Save("bench/RESULTS.md");
    }

    static async Task<double> MeasureAsync(int tables, int roles)
    {
        var server = await TestServer.StartOwnAsync(18);
        var names = string.Join('\n', Enumerable.Range(0, roles).Select(i => $"  r{i}: {{}}"));
        using var harness = new EstateHarness(server,
            $"howdah: 1\nestate: bench\nSERVERS\nroles:\n  o: {{}}\n{names}\ndatabases:\n  d:\n    owner: o\n    schemas: [s]\n"
            + "    grants:\n"
            + "      - { to: r0, on: { all_tables: s }, privileges: [select] }\n");
        await harness.ConvergeAsync();
        for (var from = 0; from < tables; from += 1000)
            await server.ExecuteAsync(
                $"set role o; do $$ begin for i in {from}..{Math.Min(from + 1000, tables) - 1} loop "
                + "execute format('create table s.t%s (id bigint primary key, a text, b numeric, c timestamptz)', i); end loop; end $$",
                "d");
        var times = new List<double>();
        for (var round = 0; round <= Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var plan = await harness.PlanAsync(rehearse: false);
            if (plan.Steps.Count > 0)
                throw new InvalidOperationException($"something is to do: {plan.Steps[0].Id}");
            if (round > 0) // the first one warms up
                times.Add(watch.Elapsed.TotalSeconds);
        }
        await server.StopAsync();
        return Section.Median(times);
    }
}
