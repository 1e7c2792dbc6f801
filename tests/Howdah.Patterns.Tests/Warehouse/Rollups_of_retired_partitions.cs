using System.Globalization;
using Howdah.Engine;
using Howdah.Patterns.Partitions.Retiring;
using Howdah.Patterns.Warehouse;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>
/// Retention takes partitions away while others write and refresh, and is cut off on the way: one rollup still counts what went, the other
/// counts what is there, and no reader ever sees less than before. Weeks lie in two partitions.
/// </summary>
public sealed class Rollups_of_retired_partitions
{
    static readonly DateTime Today = DateTime.UtcNow.Date;
    static readonly DateTime First = Today.AddDays(1 - Today.Day).AddMonths(-9);

    static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    static string Yaml(string retention) => $$"""
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {} }
        databases:
          retired:
            owner: shop_owner
            partitions: { dw.visit: { by: day, every: month, premake: 1, from: {{Day(First)}}{{retention}} } }
            warehouse:
              dimensions: { person: { key: { person_id: text }, attributes: { kind: { change: 1 } } } }
              facts:
                visit: { grain: [visit_id, day], dates: [day], degenerate: { visit_id: bigint }, dimensions: { person: person },
                  measures: { minutes: { type: integer } }, partition_by: day }
              rollups:
                weekly: { fact: visit, date: day, every: week, by: [person.kind], measures: { minutes: sum }, tail: true,
                  keep_retired: true }
                least: { fact: visit, date: day, every: week, measures: { minutes: min }, keep_retired: true }
                monthly: { fact: visit, date: day, by: [person.kind], measures: { minutes: sum } }
        """;

    static string Facts(string every, string table) => $"select date_trunc('{every}', f.day)::date, p.kind, count(*), sum(f.minutes) "
        + $"from {table} f join dw.person p on p.person_id = f.person_id group by 1, 2";

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Still_count_what_went_if_they_say_so(int major)
    {
        var star = await Star.GetAsync(major);
        using var estate = new EstateHarness(star.Server, Yaml(""));
        await estate.ConvergeAsync();
        await using var db = await star.Server.OpenAsync("retired");
        await Star.RunAsync(db, "create table mirror (visit_id bigint primary key, day date, person_id text, minutes int); "
            + "grant all on mirror to shop_owner");
        await Star.LoadAsync(db, "person", 1, "person_id, kind", "('p0', 'k0'), ('p1', 'k1'), ('p2', 'k2')");

        using var done = new CancellationTokenSource();
        var reader = ReadAsync(star, done.Token);
        var refreshing = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => RefreshAsync(star, done.Token)));
        var writing = Task.WhenAll(Enumerable.Range(0, 3).Select(writer => WriteAsync(star, writer, major * 10 + writer)));
        foreach (var (keep, then, cuts) in ((int, string, string[])[])[(7, "drop", ["noted", "detached", "before commit"]),
            (5, "detach", ["detached", "before commit"]), (3, "archive, archive: { to: archive/ }", ["detached", "verified", "dropped"])])
        {
            estate.Write(Yaml($", retain: {keep} months, then: {then}"));
            await estate.ConvergeAsync();
            foreach (var cut in cuts)
            {
                await Assert.ThrowsAsync<Cut>(() => UpkeepAsync(estate, cut));
                // All is worked out anew while a partition is neither here nor there, and what is on its way waits.
                await Star.RunAsync(db, "insert into dw.weekly_queue select distinct bucket from dw.weekly");
                await AgainAsync(db, () => RefreshAsync(db));
                Assert.Equal("", await BrokenAsync(db, estate));
            }
            await UpkeepAsync(estate, "");
        }
        await writing;
        await done.CancelAsync();
        await Task.WhenAll(refreshing, reader);
        Assert.True(await reader > 0, "nobody read meanwhile");

        // The tail knows it before the refresh does.
        var whole = await Star.TextAsync(db, Facts("week", "mirror"));
        Assert.Equal(whole, await Star.TextAsync(db, "select * from dw.weekly_live()"));
        await RefreshAsync(db);
        Assert.NotEqual(whole, await Star.TextAsync(db, Facts("week", "dw.visit")));
        Assert.Equal(whole, await Star.TextAsync(db, "select * from dw.weekly"));
        Assert.Equal(await Star.TextAsync(db, "select date_trunc('week', day)::date, count(*), min(minutes) from mirror group by 1"),
            await Star.TextAsync(db, "select * from dw.least"));
        Assert.Equal(await Star.TextAsync(db, Facts("month", "dw.visit")), await Star.TextAsync(db, "select * from dw.monthly"));
        Assert.Equal("", await BrokenAsync(db, estate));

        // What came back is not counted twice.
        var session = await estate.OpenAsync();
        await PartitionRestore.RunAsync(session, session.Estate.Databases[0], "dw.visit", $"dw.visit_p{First.AddMonths(5):yyyyMM}", true,
            CancellationToken.None);
        await RefreshAsync(db);
        Assert.Equal(whole, await Star.TextAsync(db, "select * from dw.weekly"));
        Assert.Equal(await Star.TextAsync(db, Facts("month", "dw.visit")), await Star.TextAsync(db, "select * from dw.monthly"));
        Assert.Equal("", await BrokenAsync(db, estate));
    }

    sealed class Cut(string at) : Exception(at);

    static async Task UpkeepAsync(EstateHarness estate, string cut)
    {
        var session = await estate.OpenAsync();
        var report = await PartitionUpkeep.RunAsync(session, session.Estate.Databases[0], new()
        {
            Fault = point => _ = point == cut ? throw new Cut(point) : 0,
        }, CancellationToken.None);
        Assert.True(report.Done, string.Join('\n', report.Tables.SelectMany(static table => table.Problems)));
    }

    static async Task<string> BrokenAsync(NpgsqlConnection db, EstateHarness estate)
    {
        var loaded = estate.Load().Estate!;
        var spec = WarehousePattern.Read(new Target(loaded, loaded.Servers["main"], loaded.Databases[0]))!;
        await using var transaction = await db.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var broken = new List<string>();
        foreach (var check in Checks.For(spec).Where(static check => check.Attack.Id is "WAR-18" or "WAR-19" or "WAR-27"))
        {
            if (await Star.TextAsync(db, $"select * from ({check.Statement}) c") is { Length: > 0 } rows)
                broken.Add($"{check.Attack.Id} {check.Target}: {rows}");
        }
        return string.Join('\n', broken);
    }

    static Task RefreshAsync(NpgsqlConnection db) =>
        Star.RunAsync(db, "call dw.refresh_weekly(); call dw.refresh_least(); call dw.refresh_monthly()");

    static async Task RefreshAsync(Star star, CancellationToken token)
    {
        await using var db = await star.Server.OpenAsync("retired");
        while (!token.IsCancellationRequested)
            await AgainAsync(db, () => RefreshAsync(db));
    }

    // Nobody deletes or moves visits of p0, so there are never fewer.
    static async Task<int> ReadAsync(Star star, CancellationToken token)
    {
        await using var db = await star.Server.OpenAsync("retired");
        var (reads, most) = (0, 0);
        for (; !token.IsCancellationRequested; reads++)
        {
            var now = int.Parse((await Star.TextAsync(db, "select coalesce(sum(row_count), 0) from dw.weekly where person_kind = 'k0'"))
                .Trim('(', ')'), CultureInfo.InvariantCulture);
            Assert.True(now >= most, $"there were {most} visits, now there are {now}");
            most = now;
        }
        return reads;
    }

    static async Task WriteAsync(Star star, int writer, int seed)
    {
        var random = new Random(seed);
        await using var db = await star.Server.OpenAsync("retired");
        for (var i = 0; i < 60; i++)
        {
            var (id, old) = (writer * 1000 + i, writer * 1000 + random.Next(i + 1));
            var day = $"date '{Day(First)}' + {random.Next(300)}";
            var row = $"{id}, {day}, 'p{i % 3}', {random.Next(60)}";
            await AgainAsync(db, () => Star.RunAsync(db, $"begin; insert into mirror values ({row}); insert into dw.visit "
                + "(visit_id, day, person_id, minutes, person_sk, batch) select m.*, p.sk, 1 from mirror m join dw.person p using "
                + $"(person_id) where visit_id = {id}; commit"));
            await AgainAsync(db, () => Star.RunAsync(db, random.Next(3) == 0
                ? $"""
                    with gone as (delete from dw.visit where visit_id = {old} and person_id <> 'p0' returning visit_id)
                    delete from mirror using gone where gone.visit_id = mirror.visit_id
                    """
                : $"""
                    with moved as (update dw.visit set day = {day}, minutes = minutes + 1 where visit_id = {old} and person_id <> 'p0'
                      returning visit_id, day, minutes)
                    update mirror set day = moved.day, minutes = moved.minutes from moved where moved.visit_id = mirror.visit_id
                    """));
        }
    }

    // A row of a time whose partition went is refused, and a deadlock is told to one of two: nothing is left of either.
    static async Task AgainAsync(NpgsqlConnection db, Func<Task> work)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await work();
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure && tries < 20)
            {
                await Star.RunAsync(db, "rollback");
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.CheckViolation or PostgresErrorCodes.UndefinedTable)
            {
                await Star.RunAsync(db, "rollback");
                return;
            }
        }
    }
}
