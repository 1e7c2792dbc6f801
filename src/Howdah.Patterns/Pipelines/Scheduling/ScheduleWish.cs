using Cronos;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Pipelines;

/// <summary>Times by a cron expression in a time zone.</summary>
/// <param name="Cron">Minute, hour, day, month, day of the week.</param>
/// <param name="Zone">The zone whose clock counts.</param>
sealed record ScheduleWish(string Cron, string Zone)
{
    internal static Shape<ScheduleWish> Shape { get; } = Shapes.ScalarOr(
        Shapes.Parsed<ScheduleWish>("a cron expression such as \"30 2 * * *\"", static text => Knows(text) ? new(text, "UTC") : null),
        Shapes.Object<ScheduleWish>("a schedule", static keys =>
        {
            var cron = keys.Required("cron", Shapes.Parsed("a cron expression such as \"30 2 * * *\"",
                static text => Knows(text) ? text : null),
                "Minute, hour, day of the month, month, day of the week; or @daily and the like.", "\"30 2 * * *\"");
            var zone = keys.Optional("zone", Shapes.Text, "UTC", "The time zone whose clock counts, daylight saving included.", "UTC",
                "Europe/Madrid");
            return values => new(values.Get(cron), values.Get(zone));
        }));

    /// <summary>The first time after another: what the clock skips comes at the end of the gap, what it shows twice comes once (at steps
    /// such as */30 each of them). Null for a day that never comes.</summary>
    internal DateTimeOffset? Next(DateTimeOffset after) =>
        CronExpression.Parse(Cron).GetNextOccurrence(after, TimeZoneInfo.FindSystemTimeZoneById(Zone));

    /// <summary>What is wrong with it; null where nothing is.</summary>
    internal (string Problem, string Hint)? Problem() => !TimeZoneInfo.TryFindSystemTimeZoneById(Zone, out _)
        ? ($"there is no time zone `{Zone}`", "write a name such as Europe/Madrid or UTC")
        : Next(DateTimeOffset.UnixEpoch) is null ? ($"the day of `{Cron}` never comes", "write a day that its month has") : null;

    public override string ToString() => Zone == "UTC" ? Cron : $"{Cron} {Zone}";

    static bool Knows(string text) => CronExpression.TryParse(text, out _);
}
