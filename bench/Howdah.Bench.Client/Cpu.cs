using System.Globalization;
using Howdah.Testing;

namespace Howdah.Bench.Client;

/// <summary>CPU seconds that this process and a server's processes have used; steadier than wall time where others use the machine,
/// too.</summary>
static class Cpu
{
    const double Tick = 0.01;

    internal static double Of(TestServer server)
    {
        var postmaster = File.ReadLines(Path.Combine(server.Data, "postmaster.pid")).First();
        var total = Environment.CpuUsage.TotalTime.TotalSeconds;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(static folder => char.IsAsciiDigit(Path.GetFileName(
            folder)[0])))
        {
            if (Stat(folder) is { } stat && (stat[1] == postmaster || Path.GetFileName(folder) == postmaster))
                total += Seconds(stat);
        }
        return total;
    }

    internal static double OfProcess(int pid) => Stat($"/proc/{pid}") is { } stat ? Seconds(stat) : 0;

    static double Seconds(string[] stat) =>
        (long.Parse(stat[11], CultureInfo.InvariantCulture) + long.Parse(stat[12], CultureInfo.InvariantCulture)) * Tick;

    /// <summary>The fields behind the name: state, parent, …</summary>
    static string[]? Stat(string folder)
    {
        try
        {
            var text = File.ReadAllText(folder + "/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }
}
