using System.Globalization;
using Howdah.Patterns.Partitions.Dividing;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>What becomes of a partition that is too old.</summary>
enum Goal
{
    /// <summary>It is detached and stays as a table of its own.</summary>
    Detach,
    /// <summary>It is dropped.</summary>
    Drop,
    /// <summary>It is written to a file, read back, compared and dropped.</summary>
    Archive,
}

/// <summary>A length of the calendar: <c>24 months</c>.</summary>
/// <param name="Count">How many.</param>
/// <param name="Unit">Of what.</param>
sealed record Age(int Count, Span Unit)
{
    /// <summary>Reads <c>24 months</c>; null for what is none.</summary>
    internal static Age? Parse(string text)
    {
        if (text.Split(' ') is not [var number, var word] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture,
            out var count) || count is < 1 or > 10_000)
            return null;
        foreach (var unit in Enum.GetValues<Span>())
            if (word == Name(unit) || word == Name(unit) + "s")
                return new(count, unit);
        return null;
    }

    /// <summary>The day that is this long before another; in a shorter month its last day.</summary>
    internal DateOnly Before(DateOnly day) => Unit.Next(day, -Count);

    static string Name(Span unit) => unit.ToString().ToLowerInvariant();
}

/// <summary>How long partitions are kept, and what becomes of them then.</summary>
/// <param name="Retain">For how long rows are kept; null for ever.</param>
/// <param name="Keep">How many partitions are kept at least, from the one that today is in backwards; null for none.</param>
/// <param name="Then">What becomes of older ones.</param>
/// <param name="Archive">The folder of archives, as in the file; null where none are written.</param>
sealed record Retention(Age? Retain, int? Keep, Goal Then, string? Archive)
{
    /// <summary>Whether archives are Parquet; else CSV.</summary>
    internal bool Parquet { get; init; }

    /// <summary>For how far behind the highest number rows are kept; null for ever.</summary>
    internal long? Distance { get; init; }

    /// <summary>
    /// The number before which nothing is kept: counted from the beginning of the partition that the highest number is in, whole steps
    /// only. Null where there is no number yet.
    /// </summary>
    internal Int128? Cutoff(NumberRange range, long? highest)
    {
        if (highest is not { } top)
            return null;
        var current = range.Start(top);
        var cutoff = Distance is { } distance ? range.Start(current - distance) : current;
        var kept = Keep is { } keep ? current - (Int128)range.Step * (keep - 1) : current;
        return kept < cutoff ? kept : cutoff;
    }

    /// <summary>The partitions of numbers that go, lowest first.</summary>
    /// <param name="range">The ranges.</param>
    /// <param name="highest">The highest number there is.</param>
    /// <param name="leaves">The partitions there are.</param>
    internal IReadOnlyList<LeafFacts> Due(NumberRange range, long? highest, IReadOnlyList<LeafFacts> leaves)
    {
        if (Cutoff(range, highest) is not { } cutoff)
            return [];
        var past = leaves.Where(static leaf => !leaf.IsDefault && !leaf.Pending).OrderBy(static leaf => leaf.Numbers.From).ToList();
        var spare = Keep is { } keep ? past.Count(leaf => leaf.Numbers.From <= highest) - keep : past.Count;
        return [.. past.Take(Math.Max(0, spare)).Where(leaf => leaf.Numbers.To <= cutoff)];
    }

    /// <summary>
    /// The day before which nothing is kept: a partition goes when its <b>end</b> is not after it. Never after the beginning of the
    /// partition that today is in, and whole spans only, so that what is kept is kept whole.
    /// </summary>
    internal DateOnly Cutoff(Span every, DateOnly today)
    {
        var current = every.Start(today);
        var cutoff = Retain is { } age ? every.Start(age.Before(today)) : current;
        var kept = Keep is { } keep ? every.Next(current, 1 - keep) : current;
        return kept < cutoff ? kept : cutoff;
    }

    /// <summary>The partitions that go, oldest first.</summary>
    /// <param name="every">How long one partition is.</param>
    /// <param name="clock">When days begin.</param>
    /// <param name="today">The date.</param>
    /// <param name="leaves">The partitions there are.</param>
    internal IReadOnlyList<LeafFacts> Due(Span every, Clock clock, DateOnly today, IReadOnlyList<LeafFacts> leaves)
    {
        var cutoff = clock.Begin(Cutoff(every, today));
        var past = leaves.Where(static leaf => !leaf.IsDefault && !leaf.Pending).OrderBy(static leaf => leaf.Bounds.From).ToList();
        // Odd bounds of an adopted table: so many are kept, whatever their length.
        var spare = Keep is { } keep ? past.Count(leaf => leaf.Bounds.From <= clock.Begin(today)) - keep : past.Count;
        return [.. past.Take(Math.Max(0, spare)).Where(leaf => leaf.Bounds.To <= cutoff)];
    }
}
