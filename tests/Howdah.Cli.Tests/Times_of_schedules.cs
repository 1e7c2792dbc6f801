using System.Globalization;
using Howdah.Engine.Upkeep;
using Howdah.Gateway.Upkeep;
using Howdah.Patterns.Pipelines;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>When pipelines run: without a server, with clocks that are given.</summary>
public sealed class Times_of_schedules
{
    [Theory]
    // Madrid skips 02:00 to 03:00 on 2026-03-29: what was to be in the gap is at its end, once, and the next day as ever.
    [InlineData("30 2 * * *", "Europe/Madrid", "2026-03-28T12:00Z", "2026-03-29T01:00Z 2026-03-30T00:30Z 2026-03-31T00:30Z")]
    // It shows 02:00 to 03:00 twice on 2026-10-25: a daily run comes at the first one only.
    [InlineData("30 2 * * *", "Europe/Madrid", "2026-10-24T12:00Z", "2026-10-25T00:30Z 2026-10-26T01:30Z")]
    // Steps go on through both: no half hour is left out, none comes twice.
    [InlineData("*/30 * * * *", "Europe/Madrid", "2026-10-25T00:15Z",
        "2026-10-25T00:30Z 2026-10-25T01:00Z 2026-10-25T01:30Z 2026-10-25T02:00Z")]
    [InlineData("*/30 * * * *", "Europe/Madrid", "2026-03-29T00:45Z", "2026-03-29T01:00Z 2026-03-29T01:30Z 2026-03-29T02:00Z")]
    [InlineData("0 2 * * *", "America/New_York", "2026-03-07T12:00Z", "2026-03-08T07:00Z 2026-03-09T06:00Z")]
    [InlineData("0 1 * * *", "America/New_York", "2026-10-31T12:00Z", "2026-11-01T05:00Z 2026-11-02T06:00Z")]
    // Half an hour of daylight saving, on the other side of the world.
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", "2026-10-03T15:30Z 2026-10-04T15:15Z")]
    // Month's end, leap day, the turn of a year.
    [InlineData("0 0 L * *", "UTC", "2028-01-31T00:00Z", "2028-02-29T00:00Z 2028-03-31T00:00Z")]
    [InlineData("59 23 31 12 *", "Asia/Kathmandu", "2026-01-01T00:00Z", "2026-12-31T18:14Z 2027-12-31T18:14Z")]
    [InlineData("0 9 * * MON-FRI", "UTC", "2026-11-27T09:00Z", "2026-11-30T09:00Z 2026-12-01T09:00Z")]
    public void Come_by_the_clock_of_their_zone(string cron, string zone, string after, string wanted)
    {
        var schedule = new ScheduleWish(cron, zone);
        Assert.Null(schedule.Problem());
        var (times, at) = (new List<string>(), Time(after));
        foreach (var _ in wanted.Split(' '))
            times.Add((at = schedule.Next(at)!.Value).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture));
        Assert.Equal(wanted, string.Join(' ', times));
    }

    [Theory]
    [InlineData("0 0 30 2 *", "UTC", "never comes")]
    [InlineData("0 0 * * *", "Europe/Madird", "no time zone")]
    public void That_cannot_be_are_told(string cron, string zone, string says) =>
        Assert.Contains(says, new ScheduleWish(cron, zone).Problem()!.Value.Problem, StringComparison.Ordinal);

    [Fact]
    public void Of_times_that_were_missed_one_is_made_up_for()
    {
        // Dealt with up to Monday; it is Thursday noon. Due since Tuesday at two; once it is done, the next is Friday at two.
        var nightly = Seen("nightly", "0 2 * * *", [], "2026-11-23T02:00Z");
        Assert.Equal(Time("2026-11-24T02:00Z"), Turns.Due(nightly, All(nightly)));
        Assert.Equal(Time("2026-11-27T02:00Z"), Turns.Due(nightly with { Dealt = Time("2026-11-26T12:00Z") }, All(nightly)));
        // Failed, it comes when it is tried again; not known yet, it does not come.
        Assert.Equal(Time("2026-11-26T12:05Z"), Turns.Due(nightly with { Failures = 1, Retry = Time("2026-11-26T12:05Z") }, All(nightly)));
        Assert.Null(Turns.Due(nightly with { Dealt = null }, All(nightly)));
    }

    [Theory]
    // Three nights ago, it is noon: left out. Four minutes late, as after a takeover: not. Both: the old ones are, the new one is not.
    [InlineData("2026-11-23T02:00Z", null, "2026-11-26T12:00Z", "2026-11-27T02:00Z", 3)]
    [InlineData("2026-11-25T02:00Z", null, "2026-11-26T02:04Z", "2026-11-26T02:00Z", 0)]
    [InlineData("2026-11-23T02:00Z", null, "2026-11-26T02:04Z", "2026-11-26T02:00Z", 2)]
    // It failed tonight: somebody was there, and it is tried again at once. It failed two nights ago: it is too late for that.
    [InlineData("2026-11-25T02:00Z", "2026-11-26T02:01Z", "2026-11-26T12:00Z", "2026-11-26T12:00Z", 0)]
    [InlineData("2026-11-23T02:00Z", "2026-11-24T02:01Z", "2026-11-26T12:00Z", "2026-11-27T02:00Z", 3)]
    public void Where_missed_is_skip_times_that_nobody_was_there_for_are_left_out(string dealt, string? failed, string now, string due,
        int missed)
    {
        var wish = new PipelineWish("a.csv", null, PipelinesShapes.Plain, new Dictionary<string, ColumnWish>(), null, null, LoadMode.Insert,
            [], false, null, LimitWish.Usual, false, [], TimeSpan.Zero, 0) { Schedule = new("0 2 * * *", "UTC") };
        DateTimeOffset? LeftOut(PipelineWish of) => MissedTimes.LeftOut(of, Time(dealt), failed is null ? null : Time(failed), Time(now));
        Assert.Null(LeftOut(wish));
        var state = new ChoreState(Seen("nightly", "0 2 * * *", [], dealt).Chore);
        var memory = new TimetableMemory(Time(dealt), failed is null ? 0 : 1) { LeftOut = LeftOut(wish with { SkipsMissed = true }) };
        Assert.Equal(missed, state.Recall(memory, Time(now)));
        Assert.Equal(Time(due), Turns.Due(state.Seen, All(state.Seen)));
        // Who takes the lead again counts nothing twice; what comes after it does not take what was left out for done.
        Assert.Equal((0, missed), (state.Recall(memory, Time(now)), state.Seen.Missed));
        var after = Seen("after", null, ["nightly"], dealt);
        Assert.Null(Turns.Due(after, All(state.Seen, after)));
        Assert.Equal(due == "2026-11-27T02:00Z" ? null : "nightly",
            Turns.Awaits(after with { Recalled = Time(now) }, All(state.Seen, after)));
    }

    [Fact]
    public void Who_comes_after_others_waits_for_all_of_them_and_comes_once()
    {
        var one = Seen("one", "0 2 * * *", [], "2026-11-26T02:00Z");
        var two = Seen("two", "0 2 * * *", [], "2026-11-26T02:00Z");
        var late = Seen("late", null, ["one", "two"], "2026-11-25T02:30Z");
        var last = Seen("last", "5 2 * * *", ["late"], "2026-11-25T02:05Z");

        Assert.Equal(Time("2026-11-26T02:00Z"), Turns.Due(late, All(one, two, late)));
        Assert.Null(Turns.Awaits(late, All(one, two, late)));
        // One before it runs, is due, has failed, or is not known yet: it waits.
        var behind = two with { Dealt = Time("2026-11-25T02:00Z") };
        foreach (var busy in (ChoreSeen[])[behind, behind with { Begun = Time("2026-11-26T02:01Z") }, behind with
        {
            Failures = 1, Retry = Time("2026-11-26T02:15Z"),
        }, two with { Dealt = null }])
        {
            Assert.Equal("two", Turns.Awaits(late, All(one, busy, late)));
            // And who waits for it waits, too, though its own time has come.
            Assert.Equal("late", Turns.Awaits(last, All(one, busy, late, last)));
        }
        Assert.Equal("late", Turns.Awaits(last, All(one, two, late, last)));
        // Once done it has nothing to do until one before it is done anew.
        var done = late with { Dealt = Time("2026-11-26T02:06Z") };
        Assert.Null(Turns.Due(done, All(one, two, done)));
        Assert.Null(Turns.Awaits(last, All(one, two, done, last)));
        // Whom nobody runs is not waited for.
        Assert.Null(Turns.Awaits(Seen("x", null, ["by hand"], "2026-11-26T02:00Z"), All()));
    }

    [Fact]
    public void Who_is_always_due_starves_nobody()
    {
        // It runs for two minutes and is due every minute, so it is never at rest.
        ChoreSeen Always(string dealt) => Seen("always", "* * * * *", [], dealt) with { Begun = Time("2026-11-26T02:06Z") };
        var after = Seen("after", null, ["always"], "2026-11-26T02:00Z");
        Assert.Equal(Time("2026-11-26T02:04Z"), Turns.Due(after, All(Always("2026-11-26T02:04Z"), after)));
        Assert.Null(Turns.Awaits(after, All(Always("2026-11-26T02:04Z"), after)));
        var timed = Seen("timed", "5 2 * * *", ["always"], "2026-11-25T02:05Z");
        Assert.Equal("always", Turns.Awaits(timed, All(Always("2026-11-26T02:04Z"), timed)));
        Assert.Null(Turns.Awaits(timed, All(Always("2026-11-26T02:06Z"), timed)));
    }

    [Fact]
    public void What_both_have_missed_is_made_up_for_in_order()
    {
        // Nobody was there from Monday to Thursday noon: due on Tuesday, it waits for what was due on Wednesday.
        var before = Seen("before", "0 2 * * WED", [], "2026-11-18T02:00Z");
        var after = Seen("after", "0 2 * * *", ["before"], "2026-11-23T02:00Z") with { Recalled = Time("2026-11-26T12:00Z") };
        Assert.Equal("before", Turns.Awaits(after, All(before, after)));
        Assert.Null(Turns.Awaits(after, All(before with { Dealt = Time("2026-11-26T12:00Z") }, after)));
    }

    [Fact]
    public void Who_fails_is_tried_again_later_and_later_and_never_much_later()
    {
        double Seconds(int failures, double random) => Math.Round(Rhythm.Backoff(failures, random).TotalSeconds, 3);
        Assert.Equal([5, 10, 20, 40, 900, 900], ((int[])[1, 2, 3, 4, 12, int.MaxValue]).Select(failures => Seconds(failures, 0.5)));
        Assert.Equal((4, 6, 1080), (Seconds(1, 0), Seconds(1, 1), Seconds(100, 1)));
        Assert.InRange(Rhythm.Next(TimeSpan.FromMinutes(5), 0.999), TimeSpan.FromSeconds(285), TimeSpan.FromSeconds(315));
        Assert.InRange(Rhythm.First(TimeSpan.FromHours(1), 0.999), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.InRange(Rhythm.Reconnect(int.MaxValue, 1), TimeSpan.Zero, TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task A_slow_database_holds_its_own_lanes_only()
    {
        using var lanes = new Lanes();
        using var none = new CancellationTokenSource();
        var held = new List<IDisposable>();
        for (var lane = 0; lane < Lanes.OfKind; lane++)
            held.Add(await lanes.EnterAsync("slow", "pipeline", none.Token));
        var (third, fourth) = (lanes.EnterAsync("slow", "pipeline", none.Token), lanes.EnterAsync("slow", "pipeline", none.Token));
        // Its rollups do not wait for its loads, nor does another database; the server as a whole has its limit.
        held.Add(await lanes.EnterAsync("slow", "rollup", none.Token));
        for (var other = 0; held.Count < Lanes.OfServer; other++)
            held.Add(await lanes.EnterAsync($"other {other}", "pipeline", none.Token));
        var beyond = lanes.EnterAsync("beyond", "pipeline", none.Token);
        Assert.False(third.IsCompleted || fourth.IsCompleted || beyond.IsCompleted);
        held[^1].Dispose();
        (await beyond).Dispose();
        // Who came first goes first.
        held[0].Dispose();
        using var next = await third;
        Assert.False(fourth.IsCompleted);
        await none.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth);
    }

    [Theory]
    [InlineData("30s")]
    [InlineData("90s")]
    [InlineData("5m")]
    [InlineData("90m")]
    [InlineData("6h")]
    [InlineData("36h")]
    [InlineData("2d")]
    public void Intervals_are_written_as_they_are_read(string text) => Assert.Equal(text, Interval.Write(Interval.Parse(text)));

    static ChoreSeen Seen(string name, string? cron, string[] after, string dealt) =>
        new(new Chore(name, "main", static (_, _) => throw new InvalidOperationException())
        {
            Timetable = new()
            {
                Next = at => cron is null ? null : new ScheduleWish(cron, "UTC").Next(at), After = after,
                Recall = static (_, _, _) => throw new InvalidOperationException(),
                Remember = static (_, _, _) => throw new InvalidOperationException(),
            },
        }) { Dealt = Time(dealt) };

    static Dictionary<string, ChoreSeen> All(params ChoreSeen[] all) => all.ToDictionary(static each => each.Chore.Name);

    static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
