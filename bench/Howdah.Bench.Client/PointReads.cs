using System.Diagnostics;
using Howdah.Client;
using Npgsql;

namespace Howdah.Bench.Client;

/// <summary>The same point read in several ways, interleaved.</summary>
static class PointReads
{
    const string Plain = "select v from plain where tenant_id = $1 and id = $2",
        Floored = "select v from floored where tenant_id = $1 and id = $2";

    // Ways with a connection kept are held against the first, and those without against the first of these.
    const int Usual = 3, FirstEach = 4;

    sealed record Way(string Name, Func<NpgsqlDataSource, TenantDataSource, int, CancellationToken, Task<long>> Run);

    static readonly Way[] Ways =
    [
        new("bare Npgsql, unprotected table, connection kept", static (bare, _, client, stop) => BareAsync(bare, client, stop)),
        new("Howdah, connection kept", static (_, tenants, client, stop) => BoundAsync(tenants, client, stop)),
        new("a batch by hand of the two statements that Howdah sends, connection kept", static (bare, _, client, stop) =>
            ByHandAsync(bare, client, stop)),
        new("BEGIN, set_config, query, COMMIT in four round trips", static (bare, _, client, stop) => UsualAsync(bare, client, stop)),
        new("bare Npgsql, a command of the data source each time", static (bare, _, client, stop) => BareEachAsync(bare, client, stop)),
        new("Howdah, a command of the tenant each time", static (_, tenants, client, stop) => BoundEachAsync(tenants, client, stop)),
        new("such a batch by hand, a batch of the data source each time", static (bare, _, client, stop) =>
            ByHandEachAsync(bare, client, stop)),
    ];

    internal static async Task RunAsync(BenchHome home, Section section, double seconds, int rounds)
    {
        await using var bare = home.Bare();
        await using var tenants = home.Bound();
        section.Add("");
        section.Add("| way | clients | statements/s | against bare | against four round trips | client + server CPU | CPU against bare |");
        section.Add("|---|---|---|---|---|---|---|");
        foreach (var clients in (int[])[8, 1])
        {
            var rates = Ways.Select(static _ => new List<double>()).ToArray();
            var costs = Ways.Select(static _ => new List<double>()).ToArray();
            for (var round = 0; round <= rounds; round++)
            {
                for (var turn = 0; turn < Ways.Length; turn++)
                {
                    var way = round % 2 == 0 ? turn : Ways.Length - 1 - turn; // back and forth: no way gains by its place
                    var (rate, cost) = await OneAsync(home, bare, tenants, Ways[way], clients, round == 0 ? 0.7 : seconds);
                    if (round == 0)
                        continue; // warms up
                    rates[way].Add(rate);
                    costs[way].Add(cost);
                }
            }
            for (var way = 0; way < Ways.Length; way++)
            {
                var against = way < FirstEach ? 0 : FirstEach;
                var ratio = Section.Median(rates[way].Zip(rates[against], static (one, other) => one / other));
                var usual = Section.Median(rates[way].Zip(rates[Usual], static (one, other) => one / other));
                var cost = Section.Median(costs[way].Zip(costs[against], static (one, other) => one / other));
                section.Add($"| {Ways[way].Name} | {clients} | {Section.Median(rates[way]):N0} | {ratio:0.00} x | {usual:0.00} x | "
                    + $"{Section.Median(costs[way]):0} µs | {cost:0.00} x |");
            }
        }
    }

    static async Task<(double Rate, double Cost)> OneAsync(BenchHome home, NpgsqlDataSource bare, TenantDataSource tenants, Way way,
        int clients,
        double seconds)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var (watch, cpu) = (Stopwatch.StartNew(), Cpu.Of(home.Server));
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(client =>
            Task.Run(() => way.Run(bare, tenants, client, stop.Token))));
        return (counts.Sum() / watch.Elapsed.TotalSeconds, (Cpu.Of(home.Server) - cpu) / counts.Sum() * 1e6);
    }

    static async Task<long> BareAsync(NpgsqlDataSource source, int client, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(Plain, connection);
        var (tenant, id) = (new NpgsqlParameter<Guid>(), new NpgsqlParameter<int>());
        command.Parameters.Add(tenant);
        command.Parameters.Add(id);
        await command.PrepareAsync(CancellationToken.None);
        return await LoopAsync(client, async (which, key) =>
        {
            (tenant.TypedValue, id.TypedValue) = (BenchHome.Tenant(which), key);
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            return await reader.ReadAsync(CancellationToken.None) ? reader.GetString(0) : null;
        }, stop);
    }

    static async Task<long> BoundAsync(TenantDataSource tenants, int client, CancellationToken stop)
    {
        await using var connection = await tenants.For(BenchHome.Tenant(client)).OpenConnectionAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = Floored;
        var (tenant, id) = (new NpgsqlParameter<Guid>(), new NpgsqlParameter<int>());
        command.Parameters.Add(tenant);
        command.Parameters.Add(id);
        await command.PrepareAsync(CancellationToken.None);
        return await LoopAsync(client, async (_, key) =>
        {
            (tenant.TypedValue, id.TypedValue) = (BenchHome.Tenant(client), (key / BenchHome.Tenants * BenchHome.Tenants) + client);
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            return await reader.ReadAsync(CancellationToken.None) ? reader.GetString(0) : null;
        }, stop);
    }

    /// <summary>What is left without the client: two statements of a batch and the server's work for both.</summary>
    static async Task<long> ByHandAsync(NpgsqlDataSource source, int client, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection);
        var (text, tenant, id) = (new NpgsqlParameter<string> { TypedValue = "" }, new NpgsqlParameter<Guid>(), new NpgsqlParameter<int>());
        batch.BatchCommands.Add(new(BenchHome.Context) { Parameters = { text } });
        batch.BatchCommands.Add(new(Floored) { Parameters = { tenant, id } });
        await batch.PrepareAsync(CancellationToken.None);
        text.TypedValue = BenchHome.Tenant(client).ToString();
        return await LoopAsync(client, async (_, key) =>
        {
            (tenant.TypedValue, id.TypedValue) = (BenchHome.Tenant(client), (key / BenchHome.Tenants * BenchHome.Tenants) + client);
            await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
            await reader.NextResultAsync(CancellationToken.None);
            return await reader.ReadAsync(CancellationToken.None) ? reader.GetString(0) : null;
        }, stop);
    }

    static async Task<long> UsualAsync(NpgsqlDataSource source, int client, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        await using var begin = new NpgsqlCommand("begin", connection);
        await using var commit = new NpgsqlCommand("commit", connection);
        await using var context = new NpgsqlCommand("select set_config('howdah.tenant', $1, true)", connection);
        var text = new NpgsqlParameter<string> { TypedValue = "" };
        context.Parameters.Add(text);
        await using var command = new NpgsqlCommand(Floored, connection);
        var (tenant, id) = (new NpgsqlParameter<Guid>(), new NpgsqlParameter<int>());
        command.Parameters.Add(tenant);
        command.Parameters.Add(id);
        foreach (var each in (NpgsqlCommand[])[begin, commit, context, command])
            await each.PrepareAsync(CancellationToken.None);
        return await LoopAsync(client, async (which, key) =>
        {
            (tenant.TypedValue, id.TypedValue, text.TypedValue) = (BenchHome.Tenant(which), key, BenchHome.Tenant(which).ToString());
            await begin.ExecuteNonQueryAsync(CancellationToken.None);
            await context.ExecuteNonQueryAsync(CancellationToken.None);
            string? value;
            await using (var reader = await command.ExecuteReaderAsync(CancellationToken.None))
                value = await reader.ReadAsync(CancellationToken.None) ? reader.GetString(0) : null;
            await commit.ExecuteNonQueryAsync(CancellationToken.None);
            return value;
        }, stop);
    }

    static Task<long> BareEachAsync(NpgsqlDataSource source, int client, CancellationToken stop) => LoopAsync(client, async (which,
        key) =>
    {
        await using var command = source.CreateCommand(Plain);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = BenchHome.Tenant(which) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = key });
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        return await reader.ReadAsync(CancellationToken.None) ? reader.GetString(0) : null;
    }, stop);

    static Task<long> BoundEachAsync(TenantDataSource tenants, int client, CancellationToken stop) => LoopAsync(client, async (
        which, key) =>
    {
        await using var command = tenants.For(BenchHome.Tenant(which)).CreateCommand(Floored);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = BenchHome.Tenant(which) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = key });
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        return await reader.ReadAsync(CancellationToken.None) ? reader.GetString(0) : null;
    }, stop);

    static Task<long> ByHandEachAsync(NpgsqlDataSource source, int client, CancellationToken stop) => LoopAsync(client, async (which,
        key) =>
    {
        await using var batch = source.CreateBatch();
        var (tenant, id) = (BenchHome.Tenant(which), key);
        batch.BatchCommands.Add(new(BenchHome.Context) { Parameters = { new NpgsqlParameter<string> { TypedValue = tenant.ToString() } } });
        batch.BatchCommands.Add(new(Floored)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant }, new NpgsqlParameter<int> { TypedValue = id } },
        });
        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        await reader.NextResultAsync(CancellationToken.None);
        return await reader.ReadAsync(CancellationToken.None) ? reader.GetString(0) : null;
    }, stop);

    static async Task<long> LoopAsync(int client, Func<int, int, Task<string?>> read, CancellationToken stop)
    {
        var random = new Random(client);
        var count = 0L;
        while (!stop.IsCancellationRequested)
        {
            var key = random.Next(BenchHome.Tenants, BenchHome.Rows - BenchHome.Tenants);
            if (await read(key % BenchHome.Tenants, key) is null)
                throw new InvalidOperationException($"row {key} was not found");
            count++;
        }
        return count;
    }
}
