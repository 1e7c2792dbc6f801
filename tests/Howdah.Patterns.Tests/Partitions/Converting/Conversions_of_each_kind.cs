using Howdah.Patterns.Partitions.Converting;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions.Converting;

/// <summary>Conversions to ranges of numbers and of UUIDs, to lists and to hashes: under writers, killed, and taken back.</summary>
public sealed class Conversions_of_each_kind(ITestOutputHelper output)
{
    public static TheoryData<string, int> Kinds => new(((int[])[18, 15]).SelectMany(static major =>
        Campaign.Of<string>(["number", "uuid", "list", "hash"], major).Select(kind => (kind, major))));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Lose_and_double_nothing_when_they_are_killed(string kind, int major)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("HOWDAH_SEED"), out var given) ? given : kind[0] + major;
        var random = new Random(seed);
        using var ledger = await Ledger.OpenAsync(major, 2_000, cut: Cut.Of(kind));
        var (had, drift) = (await Properties.ReadAsync(ledger), await Conversions.DriftAsync(ledger));
        await using var writers = new Writers(ledger, 2, seed);
        await writers.GoOnAsync();
        for (var round = 0; round < (Campaign.Full ? 10 : 1); round++)
        {
            var (code, points) = await ledger.CrashAsync("start", random.Next(1, 20));
            output.WriteLine($"seed {seed}, round {round}: killed at {(code == 0 ? "no point" : points[^1])}");
            if (code != 0)
                await ledger.ResumeAsync();
            Assert.True(await ledger.IsPartitionedAsync());
            await writers.GoOnAsync();
            await Conversions.WellAsync(ledger, drift, ledger.Cut);
            (code, points) = await ledger.CrashAsync("undo", random.Next(1, 5));
            output.WriteLine($"  the way back: killed at {(code == 0 ? "no point" : points[^1])}");
            if (code != 0 && await ledger.IsPartitionedAsync())
                await ledger.UndoAsync();
            else if (code != 0 && points[^1] != "cleaned")
                await ledger.ResumeAsync();
            Assert.False(await ledger.IsPartitionedAsync());
            Assert.Equal(had, await Properties.ReadAsync(ledger));
            await ledger.CleanAsync();
        }
        Assert.Equal("finished", (await ledger.ConvertAsync(Ledger.Options with { DropOld = true })).Outcome);
        await writers.GoOnAsync();
        await writers.CheckAsync();
        await ledger.CleanAsync();
        // What nobody wrote is as it was, spread over several partitions.
        Assert.Equal(2_000L, await ledger.ScalarAsync<long>(
            "select count(*) from app.events where client = 7 and note = 'note ' || (doc->>'g') and stamped = 1"));
        Assert.True(await ledger.ScalarAsync<long>("select count(distinct tableoid) from app.events") >= 3);
        await Conversions.WellAsync(ledger, drift, ledger.Cut);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Are_refused_with_what_is_in_the_way(int major)
    {
        using var ledger = await Ledger.OpenAsync(major, 100, cut: Cut.List);
        var had = await Properties.ReadAsync(ledger);
        (string Declared, string Sentence)[] cases =
        [
            ("{ by: region, lists: { iberia: [ES, PT], france: [FR] } }", "has rows whose region stands in no list: "),
            ("{ by: region, lists: {} }", "no partition of app.events is declared"),
            ("{ by: id, step: 1000 }", "the unique index events_number_at does not hold id"),
            ("{ by: note, modulus: 4 }", "note may be null"),
            ("{ by: region, step: 1000 }", "region is of type text, which is no whole number: write `every`, where it is a time"),
            ("{ by: id, every: month }", "id is of type bigint, which is no time: for ranges of numbers write `step: 1000000`"),
            ("{ by: total, modulus: 4 }", "total is a generated column"),
            ("{ by: at, every: month, within: { by: client, modulus: 2 } }", "partitions that are divided again"),
        ];
        foreach (var (declared, sentence) in cases)
        {
            await ledger.DeclareAsync(declared);
            var refused = await Assert.ThrowsAsync<ConvertException>(() => ledger.ConvertAsync());
            Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        }
        Assert.Equal(had, await Properties.ReadAsync(ledger));
        await ledger.CleanAsync();

        await ledger.ExecuteAsync("alter table app.events drop constraint events_number_at");
        await ledger.DeclareAsync("{ by: client, lists: { few: [1, two] }, rest: true }");
        Assert.Contains("a value of the lists is none of client, which is of type integer: invalid input syntax",
            (await Assert.ThrowsAsync<ConvertException>(() => ledger.ConvertAsync())).Message, StringComparison.Ordinal);
        await ledger.ExecuteAsync("create table app.parts (event bigint references app.events)");
        await ledger.DeclareAsync("{ by: id, modulus: 4 }");
        Assert.Contains("the foreign key parts_event_fkey of app.parts refers to it, and would go on referring to the table as it was",
            (await Assert.ThrowsAsync<ConvertException>(() => ledger.ConvertAsync())).Message, StringComparison.Ordinal);
        await ledger.ExecuteAsync("drop table app.parts; alter table app.events add column uid uuid not null default gen_random_uuid()");
        await ledger.DeclareAsync("{ by: uid, as: uuidv7, every: month }");
        Assert.Contains("has rows whose uid is no UUID of version 7", (await Assert.ThrowsAsync<ConvertException>(() =>
            ledger.ConvertAsync())).Message, StringComparison.Ordinal);
        await ledger.DeclareAsync("{ by: id, step: 1000 }");
        await ledger.ExecuteAsync("insert into app.events (id, at, amount) values (1000000000, '2026-02-02', 1)");
        Assert.Contains("would get more than 1000 partitions, from 10 to 1000000000", (await Assert.ThrowsAsync<ConvertException>(() =>
            ledger.ConvertAsync())).Message, StringComparison.Ordinal);
        await ledger.CleanAsync();
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Take_values_that_are_declared_while_they_are_under_way(int major)
    {
        using var ledger = await Ledger.OpenAsync(major, 500, "update app.events set region = 'ES' where region in ('DE', 'it''s')",
            Cut.List);
        await ledger.DeclareAsync("{ by: region, lists: { iberia: [ES, PT], france: [FR] } }");
        // Written by somebody between the comparison and the switch: no list takes it.
        var writes = 0;
        var told = await Assert.ThrowsAsync<ConvertException>(() => ledger.ConvertAsync(Ledger.Options with
        {
            Fault = point =>
            {
                if (point == "compared" && writes++ == 0)
                    ledger.ExecuteAsync("insert into app.events (at, amount, region) values ('2026-02-02', 1, 'Österreich')").Wait();
            },
        }));
        Assert.Contains("stands in no list: Österreich (1 row); add the values to lists", told.Message, StringComparison.Ordinal);
        Assert.False(await ledger.IsPartitionedAsync());
        await ledger.DeclareAsync("{ by: region, modulus: 4 }");
        Assert.Contains("is declared to be divided otherwise now", (await Assert.ThrowsAsync<ConvertException>(() => ledger.ResumeAsync()))
            .Message, StringComparison.Ordinal);
        await ledger.DeclareAsync("{ by: region, lists: { iberia: [ES, PT], france: [FR], austria: [Österreich] } }");
        var rows = await ledger.RowsAsync();
        Assert.Equal("converted", (await ledger.ResumeAsync()).Outcome);
        Assert.Equal(rows, await ledger.RowsAsync());
        Assert.Equal(1L, await ledger.ScalarAsync<long>("select count(*) from app.events_austria"));
        Assert.Equal("undone", (await ledger.UndoAsync()).Outcome);
        Assert.Equal(rows, await ledger.RowsAsync());
        await ledger.CleanAsync();
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Reach_as_far_ahead_as_declared_when_they_are_in_use(int major)
    {
        using var ledger = await Ledger.OpenAsync(major, 500, cut: Cut.Number);
        await ledger.DeclareAsync("{ by: id, step: 1000, premake: 2 }");
        // Numbers go on while it is copied, compared and indexed.
        await ledger.ConvertAsync(Ledger.Options with
        {
            Fault = point =>
            {
                if (point == "compared")
                    ledger.ExecuteAsync("select setval('app.events_id_seq', 7500)").Wait();
            },
        });
        Assert.Equal("events_p7000,events_p8000,events_p9000", await ledger.ScalarAsync<string>("""
            select string_agg(relname, ',' order by relname) from pg_class where relname in ('events_p7000', 'events_p8000', 'events_p9000')
            """));
        await ledger.ExecuteAsync("insert into app.events (at, amount) values ('2026-02-02', 1)");
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Say_before_what_they_will_make(int major)
    {
        using var ledger = await Ledger.OpenAsync(major, 100, cut: Cut.List);
        async Task<ConvertPlan> PlanAsync() =>
            await PartitionConvert.PlanAsync(ledger.Session, ledger.Database, "app.events", CancellationToken.None);
        var plan = await PlanAsync();
        Assert.Equal(["app.events_iberia: ES, PT", "app.events_france: FR", "app.events_rest: what no other partition takes"],
            plan.Partitions.Select(static part => $"{part.Name}: {part.Takes}"));
        Assert.StartsWith("3 partitions by region: events_iberia (ES, PT); ", plan.Lines[0], StringComparison.Ordinal);
        Assert.Contains(plan.Lines, static line => line.StartsWith("the primary key becomes (id, region)", StringComparison.Ordinal));
        await ledger.ExecuteAsync("alter table app.events drop constraint events_number_at");
        await ledger.DeclareAsync("{ by: id, step: 100, premake: 1 }");
        plan = await PlanAsync();
        // Ids are 10, 13, …, 307.
        Assert.Equal([("app.events_p0", "0", "100"), ("app.events_p100", "100", "200"), ("app.events_p200", "200", "300"),
            ("app.events_p300", "300", "400"), ("app.events_p400", "400", "500")],
            plan.Partitions.Select(static part => (part.Name, part.From, part.To)));
        Assert.DoesNotContain(plan.Lines, static line => line.StartsWith("the primary key becomes", StringComparison.Ordinal));
        await ledger.DeclareAsync("{ by: id, modulus: 3 }");
        plan = await PlanAsync();
        Assert.Equal("3 partitions by the hash of id", plan.Lines[0]);
        Assert.Equal(new("app.events_h2", "remainder 2 of 3", null, null), plan.Partitions[2]);
    }
}
