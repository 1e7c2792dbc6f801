// What binding statements to a tenant costs, side by side in one run:
//   dotnet run -c Release --project bench/Howdah.Bench.Client -- client [15|18] [seconds a round] [rounds]
// (a) a point read through Howdah.Client against bare Npgsql with an explicit predicate on an unprotected table, (b) against the usual
// way of four round trips, (c) a noisy neighbor, (d) the server's CPU time for the policy, signed or not. Writes its section of
// bench/RESULTS.md.
//   … -- import …  many rows under the floor against COPY
//   … -- ef …    EF Core with Howdah against EF Core with a query filter by hand
using System.Globalization;
using Howdah.Bench.Client;
using Howdah.Testing;

if (args is not ["client" or "ef" or "import", ..])
{
    Console.Error.WriteLine("usage: Howdah.Bench.Client client|ef|import [15|18] [seconds] [rounds]");
    return 64;
}
var major = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 18;
var seconds = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 2;
var rounds = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 7;
var bench = await BenchHome.MakeAsync(await TestServer.StartOwnAsync(major));
if (args[0] == "ef")
{
    var entities = new Section("ef", string.Create(CultureInfo.InvariantCulture, $"""
        ## EF Core

        Made by `dotnet run -c Release --project bench/Howdah.Bench.Client -- ef {major} {seconds} {rounds}`: PostgreSQL {major}, loopback,
        {Environment.ProcessorCount} cores shared by clients and server, 100 tenants, 100,000 rows, pooled contexts, prepared by themselves;
        {rounds} rounds of {seconds} s a way, interleaved; medians, and medians of each round's ratio. The filter by hand reads an
        unprotected table.
        """));
    await EntityReads.RunAsync(bench, entities, seconds, rounds);
    await bench.Server.StopAsync();
    entities.Save("bench/RESULTS.md");
    return 0;
}
if (args[0] == "import")
{
    var imports = new Section("import", string.Create(CultureInfo.InvariantCulture, $"""
        ## Imports

        Made by `dotnet run -c Release --project bench/Howdah.Bench.Client -- import {major}`: PostgreSQL {major}, loopback,
        {Environment.ProcessorCount} cores.
        """));
    await ImportSpeed.RunAsync(bench, imports);
    await bench.Server.StopAsync();
    imports.Save("bench/RESULTS.md");
    return 0;
}
var section = new Section("client", string.Create(CultureInfo.InvariantCulture, $"""
    ## The client

    Made by `dotnet run -c Release --project bench/Howdah.Bench.Client -- client {major} {seconds} {rounds}`: PostgreSQL {major} on
    loopback, {Environment.ProcessorCount} cores shared by clients and server, 100 tenants, 100,000 rows,
    prepared; {rounds} rounds of {seconds} s a way, interleaved; medians, and medians of each round's ratio.
    """));
await PointReads.RunAsync(bench, section, seconds, rounds);
await NoisyNeighbor.RunAsync(bench, section, seconds, rounds);
await PolicyCost.RunAsync(bench, section);
await bench.Server.StopAsync();
section.Save("bench/RESULTS.md");
return 0;
