using System.Diagnostics;
using System.Globalization;
using Howdah.Engine;
using Howdah.Patterns;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Crash;

/// <summary>Looks after partitions, and kills itself at the point whose number is given; 0: never. Prints the points it passed.</summary>
static class Upkeep
{
    static int passed;

    internal static async Task<int> RunAsync(string[] args)
    {
        var fatal = int.Parse(args[2], CultureInfo.InvariantCulture);
        var engine = new EstateEngine(Builtin.All);
        var estate = engine.Load(args[0]).Estate!;
        var session = await engine.OpenAsync(estate, new(Start: false), CancellationToken.None);
        var report = await PartitionUpkeep.RunAsync(session, estate.Databases[0], new()
        {
            BusyPatience = TimeSpan.FromSeconds(30),
            Fault = point =>
            {
                Console.WriteLine(point);
                if (++passed == fatal)
                    Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally, no goodbye to the server
            },
        }, CancellationToken.None);
        foreach (var problem in report.Tables.SelectMany(static table => table.Problems))
            Console.Error.WriteLine(problem);
        return report.Done ? 0 : 1;
    }
}
