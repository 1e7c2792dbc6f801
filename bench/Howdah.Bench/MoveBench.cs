using Howdah.Bench.Client;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tests.Tenancy.Moving;

namespace Howdah.Bench;

/// <summary>How long a tenant of 100,000 rows waits while it is moved, with three clients that write and read without a pause.</summary>
static class MoveBench
{
    const int Rows = 100_000;
    const string Command = "dotnet run -c Release --project bench/Howdah.Bench -- move";

    internal static async Task RunAsync()
    {
        using var caravan = await Caravan.OpenAsync(18, things: Rows);
        var tenant = await caravan.FindAsync(Caravan.Traveller);
        await using var riders = new Riders(caravan, tenant.Name, tenant.Id);
        await riders.GoOnAsync();
        var pauses = new Dictionary<string, List<double>>();
        var rates = new Dictionary<string, List<double>>();
        for (var round = 0; round < 3; round++)
            foreach (var to in (TenancyModel[])[TenancyModel.Schemas, TenancyModel.Databases, TenancyModel.Rows])
            {
                var watch = System.Diagnostics.Stopwatch.StartNew();
                var result = await TenantMove.StartAsync(caravan.Session, caravan.Home, tenant.Name, to, null, new(),
                    CancellationToken.None);
                var way = $"{TenantRegistry.NameOf(result.From.Model)} → {TenantRegistry.NameOf(to)}";
                (pauses.TryGetValue(way, out var known) ? known : pauses[way] = []).Add(result.Pause!.Value.TotalMilliseconds);
                (rates.TryGetValue(way, out var fast) ? fast : rates[way] = []).Add(result.Rows / watch.Elapsed.TotalSeconds);
                Console.WriteLine($"{way}: {result.Rows} rows, {result.Changes} changes, "
                    + $"pause {result.Pause.Value.TotalMilliseconds:0} ms, {watch.Elapsed.TotalSeconds:0.0} s in all");
                await riders.GoOnAsync();
            }
        await riders.CheckAsync();
        var all = pauses.Values.SelectMany(static each => each).Order().ToList();
        var section = new Section("move", $"""
            ## Moving a tenant

            Made by `{Command}`: PostgreSQL 18 on loopback,
            {Environment.ProcessorCount} cores, a tenant of {Rows:N0} rows with three clients that write and read all
            the time; {all.Count} moves. The pause is from the fence to the switch: no write is taken in between. The rate is that of the
            whole move, with both comparisons and the removal of the old place. Afterwards every acknowledged write was found once.

            | move | pause, median | longest | rows a second |
            |---|---|---|---|
            """);
        foreach (var (way, times) in pauses)
            section.Add($"| {way} | {Section.Median(times):0} ms | {times.Max():0} ms | {Section.Median(rates[way]):N0} |");
        section.Add($"| all | {Section.Median(all):0} ms | {all[^1]:0} ms | |");
        section.Save("bench/RESULTS.md");
    }
}
