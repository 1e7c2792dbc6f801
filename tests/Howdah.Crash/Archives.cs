using System.Diagnostics;
using System.Globalization;
using Howdah.Engine;
using Howdah.Patterns;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Erasing;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Crash;

/// <summary>Makes, suspends, imports, gives up and erases tenants, and kills itself at the point whose number is given; 0: never. Prints
/// the points it passed.</summary>
static class Archives
{
    static int passed;
    static int fatal;

    internal static async Task<int> RunAsync(string[] args)
    {
        fatal = int.Parse(args[2], CultureInfo.InvariantCulture);
        var engine = new EstateEngine(Builtin.All);
        var estate = engine.Load(args[0]).Estate!;
        var session = await engine.OpenAsync(estate, new(Start: false), CancellationToken.None);
        foreach (var server in session.Servers.Values)
            await server.ProbeAsync(CancellationToken.None);
        var home = estate.Databases[0];
        var archives = new ArchiveOptions { Fault = Pass };
        switch (args[1])
        {
            case "import":
                await TenantImport.RunAsync(session, home, args[3], args[4], Enum.Parse<TenancyModel>(args[5]), null, archives,
                    CancellationToken.None);
                break;
            case "abort-import":
                await TenantImport.AbortAsync(session, home, args[3], args[4], archives, CancellationToken.None);
                break;
            case "create":
                await using (var tenants = await Tenants.OpenAsync(session, home, Pass, CancellationToken.None))
                    await tenants.CreateAsync(args[3], Enum.Parse<TenancyModel>(args[4]), null, CancellationToken.None);
                break;
            case "suspend" or "resume":
                await using (var tenants = await Tenants.OpenAsync(session, home, Pass, CancellationToken.None))
                    await (args[1] == "suspend" ? tenants.SuspendAsync(args[3], CancellationToken.None)
                        : tenants.ResumeAsync(args[3], CancellationToken.None));
                break;
            case "refresh": // killed from outside, while something holds it
                await using (var tenants = await Tenants.OpenAsync(session, home, Pass, CancellationToken.None))
                    await tenants.RefreshAsync(CancellationToken.None);
                break;
            default:
                await TenantErase.RunAsync(session, home, args[3], new() { Fault = Pass }, CancellationToken.None);
                break;
        }
        return 0;
    }

    static void Pass(string point)
    {
        Console.WriteLine(point);
        if (Interlocked.Increment(ref passed) == fatal)
            Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no finally, no goodbye to the server
    }
}
