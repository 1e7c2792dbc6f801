using System.Text;
using CsCheck;
using Howdah.Patterns.Partitions;
using Howdah.Patterns.Partitions.Retiring;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions;

public sealed class The_calendar_of_partitions
{
    static readonly string[] Zones = ["Europe/Madrid", "America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "UTC"];

    static readonly Gen<(Span Span, string Zone, DateOnly Today, int Premake, int Back)> Wishes = Gen.Select(
        Gen.Int[0, 4].Select(static span => (Span)span), Gen.Int[0, Zones.Length - 1].Select(static index => Zones[index]),
        Gen.Int[0, 40_000].Select(static day => new DateOnly(1990, 1, 1).AddDays(day)), Gen.Int[1, 40], Gen.Int[0, 400]);

    [Fact]
    public void An_empty_table_gets_partitions_without_gap_or_overlap() => Wishes.Sample(wish =>
    {
        var clock = Clock.In(wish.Zone);
        var first = wish.Today.AddDays(-wish.Back);
        var made = Gaps.Find(wish.Span, clock, wish.Today, first, wish.Premake, [], 1000);
        Assert.Equal(clock.Begin(wish.Span.Start(first)), made[0].Bounds.From);
        Assert.Equal(clock.Begin(wish.Span.Next(wish.Span.Start(wish.Today), wish.Premake + 1)), made[^1].Bounds.To);
        Assert.All(made, each => Assert.True(each.Bounds.From < each.Bounds.To));
        Assert.All(made.Zip(made.Skip(1)), pair => Assert.Equal(pair.First.Bounds.To, pair.Second.Bounds.From));
        Assert.Equal(made.Count, made.Select(each => wish.Span.Suffix(each.Start)).Distinct().Count());
        Assert.Empty(Gaps.Find(wish.Span, clock, wish.Today, first, wish.Premake, [.. made.Select(static each => each.Bounds)], 1000));
    }, iter: 2000);

    [Fact]
    public void What_ends_gets_nothing_beyond_its_end()
    {
        var wish = new PartitionWish("day", Span.Month, "UTC", 4, new(2014, 1, 1), null) { Until = new(2017, 12, 31) };
        Assert.Equal((new DateOnly(2017, 12, 31), 0), wish.Reach(new(2026, 11, 26)));
        Assert.Equal((new DateOnly(2016, 2, 29), 4), wish.Reach(new(2016, 2, 29)));
        var (day, ahead) = wish.Reach(new(2026, 11, 26));
        var made = Gaps.Find(wish.Every, Clock.Plain, day, wish.From, ahead, [], 1000);
        Assert.Equal(48, made.Count);
        Assert.Equal(new DateTime(2018, 1, 1), made[^1].Bounds.To);
    }

    [Fact]
    public void Whatever_is_taken_out_is_what_is_filled_again() => Wishes.SelectMany(wish => Gen.Int[0, int.MaxValue]
        .Select(seed => (wish, seed))).Sample(both =>
    {
        var (wish, seed) = both;
        var clock = Clock.In(wish.Zone);
        var first = wish.Today.AddDays(-wish.Back);
        var all = Gaps.Find(wish.Span, clock, wish.Today, first, wish.Premake, [], 1000).Select(static each => each.Bounds).ToList();
        var gone = new HashSet<Bounds> { all[seed % all.Count], all[seed / 7 % all.Count] };
        var filled = Gaps.Find(wish.Span, clock, wish.Today, first, wish.Premake, [.. all.Where(each => !gone.Contains(each))], 1000);
        Assert.Equal(gone, filled.Select(static each => each.Bounds).ToHashSet());
    }, iter: 1000);

    [Theory]
    [InlineData("Europe/Madrid", "2026-03-29", "2026-03-29 00:00:00+01:00", 23)]
    [InlineData("Europe/Madrid", "2026-10-25", "2026-10-25 00:00:00+02:00", 25)]
    [InlineData("America/Havana", "2026-11-01", "2026-11-01 00:00:00-04:00", 25)] // 00:00 comes twice
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-24 01:00:00+03:00", 23)] // 00:00 does not come
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-31 00:00:00+14:00", 24)] // the day before was left out
    [InlineData("UTC", "2024-02-29", "2024-02-29 00:00:00+00:00", 24)]
    public void A_day_begins_when_its_date_does(string zone, string day, string literal, int hours)
    {
        var clock = Clock.In(zone);
        var date = DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(literal, clock.Text(clock.Begin(date)));
        Assert.Equal(date, clock.DayOf(clock.Begin(date)));
        Assert.Equal(hours, (clock.Begin(date.AddDays(1)) - clock.Begin(date)).TotalHours);
    }

    [Fact]
    public void Months_weeks_and_leap_years_are_the_calendars()
    {
        Assert.Equal(new(2024, 3, 1), Span.Month.Next(Span.Month.Start(new(2024, 2, 29))));
        Assert.Equal(new(2026, 3, 1), Span.Month.Next(Span.Month.Start(new(2026, 1, 31)), 2));
        Assert.Equal(("p2026w53", new DateOnly(2026, 12, 28)), (Span.Week.Suffix(new(2026, 12, 28)), Span.Week.Start(new(2027, 1, 3))));
        Assert.Equal("p2026q4", Span.Quarter.Suffix(Span.Quarter.Start(new(2026, 12, 31))));
    }

    [Theory]
    [InlineData("2026-03-31", "1 month", "2026-02-01")] // February has no 31st
    [InlineData("2024-02-29", "1 year", "2023-02-01")] // nor 2023 a 29th
    [InlineData("2024-03-31", "1 month", "2024-02-01")]
    [InlineData("2026-12-31", "1 quarter", "2026-09-01")]
    [InlineData("2026-01-01", "1 day", "2025-12-01")]
    [InlineData("2026-03-01", "1 day", "2026-02-01")]
    [InlineData("2026-03-02", "1 day", "2026-03-01")]
    [InlineData("2026-05-31", "3 months", "2026-02-01")]
    public void What_is_too_old_is_counted_by_the_calendar(string today, string retain, string cutoff)
    {
        var retention = new Retention(Age.Parse(retain), null, Goal.Drop, null);
        var day = Day(today);
        Assert.Equal(Day(cutoff), retention.Cutoff(Span.Month, day));
        // Whatever the span: whole ones only, none that today is in, and never a row that is not old enough.
        foreach (var span in Enum.GetValues<Span>())
        {
            var whole = retention.Cutoff(span, day);
            Assert.Equal(span.Start(whole), whole);
            Assert.True(whole <= span.Start(day) && whole <= Age.Parse(retain)!.Before(day));
            Assert.True(span.Next(whole) > Age.Parse(retain)!.Before(day));
        }
    }

    // The hour of the change, in three zones: a partition goes at the first instant of a day there, and not one instant before.
    [Theory]
    [InlineData("Europe/Madrid", "2026-03-29", "2026-03-27 23:00:00", "2026-03-28 23:00:00")]
    [InlineData("Europe/Madrid", "2026-10-26", "2026-10-23 22:00:00", "2026-10-24 22:00:00")]
    [InlineData("America/Havana", "2026-11-02", "2026-10-31 04:00:00", "2026-11-01 04:00:00")] // midnight comes twice
    [InlineData("Africa/Cairo", "2026-04-25", "2026-04-22 22:00:00", "2026-04-23 22:00:00")] // midnight does not come on the 24th
    [InlineData("Africa/Cairo", "2024-03-01", "2024-02-27 22:00:00", "2024-02-28 22:00:00")] // leap day
    public void Days_go_at_their_end_where_clocks_change(string zone, string today, string goes, string stays)
    {
        var clock = Clock.In(zone);
        var day = Day(today);
        var days = Enumerable.Range(-5, 10).Select(n => new LeafFacts(new("a", $"d{n}"), new(clock.Begin(day.AddDays(n)),
            clock.Begin(day.AddDays(n + 1))), false, false, [])).ToList();
        var due = new Retention(new(1, Span.Day), null, Goal.Drop, null).Due(Span.Day, clock, day, days);
        // Ends at yesterday's beginning at the latest.
        Assert.Equal(clock.Begin(day.AddDays(-1)), due[^1].Bounds.To);
        Assert.Equal(4, due.Count);
        Assert.Contains(At(goes), due.Select(static leaf => leaf.Bounds.From).Append(due[^1].Bounds.To));
        Assert.DoesNotContain(At(stays), due.Select(static leaf => leaf.Bounds.From));
        static DateTime At(string text) => DateTime.SpecifyKind(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
            DateTimeKind.Utc);
    }

    [Theory]
    [InlineData("Europe/Madrid", "2026-03-31")]
    [InlineData("America/Havana", "2024-02-29")]
    [InlineData("Australia/Lord_Howe", "2026-12-31")] // half an hour of daylight saving
    public void What_is_made_ahead_and_what_goes_are_whole_whatever_the_day(string zone, string today)
    {
        var (clock, day) = (Clock.In(zone), Day(today));
        foreach (var span in Enum.GetValues<Span>())
        {
            var retention = new Retention(null, 3, Goal.Drop, null);
            var wish = new PartitionWish("at", span, zone, 4, day.AddYears(-20), retention);
            var made = wish.Missing(clock, day, [], 1000);
            Assert.Equal(3 + 4, made.Count); // those that are kept, today's one of them, and those ahead
            Assert.Equal(clock.Begin(retention.Cutoff(span, day)), made[0].Bounds.From);
            Assert.Equal(clock.Begin(span.Next(span.Start(day), 5)), made[^1].Bounds.To);
            Assert.True(made[2].Bounds.From <= clock.Begin(day) && clock.Begin(day) < made[2].Bounds.To);
        }
    }

    static DateOnly Day(string text) => DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public void An_adopted_table_keeps_its_odd_bounds_and_gets_only_what_they_leave_out()
    {
        var clock = Clock.Plain;
        DateTime At(int month, int day) => clock.Begin(new(2026, month, day));
        var made = Gaps.Find(Span.Month, clock, new(2026, 4, 10), null, 1,
            [new(DateTime.MinValue, At(1, 10)), new(At(1, 10), At(2, 5)), new(At(3, 1), At(3, 20))], 1000);
        Assert.Equal([new(At(2, 5), At(3, 1)), new(At(3, 20), At(4, 1)), new(At(4, 1), At(5, 1)), new Bounds(At(5, 1), At(6, 1))],
            made.Select(static each => each.Bounds));
    }

    [Fact]
    public void Names_are_kept_whole_and_never_meet()
    {
        var long1 = new string('ñ', 40);
        var names = ((string[])["events", long1[..31], long1[..30] + "oo", long1[..30] + "op"])
            .Select(table => LeafName.For(table, "p202601", new HashSet<string>())).ToList();
        Assert.Equal("events_p202601", names[0]);
        Assert.All(names, name => Assert.InRange(Encoding.UTF8.GetByteCount(name), 1, 63));
        Assert.Equal(4, names.Distinct().Count());
        Assert.Equal("events_p202601_2", LeafName.For("events", "p202601", new HashSet<string> { "events_p202601" }));
    }

    [Fact]
    public void Thousands_of_partitions_with_nothing_to_do_are_planned_at_once()
    {
        var there = Enumerable.Range(0, 5000).Select(static day => new Bounds(
            Clock.Plain.Begin(new DateOnly(2014, 1, 1).AddDays(day)), Clock.Plain.Begin(new DateOnly(2014, 1, 2).AddDays(day)))).ToList();
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        Assert.Empty(Gaps.Find(Span.Day, Clock.Plain, new(2026, 11, 26), null, 4, there, 1000));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(1));
    }
}
