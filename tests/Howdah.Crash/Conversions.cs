using System.Diagnostics;
using System.Globalization;
using Howdah.Engine;
using Howdah.Patterns;
using Howdah.Patterns.Partitions.Converting;

namespace Howdah.Crash;

/// <summary>Converts a table, or ends a conversion, and kills itself at the point whose number is given; 0: never. Prints the points it
/// passed.</summary>
static class Conversions
{
    static int passed;
    static int fatal;

    internal static async Task<int> RunAsync(string[] args)
    {
        fatal = int.Parse(args[4], CultureInfo.InvariantCulture);
        var engine = new EstateEngine(Builtin.All);
        var estate = engine.Load(args[0]).Estate!;
        var session = await engine.OpenAsync(estate, new(Start: false), CancellationToken.None);
        var home = estate.Databases[0];
        var options = new ConvertOptions { PagesAtOnce = 40, Fault = Pass };
        var task = args[2] switch
        {
            "start" => PartitionConvert.StartAsync(session, home, args[3], options, CancellationToken.None),
            "resume" => PartitionConvert.ResumeAsync(session, home, args[3], options, CancellationToken.None),
            "abort" => PartitionConvert.AbortAsync(session, home, args[3], options, CancellationToken.None),
            "undo" => PartitionConvert.UndoAsync(session, home, args[3], options, CancellationToken.None),
            _ => PartitionConvert.FinishAsync(session, home, args[3], options, CancellationToken.None),
        };
        Console.WriteLine((await task).Outcome);
        return 0;
    }

    static void Pass(string point)
    {
        Console.WriteLine(point);
        if (Interlocked.Increment(ref passed) == fatal)
            Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally, no goodbye to the server
    }
}
