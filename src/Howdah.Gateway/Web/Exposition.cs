using System.Globalization;
using System.Text;

namespace Howdah.Gateway.Web;

/// <summary>One number with its labels.</summary>
readonly record struct Sample(double Value, params IReadOnlyList<(string Label, string Value)> Labels);

/// <summary>All samples of one name.</summary>
/// <param name="Name">The name; of a counter it ends in <c>_total</c>.</param>
/// <param name="Type"><c>gauge</c> or <c>counter</c>.</param>
/// <param name="Help">One sentence.</param>
/// <param name="Samples">The samples.</param>
sealed record Family(string Name, string Type, string Help, IEnumerable<Sample> Samples);

/// <summary>Prometheus' text format, version 0.0.4. Pure.</summary>
static class Exposition
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    internal static string Write(IEnumerable<Family> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            var samples = family.Samples.ToList();
            if (samples.Count == 0)
                continue;
            text.Append($"# HELP {family.Name} {Escape(family.Help, quotes: false)}\n# TYPE {family.Name} {family.Type}\n");
            foreach (var sample in samples)
            {
                text.Append(family.Name);
                if (sample.Labels.Count > 0)
                    text.Append('{').AppendJoin(',', sample.Labels.Select(static each => $"{each.Label}=\"{Escape(each.Value, true)}\""))
                        .Append('}');
                text.Append(' ').Append(Number(sample.Value)).Append('\n');
            }
        }
        return text.ToString();
    }

    static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);
}
