// Applies an estate and kills itself, with a real SIGKILL, at the point whose number is given. Prints the points it passed.
//   Howdah.Crash ESTATE-FOLDER POINT        POINT 0: never
//   Howdah.Crash ESTATE-FOLDER load         loads the data instead, and is killed from outside
using System.Diagnostics;
using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Patterns;
using Howdah.Patterns.Data.Loading;

var loads = args[1] == "load";
var fatal = loads ? 0 : int.Parse(args[1], CultureInfo.InvariantCulture);
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
var result = await session.ApplyAsync(new()
{
    Allow = Enum.GetValues<HazardKind>().ToHashSet(),
    Fault = point =>
    {
        Console.WriteLine(point);
        if (++passed == fatal)
            Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally, no goodbye to the server
    },
}, CancellationToken.None);
Console.Error.WriteLine(result.Message);
return result.Outcome is ApplyOutcome.Done or ApplyOutcome.NothingToDo ? 0 : 1;
