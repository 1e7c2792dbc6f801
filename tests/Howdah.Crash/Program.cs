// Applies an estate and kills itself, with a real SIGKILL, at the point whose number is given. Prints the points it passed.
//   Howdah.Crash ESTATE-FOLDER POINT        POINT 0: never
//   Howdah.Crash ESTATE-FOLDER load         loads the data instead, and is killed from outside
//   Howdah.Crash ESTATE-FOLDER move TENANT MODEL SERVER|- POINT     moves a tenant instead; MODEL resume or abort: ends a move
//   Howdah.Crash ESTATE-FOLDER upkeep POINT     looks after partitions, see Upkeep.cs
//   Howdah.Crash ESTATE-FOLDER import POINT ARCHIVE NAME MODEL · abort-import POINT ARCHIVE NAME · erase POINT NAME ·
//     create POINT NAME MODEL · suspend POINT NAME · resume POINT NAME · refresh 0     see Archives.cs
//   Howdah.Crash ESTATE-FOLDER convert start|resume|abort|undo|finish TABLE POINT     see Conversions.cs
//   Howdah.Crash ESTATE-FOLDER pipeline POINT NAME STREAMS     runs a pipeline
using System.Diagnostics;
using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Patterns;
using Howdah.Patterns.Data.Loading;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Patterns.Tenancy.Registry;

if (args[1] is "create" or "suspend" or "resume" or "refresh" or "import" or "abort-import" or "erase")
    return await Howdah.Crash.Archives.RunAsync(args);
if (args[1] is "convert")
    return await Howdah.Crash.Conversions.RunAsync(args);
if (args[1] == "pipeline")
    return await Howdah.Crash.Pipelines.RunAsync(args);
if (args[1] == "upkeep")
    return await Howdah.Crash.Upkeep.RunAsync(args);
var loads = args[1] == "load";
var moves = args[1] == "move";
var fatal = loads ? 0 : moves ? int.Parse(args[5], CultureInfo.InvariantCulture) : int.Parse(args[1], CultureInfo.InvariantCulture);
var passed = 0;
var engine = new EstateEngine(Builtin.All);
var loaded = engine.Load(args[0]);
if (loaded.Estate is null)
{
    Console.Error.WriteLine(string.Join('\n', loaded.Diagnostics));
    return 1;
}
var session = await engine.OpenAsync(loaded.Estate, new(Start: false), CancellationToken.None);
if (loads)
{
    await DataLoader.RunAsync(session, null, CancellationToken.None);
    return 0;
}
if (moves)
{
    foreach (var server in session.Servers.Values)
        await server.ProbeAsync(CancellationToken.None);
    var options = new MoveOptions { Fault = Pass };
    var home = loaded.Estate.Databases[0];
    var task = args[3] switch
    {
        "resume" => TenantMove.ResumeAsync(session, home, args[2], options, CancellationToken.None),
        "abort" => TenantMove.AbortAsync(session, home, args[2], options, CancellationToken.None),
        var model => TenantMove.StartAsync(session, home, args[2], Enum.Parse<TenancyModel>(model, ignoreCase: true),
            args[4] == "-" ? null : args[4], options, CancellationToken.None),
    };
    Console.WriteLine((await task).Outcome);
    return 0;
}
var result = await session.ApplyAsync(new()
{
    Allow = Enum.GetValues<HazardKind>().ToHashSet(),
    Fault = Pass,
}, CancellationToken.None);
Console.Error.WriteLine(result.Message);
return result.Outcome is ApplyOutcome.Done or ApplyOutcome.NothingToDo ? 0 : 1;

void Pass(string point)
{
    Console.WriteLine(point);
    if (Interlocked.Increment(ref passed) == fatal)
        Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally, no goodbye to the server
}
