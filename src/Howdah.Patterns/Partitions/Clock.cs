using System.Globalization;

namespace Howdah.Patterns.Partitions;

/// <summary>
/// Turns days into instants and literals. A key with a time zone gets them in the declared zone and always with the offset: the session's
/// zone is not asked, for two sessions would make two different partitions of one text. Other keys have no zone to get wrong.
/// </summary>
sealed class Clock
{
    static readonly DateTime Epoch = DateTime.UnixEpoch;

    readonly TimeZoneInfo? zone;
    // Of a key that is a UUID: bounds that are there already, as they are; null for other keys.
    readonly IReadOnlyDictionary<DateTime, string>? uuids;

    Clock(TimeZoneInfo? zone, IReadOnlyDictionary<DateTime, string>? uuids = null)
    {
        this.zone = zone;
        this.uuids = uuids;
    }

    /// <summary>For keys of type date or timestamp.</summary>
    internal static Clock Plain { get; } = new(null);

    /// <summary>For keys of type timestamp with time zone.</summary>
    internal static Clock In(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));

    /// <summary>For keys that are UUIDs of version 7, which begin with the milliseconds since 1970.</summary>
    /// <param name="zone">Where days begin.</param>
    /// <param name="seen">Bounds of partitions that are there: one that was not made here may lie within a millisecond.</param>
    internal static Clock Uuids(string zone, IReadOnlyDictionary<DateTime, string> seen) =>
        new(TimeZoneInfo.FindSystemTimeZoneById(zone), seen);

    /// <summary>Whether there is such a zone.</summary>
    internal static bool Knows(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    /// <summary>The instant at which a day begins: the first that has its date, where midnight is skipped or comes twice, too.</summary>
    internal DateTime Begin(DateOnly day)
    {
        var local = day.ToDateTime(default);
        if (zone is null)
            return DateTime.SpecifyKind(local, DateTimeKind.Utc);
        if (zone.IsAmbiguousTime(local))
            return DateTime.SpecifyKind(local - zone.GetAmbiguousTimeOffsets(local).Max(), DateTimeKind.Utc);
        // In a gap the offset before it leads to the instant of the change, at which the day begins.
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddHours(-3)) : zone.GetUtcOffset(local);
        return DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
    }

    /// <summary>The date at an instant.</summary>
    internal DateOnly DayOf(DateTime instant) =>
        DateOnly.FromDateTime(zone is null ? instant : TimeZoneInfo.ConvertTimeFromUtc(instant, zone));

    /// <summary>An instant as a value of the key: with offset where it has a zone, the least UUID of that time where it is one.</summary>
    internal string Text(DateTime instant)
    {
        if (uuids is null)
            return Words(instant);
        if (uuids.TryGetValue(instant, out var seen))
            return seen;
        var hex = Math.Max(0, (instant - Epoch).Ticks / TimeSpan.TicksPerMillisecond).ToString("x12", CultureInfo.InvariantCulture);
        return $"{hex[..8]}-{hex[8..]}-0000-0000-000000000000";
    }

    /// <summary>An instant for people, with offset where there is a zone.</summary>
    internal string Words(DateTime instant)
    {
        if (zone is null)
            return instant.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
        var offset = zone.GetUtcOffset(instant);
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        var seconds = offset.Seconds == 0 ? "" : $":{Math.Abs(offset.Seconds):00}";
        return (instant + offset).ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture)
            + $"{sign}{Math.Abs(offset.Hours):00}:{Math.Abs(offset.Minutes):00}{seconds}";
    }
}
