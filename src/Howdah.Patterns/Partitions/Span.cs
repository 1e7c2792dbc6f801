namespace Howdah.Patterns.Partitions;

/// <summary>How long one partition is.</summary>
enum Span
{
    /// <summary>From midnight to midnight: 23 to 25 hours.</summary>
    Day,
    /// <summary>From Monday to Monday.</summary>
    Week,
    /// <summary>From a first to the next.</summary>
    Month,
    /// <summary>From a first of January, April, July or October.</summary>
    Quarter,
    /// <summary>From New Year to New Year.</summary>
    Year,
}

/// <summary>Steps from one first day to the next, so that no month clips another: a month after 30 January begins nothing.</summary>
static class Spans
{
    /// <summary>The first day of the span that holds <paramref name="day"/>.</summary>
    internal static DateOnly Start(this Span span, DateOnly day) => span switch
    {
        Span.Day => day,
        Span.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        Span.Month => new(day.Year, day.Month, 1),
        Span.Quarter => new(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new(day.Year, 1, 1),
    };

    /// <summary>The first day of the span <paramref name="count"/> spans after the one that starts at <paramref name="start"/>.</summary>
    internal static DateOnly Next(this Span span, DateOnly start, int count = 1) => span switch
    {
        Span.Day => start.AddDays(count),
        Span.Week => start.AddDays(7 * count),
        Span.Month => start.AddMonths(count),
        Span.Quarter => start.AddMonths(3 * count),
        _ => start.AddYears(count),
    };

    /// <summary>What a partition's name ends in: sorts as the calendar does.</summary>
    internal static string Suffix(this Span span, DateOnly start) => span switch
    {
        Span.Day => $"p{start:yyyyMMdd}",
        Span.Week => $"p{System.Globalization.ISOWeek.GetYear(start.ToDateTime(default)):0000}"
            + $"w{System.Globalization.ISOWeek.GetWeekOfYear(start.ToDateTime(default)):00}",
        Span.Month => $"p{start:yyyyMM}",
        Span.Quarter => $"p{start:yyyy}q{((start.Month - 1) / 3) + 1}",
        _ => $"p{start:yyyy}",
    };
}
