using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>Prometheus' text format read strictly: one HELP and one TYPE before the samples of a name, which stand together; names, labels,
/// escapes and numbers as the format says; nothing twice; a newline at the end.</summary>
static partial class ExpositionCheck
{
    const string Label = """(?<label>(?!__)[a-zA-Z_][a-zA-Z0-9_]*)="(?:[^"\\]|\\\\|\\"|\\n)*"(?:,(?=[a-zA-Z_])|(?=\}))""";
    const string Number = @"(?<value>[+-]Inf|NaN|-?[0-9.]+(?:E[+-]?[0-9]+)?)";
    const string Sample = @"^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:" + Label + @")+\})? " + Number + "$";

    /// <summary>The samples by name and labels, as they stand.</summary>
    internal static Dictionary<string, double> Read(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
        var samples = new Dictionary<string, double>();
        var families = new HashSet<string>();
        var (name, helped, type) = ("", "", "");
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                helped = help.Groups[1].Value;
                Assert.True(families.Add(helped), $"{helped} comes twice");
                type = "";
            }
            else if (Type().Match(line) is { Success: true } typed)
            {
                (name, type) = (typed.Groups[1].Value, typed.Groups[2].Value);
                Assert.True(name == helped, $"TYPE of {name} follows HELP of {helped}");
                Assert.True(type == "counter" == name.EndsWith("_total", StringComparison.Ordinal), $"{name} is a {type}");
            }
            else
            {
                var sample = Line().Match(line);
                Assert.True(sample.Success, $"not a line of the format: {line}");
                Assert.True(sample.Groups["name"].Value == name && type.Length > 0, $"{line} stands under {name}");
                var labels = sample.Groups["label"].Captures.Select(static each => each.Value).ToList();
                Assert.True(labels.Distinct().Count() == labels.Count, $"a label twice: {line}");
                var value = sample.Groups["value"].Value;
                var number = value switch
                {
                    "+Inf" => double.PositiveInfinity,
                    "-Inf" => double.NegativeInfinity,
                    _ => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
                };
                Assert.True(type != "counter" || number >= 0, line);
                Assert.True(samples.TryAdd(line[..sample.Groups["value"].Index].TrimEnd(), number), $"twice: {line}");
            }
        }
        Assert.True(families.SetEquals(samples.Keys.Select(static key => key.Split('{')[0])), "a name without samples");
        return samples;
    }

    [GeneratedRegex(@"^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (?:[^\\]|\\\\|\\n)+$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter)$")]
    private static partial Regex Type();

    [GeneratedRegex(Sample)]
    private static partial Regex Line();
}
