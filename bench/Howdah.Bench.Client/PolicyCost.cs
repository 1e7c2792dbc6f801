using Npgsql;

namespace Howdah.Bench.Client;

/// <summary>The server's CPU time for a point read in a loop of its own: without a floor, with the one that Howdah lays, and with the
/// one for signed contexts.</summary>
static class PolicyCost
{
    const int Times = 300_000, Rounds = 5;

    internal static async Task RunAsync(BenchHome home, Section section)
    {
        await using var bare = home.Bare();
        await using var plain = await SignedHome.MakeAsync(home.Server, "plain", signed: false);
        await using var signed = await SignedHome.MakeAsync(home.Server, "signed", signed: true);
        var tenant = BenchHome.Tenant(7);
        var costs = new List<double>[] { [], [], [] };
        for (var round = 0; round <= Rounds; round++)
        {
            for (var way = 0; way < 3; way++)
            {
                await using var connection = await (way == 0 ? bare : way == 1 ? plain : signed).OpenConnectionAsync();
                await using (var context = new NpgsqlCommand("select set_config('howdah.tenant', $1, false)", connection))
                {
                    context.Parameters.Add(new() { Value = way == 2 ? SignedHome.Sign(tenant, connection) : tenant.ToString() });
                    await context.ExecuteNonQueryAsync();
                }
                await using var command = new NpgsqlCommand($"""
                    do $$ declare r text; begin
                      for i in 1..{Times} loop
                        select v into strict r from shop.{(way == 0 ? "plain" : "floored")} where tenant_id = '{tenant}' and id = 7 + (
                            i % 900) * {BenchHome.Tenants};
                      end loop; end $$
                    """, connection) { CommandTimeout = 0 };
                var before = Cpu.OfProcess(connection.ProcessID);
                await command.ExecuteNonQueryAsync();
                if (round > 0)
                    costs[way].Add((Cpu.OfProcess(connection.ProcessID) - before) / Times * 1e6);
            }
        }
        var (without, wrapped, verified) = (Section.Median(costs[0]), Section.Median(costs[1]), Section.Median(costs[2]));
        section.Add($"""

            Server CPU of the policy, as `howdah apply` lays it: a point read in a loop in the server, {Times:N0} times, median of {Rounds}:

            | | a statement | more |
            |---|---|---|
            | no policy | {without:0.0} µs | |
            | the floor | {wrapped:0.0} µs | +{wrapped - without:0.0} µs |
            | the floor, `signed: true` | {verified:0.0} µs | +{verified - without:0.0} µs |
            """);
    }
}
