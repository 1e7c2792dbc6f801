using Howdah.Engine.Proving;
using Howdah.Patterns.Partitions.Converting;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions.Converting;

public sealed class Conversions(ITestOutputHelper output)
{
    // The estate declares no grants, so that those of the table are drift: the same drift before and after, and no other.
    internal static async Task<string[]> DriftAsync(Ledger ledger) =>
        [.. (await ledger.Estate.PlanAsync()).Steps.Select(static step => $"{step.Id}: {step.SqlText}")];

    internal static async Task WellAsync(Ledger ledger, string[] drift, Cut? cut = null)
    {
        // Numbers that writers go on to give call for partitions further ahead, which is upkeep's; rows that no list declares are told of.
        var (ahead, told) = (cut == Cut.Number, cut == Cut.Number ? "PAR-13" : cut == Cut.List ? "PAR-12" : null);
        Assert.Equal(drift, (await DriftAsync(ledger)).Where(step => !ahead
            || !step.StartsWith("partitions/", StringComparison.Ordinal) || !step.Contains(": create table", StringComparison.Ordinal)));
        Assert.DoesNotContain((await ledger.Estate.PlanAsync()).Notes, static each => each.Severity == Engine.Files.Severity.Error);
        Assert.Empty((await ledger.Estate.ProveAsync()).Where(finding => finding.Pattern == "partitions" && finding.Attack.Id != told
            && finding.Verdict != Verdict.Held).Select(static finding => $"{finding.Attack.Id} {finding.Evidence}"));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Carry_over_all_that_the_table_had_and_give_it_back(int major)
    {
        using var ledger = await Ledger.OpenAsync(major);
        var declared = Assert.Single((await ledger.Estate.PlanAsync()).Notes, static each => each.Code == "HOW0902");
        Assert.Contains("howdah partition convert app.events", declared.Hint, StringComparison.Ordinal);
        var (had, drift) = (await Properties.ReadAsync(ledger), await DriftAsync(ledger));
        var rows = await ledger.RowsAsync();
        var plan = await PartitionConvert.PlanAsync(ledger.Session, ledger.Database, "app.events", CancellationToken.None);
        Assert.Empty(plan.Problems);
        Assert.Equal(new("app.events_p202601", "from 2026-01-01 00:00:00+01:00 to 2026-02-01 00:00:00+01:00", "2026-01-01 00:00:00+01:00",
            "2026-02-01 00:00:00+01:00"), plan.Partitions[0]);
        Assert.Contains(plan.Lines, static line =>
            line.Contains("ON CONFLICT (id) becomes ON CONFLICT (id, at)", StringComparison.Ordinal));
        Assert.Equal(had, await Properties.ReadAsync(ledger)); // to say what would be done does nothing

        var told = new List<ConvertProgress>();
        var result = await ledger.ConvertAsync(Ledger.Options with { Progress = new Told(told) });
        Assert.Equal(("converted", 6000L), (result.Outcome, result.Rows));
        Assert.Contains(told, static each => each is { Step: "copying", Done: > 0.9, Rows: > 5000, Left: not null });
        output.WriteLine($"longest block {result.LongestBlock.TotalMilliseconds:0} ms, {result.Took.TotalSeconds:0.0} s in all");
        Assert.True(await ledger.IsPartitionedAsync());
        Assert.Equal(rows, await ledger.RowsAsync());
        // The one difference is the one that was told.
        Assert.Equal(had.Select(static line => line.Contains("events_pkey", StringComparison.Ordinal)
            ? line.Replace("(id)", "(id, at)", StringComparison.Ordinal) : line), await Properties.ReadAsync(ledger));
        Assert.Equal("fillfactor=90,autovacuum_vacuum_scale_factor=0.05 f t f", await ledger.ScalarAsync<string>("""
            select concat_ws(' ', array_to_string(reloptions, ','), relreplident, relrowsecurity, relacl is not null)
            from pg_class where oid = 'app.events_p202603'::regclass
            """));
        Assert.Equal(0L, await ledger.ScalarAsync<long>("""
            select count(*) from pg_inherits i join pg_index x on x.indrelid = i.inhrelid where i.inhparent = 'app.events'::regclass
              and (not x.indisvalid or not exists (select from pg_inherits p where p.inhrelid = x.indexrelid))
            """));
        await WellAsync(ledger, drift);

        // In use: numbers go on, triggers fire, keys hold, deleting what is referred to reaches the rows.
        await ledger.ExecuteAsync("""
            insert into app.events (at, account, amount) values ('2026-02-02', 1, 5), ('2026-06-30', 2, 6);
            update app.events set at = '2026-03-03', note = 'moved' where amount = 5 and at = '2026-02-02';
            delete from app.accounts where id = 40
            """);
        // An update that moves a row to another partition fires triggers of inserts, too.
        Assert.Equal("1 1 3", await ledger.ScalarAsync<string>("""
            select count(*) filter (where id = 10 + 6000 * 3) || ' ' || count(*) filter (where number = 6001) || ' '
              || max(stamped) filter (where note = 'moved') from app.events where id >= 18010
            """));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ledger.ExecuteAsync(
            "insert into app.events (at, account, amount) values ('2026-02-02', 99, 5)"));
        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, refused.SqlState);
        rows = await ledger.RowsAsync();

        Assert.Equal("undone", (await ledger.UndoAsync()).Outcome);
        Assert.False(await ledger.IsPartitionedAsync());
        Assert.Equal(had, await Properties.ReadAsync(ledger));
        Assert.Equal(rows, await ledger.RowsAsync());
        await ledger.CleanAsync();
        await ledger.ExecuteAsync("insert into app.events (at, account, amount) values ('2026-02-02', 1, 7)");

        Assert.Equal("finished", (await ledger.ConvertAsync(Ledger.Options with { DropOld = true })).Outcome);
        await ledger.CleanAsync();
        await WellAsync(ledger, drift);
        await ledger.ExecuteAsync("insert into app.events (at, account, amount) values ('2026-02-02', 1, 8)");
    }

    sealed class Told(List<ConvertProgress> list) : IProgress<ConvertProgress>
    {
        public void Report(ConvertProgress value)
        {
            lock (list)
                list.Add(value);
        }
    }
}
