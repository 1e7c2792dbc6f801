using System.Diagnostics;
using System.Globalization;
using Howdah.Engine;
using Howdah.Patterns;
using Howdah.Patterns.Pipelines;

namespace Howdah.Crash;

/// <summary>Runs a pipeline, and kills itself at the point whose number is given; 0: never. What is read is a point each time it is told.
/// </summary>
static class Pipelines
{
    static int passed;
    static int fatal;

    internal static async Task<int> RunAsync(string[] args)
    {
        fatal = int.Parse(args[2], CultureInfo.InvariantCulture);
        var engine = new EstateEngine(Builtin.All);
        var estate = engine.Load(args[0]).Estate!;
        var session = await engine.OpenAsync(estate, new(Start: false), CancellationToken.None);
        var reports = await PipelineLoad.RunAsync(session, estate.Databases[0], args[3], new()
        {
            Fault = Pass, Progress = new Told(), Streams = int.Parse(args[4], CultureInfo.InvariantCulture),
        }, CancellationToken.None);
        return reports is [{ Outcome: LoadOutcome.Loaded or LoadOutcome.Known }] ? 0 : 1;
    }

    static void Pass(string point)
    {
        Console.WriteLine(point);
        if (Interlocked.Increment(ref passed) == fatal)
            Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally, no goodbye to the server
    }

    sealed class Told : IProgress<LoadStage>
    {
        public void Report(LoadStage value) => Pass(value.Doing);
    }
}
