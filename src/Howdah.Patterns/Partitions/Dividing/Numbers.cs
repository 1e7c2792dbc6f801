using System.Globalization;

namespace Howdah.Patterns.Partitions.Dividing;

/// <summary>A half-open range of numbers; wider than any type of the server, so that its ends are numbers, too.</summary>
/// <param name="From">The first number in it.</param>
/// <param name="To">The first that is not.</param>
readonly record struct NumberBounds(Int128 From, Int128 To);

/// <summary>Ranges of whole numbers.</summary>
/// <param name="Step">How many numbers one partition takes.</param>
/// <param name="First">The number from which on there are partitions; null for what is there, else for where numbers are.</param>
/// <param name="Sequence">The sequence that gives the numbers; null for the column's own.</param>
sealed record NumberRange(long Step, long? First, string? Sequence)
{
    /// <summary>The types a column of numbers may have, with the greatest each takes.</summary>
    internal static IReadOnlyDictionary<string, long> Types { get; } = new Dictionary<string, long>(StringComparer.Ordinal)
    {
        ["smallint"] = short.MaxValue, ["integer"] = int.MaxValue, ["bigint"] = long.MaxValue,
    };

    /// <summary>The first number of the range that holds <paramref name="number"/>.</summary>
    internal Int128 Start(Int128 number) => number - ((number % Step + Step) % Step);

    /// <summary>
    /// The missing partitions, each within one step: from the first there is (or that is asked for) to the end of the step that lies
    /// <paramref name="premake"/> steps ahead of the highest number's. Stops after <paramref name="most"/> and one more.
    /// </summary>
    internal IReadOnlyList<NumberBounds> Missing(Int128? highest, int premake, IReadOnlyList<NumberBounds> there, int most,
        Int128? keptFrom, long greatest)
    {
        var sorted = there.OrderBy(static each => each.From).ToList();
        // Before a first partition without beginning nothing is missing.
        Int128? lowest = sorted.Count == 0 ? null : sorted[0].From == Least ? sorted[0].To : sorted[0].From;
        if (lowest == -Least)
            return [];
        var top = highest ?? First ?? lowest ?? 0;
        top = First > top ? First.Value : top;
        var start = First ?? (lowest < top ? lowest.Value : top);
        start = Start(keptFrom > start ? keptFrom.Value : start);
        var end = Start(top) + (Int128)Step * (premake + 1);
        var missing = new List<NumberBounds>();
        var at = 0;
        // Numbers end where their type does: a partition that reaches beyond it has no end.
        for (var low = start; low < end && low <= greatest && missing.Count <= most; low += Step)
        {
            var (from, to) = (low, low + Step);
            while (at < sorted.Count && sorted[at].To <= from)
                at++;
            for (var i = at; i < sorted.Count && sorted[i].From < to && from < to; i++)
            {
                if (sorted[i].From > from && (i > 0 || First is not null))
                    missing.Add(new(from, sorted[i].From));
                from = sorted[i].To > from ? sorted[i].To : from;
            }
            if (from < to)
                missing.Add(new(from, to));
            else if (from >= to + Step)
                low = Start(from) - Step; // on, past a partition that is longer than a step
        }
        return missing;
    }

    /// <summary>A bound as SQL takes it; null beyond what the type takes.</summary>
    internal static RangeBound Bound(NumberBounds bounds, long greatest) => new(Text(bounds.From),
        bounds.To > greatest ? null : Text(bounds.To));

    /// <summary>What a partition's name ends in.</summary>
    internal static string Suffix(NumberBounds bounds) => bounds.From < 0 ? $"pm{Text(-bounds.From)}" : $"p{Text(bounds.From)}";

    /// <summary>Stands for a bound without beginning, and, with its sign changed, for one without end.</summary>
    internal static Int128 Least => Int128.MinValue / 4;

    /// <summary>The bounds in the catalog's words.</summary>
    internal static NumberBounds Parse(string? low, string? high) =>
        new(low is null ? Least : Int128.Parse(low, CultureInfo.InvariantCulture),
            high is null ? -Least : Int128.Parse(high, CultureInfo.InvariantCulture));

    static string Text(Int128 number) => number.ToString(CultureInfo.InvariantCulture);
}
