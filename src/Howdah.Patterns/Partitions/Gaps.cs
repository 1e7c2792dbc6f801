namespace Howdah.Patterns.Partitions;

/// <summary>A half-open range of time: what a partition holds.</summary>
/// <param name="From">The first instant that is in it.</param>
/// <param name="To">The first instant that is not.</param>
readonly record struct Bounds(DateTime From, DateTime To);

/// <summary>Finds what no partition holds.</summary>
static class Gaps
{
    /// <summary>
    /// The missing partitions, each within one span of the calendar: from the first partition there is (or the first day asked for) to the
    /// end of the span that lies <paramref name="premake"/> spans ahead of today. Stops after <paramref name="most"/> and one more.
    /// </summary>
    internal static IReadOnlyList<(DateOnly Start, Bounds Bounds)> Find(
        Span span, Clock clock, DateOnly today, DateOnly? first, int premake, IReadOnlyList<Bounds> there, int most)
    {
        var start = span.Start(first is { } from && from < today ? from : today);
        if (there.Count > 0 && there.Min(static each => each.From) is var lowest && first is null)
            start = lowest == DateTime.MinValue ? there.Where(static each => each.From == DateTime.MinValue)
                .Select(each => each.To == DateTime.MaxValue ? today : clock.DayOf(each.To)).Min() : clock.DayOf(lowest);
        start = span.Start(start < today ? start : today);
        var end = span.Next(span.Start(today), premake + 1);
        var sorted = there.OrderBy(static each => each.From).ToList();
        var missing = new List<(DateOnly, Bounds)>();
        var at = 0;
        for (var day = start; day < end && missing.Count <= most; day = span.Next(day))
        {
            var (low, high) = (clock.Begin(day), clock.Begin(span.Next(day)));
            while (at < sorted.Count && sorted[at].To <= low)
                at++;
            for (var i = at; i < sorted.Count && sorted[i].From < high && low < high; i++)
            {
                // Before the first partition of an adopted table nothing is missing: it begins where it begins.
                if (sorted[i].From > low && (i > 0 || first is not null || sorted[i].From > clock.Begin(today)))
                    missing.Add((day, new(low, sorted[i].From)));
                low = sorted[i].To > low ? sorted[i].To : low;
            }
            if (low < high)
                missing.Add((day, new(low, high)));
        }
        return missing;
    }
}
