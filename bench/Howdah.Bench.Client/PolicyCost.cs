using Npgsql;

namespace Howdah.Bench.Client;

/// <summary>The server's CPU time for a point read in a loop of its own, without and with the floor.</summary>
static class PolicyCost
{
    const int Times = 300_000, Rounds = 5;

    internal static async Task RunAsync(BenchHome home, Section section)
    {
        await using var source = home.Bare();
        await using var connection = await source.OpenConnectionAsync();
        await using (var context = new NpgsqlCommand($"select set_config('howdah.tenant', '{BenchHome.Tenant(7)}', false)", connection))
            await context.ExecuteNonQueryAsync();
        var pid = connection.ProcessID;
        var costs = new Dictionary<string, List<double>> { ["plain"] = [], ["floored"] = [] };
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var (table, list) in costs)
            {
                await using var command = new NpgsqlCommand($"""
                    do $$ declare r text; begin
                      for i in 1..{Times} loop
                        select v into r from shop.{table} where tenant_id = '{BenchHome.Tenant(7)}' and id = 7 + (
                            i % 900) * {BenchHome.Tenants};
                      end loop; end $$
                    """, connection) { CommandTimeout = 0 };
                var before = Cpu.OfProcess(pid);
                await command.ExecuteNonQueryAsync();
                if (round > 0)
                    list.Add((Cpu.OfProcess(pid) - before) / Times * 1e6);
            }
        }
        var (plain, floored) = (Section.Median(costs["plain"]), Section.Median(costs["floored"]));
        section.Add($"""

            Server CPU for the wrapped policy: a point read in a loop in the server, {Times:N0} times, median of {Rounds}:
            {plain:0.0} µs without a policy, {floored:0.0} µs with it (+{floored - plain:0.0} µs).
            """);
    }
}
