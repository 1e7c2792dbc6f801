using Howdah.Patterns.Partitions.Converting;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions.Converting;

/// <summary>Conversions while clients insert, change (the time that divides the table, too), delete and upsert, and while they are killed.
/// </summary>
public sealed class Conversions_under_load(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task Lose_and_double_nothing_wherever_they_are_killed(int major)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("HOWDAH_SEED"), out var given) ? given : 815 + major;
        var random = new Random(seed);
        using var ledger = await Ledger.OpenAsync(major, 3_000);
        await using var writers = new Writers(ledger, 3, seed);
        await writers.GoOnAsync();
        // Undisturbed once: its points are those at which the others are killed. And back again, with what was written meanwhile.
        var (code, points) = await ledger.CrashAsync("start", 0);
        Assert.True(code == 0 && await ledger.IsPartitionedAsync());
        await writers.GoOnAsync();
        Assert.Equal("undone", (await ledger.UndoAsync()).Outcome);
        await ledger.CleanAsync();
        for (var round = 0; round < (Campaign.Full ? 50 : 2); round++)
        {
            var point = random.Next(1, points.Count);
            (code, var passed) = await ledger.CrashAsync("start", point);
            var where = $"seed {seed}, round {round}: killed at {(code == 0 ? "no point" : passed[^1])}";
            var abort = random.Next(2) == 0 && !await ledger.IsPartitionedAsync();
            if (code != 0 && random.Next(3) == 0)
            {
                (code, passed) = await ledger.CrashAsync(abort ? "abort" : "resume", random.Next(1, 6));
                where += code == 0 ? "" : $", then at {passed[^1]}";
            }
            output.WriteLine(where);
            await EndAsync(ledger, abort, where);
            await writers.GoOnAsync();
            if (await ledger.IsPartitionedAsync())
            {
                (code, passed) = await ledger.CrashAsync("undo", random.Next(1, 6));
                output.WriteLine($"  the way back: killed at {(code == 0 ? "no point" : passed[^1])}");
                if (code != 0 && await ledger.IsPartitionedAsync())
                    await ledger.UndoAsync();
                else if (code != 0)
                    await EndAsync(ledger, false, where); // killed at its last point, it had ended
            }
            await ledger.CleanAsync();
        }
        Assert.Equal("finished", (await ledger.ConvertAsync(Ledger.Options with { DropOld = true })).Outcome);
        await writers.GoOnAsync();
        await ledger.CleanAsync();
        await writers.CheckAsync();
        // What nobody wrote is as it was.
        Assert.Equal(3_000L, await ledger.ScalarAsync<long>(
            "select count(*) from app.events where client = 7 and note = 'note ' || (doc->>'g') and stamped = 1"));
        output.WriteLine($"{writers.Acknowledged} writes, the longest took {writers.Longest.TotalMilliseconds:0} ms");
    }

    static async Task EndAsync(Ledger ledger, bool abort, string where)
    {
        try
        {
            await (abort ? ledger.AbortAsync() : ledger.ResumeAsync());
        }
        catch (ConvertException over) when (over.Message.StartsWith("no conversion of", StringComparison.Ordinal))
        {
            // It was killed before it had begun, or after it had ended.
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{where}: {e.Message}", e);
        }
    }

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task Are_refused_before_anything_is_done_where_something_would_be_lost(int major)
    {
        using var ledger = await Ledger.OpenAsync(major, 100, "create unique index one on app.accounts (name)");
        (string Wrong, string Right, string Sentence)[] cases =
        [
            ("create table app.parts (event bigint references app.events)", "drop table app.parts",
                "the foreign key parts_event_fkey of app.parts refers to it"),
            ("create unique index one_note on app.events (note)", "drop index app.one_note", "the unique index one_note does not hold at"),
            ("create materialized view app.m as select count(*) from app.events", "drop materialized view app.m",
                "materialized view app.m"),
            ("create rule r as on insert to app.events where new.note = 'x' do also insert into app.accounts values (1000)",
                "drop rule r on app.events", "the rule r"),
            ("alter table app.events add constraint c check (note <> 'x') not valid", "alter table app.events drop constraint c",
                "the constraint c is NOT VALID"),
            ("alter table app.events add constraint e exclude using gist (int8range(id, id + 1) with &&)",
                "alter table app.events drop constraint e", "the exclusion constraint e"),
            ("create table app.more () inherits (app.events)", "drop table app.more", "it takes part in inheritance with app.more"),
            ("alter table app.events cluster on events_pkey", "alter table app.events set without cluster", "marked to be clustered"),
            ("create function app.f(app.events) returns int language sql as 'select 1'", "drop function app.f",
                "function app.f(app.events)"),
            ("alter table app.events alter at drop not null", "alter table app.events alter at set not null", "at may be null"),
            ("insert into app.events (at, amount) values ('infinity', 1)", "delete from app.events where at = 'infinity'",
                "rows whose at is infinite"),
            ("insert into app.events (at, amount) values ('2926-01-01', 1)", "delete from app.events where at > '2100-01-01'",
                "would get more than 1000 partitions"),
            // Only the server itself finds this one, when the switch is tried.
            ("create view app.grouped as select id, note from app.events group by id", "drop view app.grouped", "SQLSTATE"),
        ];
        var before = await Properties.ReadAsync(ledger);
        foreach (var (wrong, right, sentence) in cases)
        {
            await ledger.ExecuteAsync(wrong);
            var refused = await Assert.ThrowsAsync<ConvertException>(() => ledger.ConvertAsync());
            Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
            await ledger.ExecuteAsync(right);
        }
        Assert.Equal(before, await Properties.ReadAsync(ledger));
        await ledger.CleanAsync();

        // While one is under way: TRUNCATE is refused, a changed table is not switched, and both are told what to do.
        var stopped = await Assert.ThrowsAsync<OperationCanceledException>(() => ledger.ConvertAsync(Ledger.Options with
        {
            Fault = static point =>
            {
                if (point == "indexing")
                    throw new OperationCanceledException();
            },
        }));
        Assert.NotNull(stopped);
        var truncated = await Assert.ThrowsAsync<PostgresException>(() => ledger.ExecuteAsync("truncate app.events"));
        Assert.Contains("is being partitioned, and TRUNCATE is not taken", truncated.MessageText, StringComparison.Ordinal);
        Assert.Contains("--resume goes on", (await Assert.ThrowsAsync<ConvertException>(() => ledger.ConvertAsync())).Message,
            StringComparison.Ordinal);
        Assert.Contains("--abort takes it back", (await Assert.ThrowsAsync<ConvertException>(() => ledger.UndoAsync())).Message,
            StringComparison.Ordinal);
        await ledger.ExecuteAsync("alter table app.events add column late int");
        Assert.Contains("was changed by others", (await Assert.ThrowsAsync<ConvertException>(() => ledger.ResumeAsync())).Message,
            StringComparison.Ordinal);
        Assert.Equal("aborted", (await ledger.AbortAsync()).Outcome);
        await ledger.ExecuteAsync("alter table app.events drop column late");
        Assert.Equal(before, await Properties.ReadAsync(ledger));
        await ledger.CleanAsync();

        // A copy that is not the same is found, whoever made it so.
        await Assert.ThrowsAsync<OperationCanceledException>(() => ledger.ConvertAsync(Ledger.Options with
        {
            Fault = static point =>
            {
                if (point == "following")
                    throw new OperationCanceledException();
            },
        }));
        var copy = await ledger.ScalarAsync<string>("select oid::regclass::text from pg_class where relname like 'howdah\\_convert\\__'"
            + " or relname like 'howdah\\_convert\\___' and relkind = 'p'");
        await ledger.ExecuteAsync($"update {copy} set note = 'wrong' where note = 'note 77'");
        Assert.Contains("and its copy differ in app.events_p2026", (await Assert.ThrowsAsync<ConvertException>(() => ledger.ResumeAsync()))
            .Message, StringComparison.Ordinal);
        Assert.False(await ledger.IsPartitionedAsync());
        await ledger.AbortAsync();
        await ledger.CleanAsync();
    }
}
