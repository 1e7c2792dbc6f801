using System.Globalization;
using System.Text.RegularExpressions;
using Howdah.Engine.Files;

namespace Howdah.Engine.Upkeep;

/// <summary>How often something is done, as it stands in the file: <c>30s</c>, <c>5m</c>, <c>6h</c>, <c>2d</c>.</summary>
public static partial class Interval
{
    const string Pattern = "^[1-9][0-9]{0,4}[smhd]$";

    /// <summary>Reads one; kept as text.</summary>
    public static Shape<string> Shape { get; } = Shapes.Parsed("an interval such as 30s, 5m, 6h or 2d",
        static text => Parse(text) > TimeSpan.Zero ? text : null, Pattern);

    /// <summary>Reads how long something may take: 24 days at most, for PostgreSQL's statement_timeout and timers take no more; kept as
    /// text.</summary>
    public static Shape<string> Limit { get; } = Shapes.Parsed("a time such as 30s, 5m, 6h or 2d, at most 24d",
        static text => Parse(text) is { Ticks: > 0 } span && span <= Longest ? text : null, Pattern);

    static TimeSpan Longest => TimeSpan.FromDays(24);

    /// <summary>The interval of such a text; zero for what is none.</summary>
    /// <param name="text">The text.</param>
    public static TimeSpan Parse(string text)
    {
        if (Text().Match(text) is not { Success: true } match)
            return TimeSpan.Zero;
        var count = int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups[2].Value switch
        {
            "s" => TimeSpan.FromSeconds(count),
            "m" => TimeSpan.FromMinutes(count),
            "h" => TimeSpan.FromHours(count),
            _ => TimeSpan.FromDays(count),
        };
    }

    /// <summary>The shortest such text for an interval of whole seconds.</summary>
    /// <param name="span">The interval.</param>
    public static string Write(TimeSpan span) => (span.Ticks % TimeSpan.TicksPerDay, span.Ticks % TimeSpan.TicksPerHour,
        span.Ticks % TimeSpan.TicksPerMinute) switch
    {
        (0, _, _) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0}d"),
        (_, 0, _) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0}h"),
        (_, _, 0) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0}s"),
    };

    [GeneratedRegex("^([1-9][0-9]{0,4})([smhd])$")]
    private static partial Regex Text();
}
