// How long a plan without changes takes: inspect and diff at 100, 1,000 and 10,000 tables, and at 10 to 1,000 roles.
// Writes bench/RESULTS.md.
//   dotnet run -c Release --project bench/Howdah.Bench
// With `move`: how long a tenant waits while it is moved; its section of bench/RESULTS.md only.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Howdah.Testing;

if (args is ["move"])
{
    await Howdah.Bench.MoveBench.RunAsync();
    return;
}

const int Rounds = 5;
const string Command = "dotnet run -c Release --project bench/Howdah.Bench";
var results = new StringBuilder(
    $"# Results\n\nMade by `{Command}`: PostgreSQL 18 on loopback, {Environment.ProcessorCount} cores; median of {Rounds} rounds.\n\n"
    + "| tables | roles | plan without changes | working set |\n|---|---|---|---|\n");
foreach (var (tables, roles) in ((int, int)[])[(100, 10), (1_000, 10), (10_000, 10), (100, 100), (100, 1_000)])
{
    var server = await TestServer.StartOwnAsync(18);
    var names = string.Join('\n', Enumerable.Range(0, roles).Select(i => $"  r{i}: {{}}"));
    using var harness = new EstateHarness(server,
        $"howdah: 1\nestate: bench\nSERVERS\nroles:\n  o: {{}}\n{names}\ndatabases:\n  d:\n    owner: o\n    schemas: [s]\n    grants:\n"
        + "      - { to: r0, on: { all_tables: s }, privileges: [select] }\n");
    await harness.ConvergeAsync();
    for (var from = 0; from < tables; from += 1000)
        await server.ExecuteAsync(
            $"set role o; do $$ begin for i in {from}..{Math.Min(from + 1000, tables) - 1} loop "
            + "execute format('create table s.t%s (id bigint primary key, a text, b numeric, c timestamptz)', i); end loop; end $$", "d");
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
    times.Sort();
    var memory = Environment.WorkingSet / 1024 / 1024;
    var line = string.Create(CultureInfo.InvariantCulture, $"| {tables:N0} | {roles:N0} | {times[Rounds / 2]:0.00} s | {memory} MB |");
    Console.WriteLine(line);
    results.Append(line).Append('\n');
    await server.StopAsync();
}
await File.WriteAllTextAsync("bench/RESULTS.md", results.ToString());
