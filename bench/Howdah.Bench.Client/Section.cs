using System.Globalization;
using System.Text;

namespace Howdah.Bench.Client;

/// <summary>One section of bench/RESULTS.md, between markers, so that the others stay.</summary>
sealed class Section
{
    readonly string name;
    readonly StringBuilder text = new();

    internal Section(string name, string head)
    {
        this.name = name;
        Add(head);
    }

    internal void Add(FormattableString line) => Add(line.ToString(CultureInfo.InvariantCulture));

    internal void Add(string line)
    {
        Console.WriteLine(line);
        text.Append(line).Append('\n');
    }

    internal void Save(string file)
    {
        var (begin, end) = ($"<!-- {name}: begin -->\n", $"<!-- {name}: end -->\n");
        var all = File.ReadAllText(file);
        var from = all.IndexOf(begin, StringComparison.Ordinal);
        var section = $"{begin}{text}{end}";
        File.WriteAllText(file, from < 0 ? $"{all.TrimEnd('\n')}\n\n{section}"
            : all[..from] + section + all[(all.IndexOf(end, StringComparison.Ordinal) + end.Length)..]);
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
