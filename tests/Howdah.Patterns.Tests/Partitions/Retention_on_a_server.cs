using System.Globalization;
using Howdah.Engine.Proving;
using Howdah.Patterns.Partitions.Retiring;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions;

public sealed class Retention_on_a_server
{
    public static TheoryData<int> Versions => [18, 15];

    const string Migration = """
        create type app.mood as enum ('good', 'so "so", la');
        create table app.events (
          id bigint generated always as identity, at timestamptz not null, amount numeric, ratio float8, note text, raw bytea,
          mood app.mood, doubled numeric generated always as (amount * 2) stored, primary key (id, at)) partition by range (at);
        create index events_note on app.events (note);
        alter table app.events enable row level security
        """;

    // Every horror that CSV and text forms have: NULL and the empty text, quotes, line ends, \., scales, NaN, infinity, UTF-8.
    const string Rows = """
        insert into app.events (at, amount, ratio, note, raw, mood)
        select at, (array[1.0, 1.00, 'NaN', null])[1 + n % 4], (array['-0', 'NaN', '-Infinity', '0.1', null]::float8[])[1 + n % 5],
          (array['', null, '"', E'a\nb\r\n', '\.', 'ñ漢😀', ',', ' x '])[1 + n % 8], decode(md5(n::text), 'hex'),
          (array['good', 'so "so", la', null])[1 + n % 3]::app.mood
        from generate_series(0, 399) n, lateral (select date_trunc('month', now(), 'Europe/Madrid') + interval '10 days'
          - make_interval(months => n % 10)) x(at)
        """;

    static string Yaml(string retention) => ShopYaml.With("schemas: [app], migrations: migrations/, partitions: { app.events: { by: at, "
        + $"every: month, zone: Europe/Madrid, premake: 2, from: {Month(9)[..4]}-{Month(9)[4..]}-01{retention} }} }}");

    sealed class Ahead : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(3);
    }

    static async Task<EstateHarness> MakeAsync(int major, string retention)
    {
        // Partitions and rows are there before a retention is declared.
        var estate = new EstateHarness(await TestServer.StartOwnAsync(major), Yaml(""));
        estate.Write("migrations/0001_events.sql", Migration);
        await estate.ConvergeAsync();
        await estate.Server.ExecuteAsync(Rows, "shop");
        estate.Write(Yaml($", {retention}"));
        await estate.ConvergeAsync();
        return estate;
    }

    static async Task<UpkeepReport> UpkeepAsync(EstateHarness estate, UpkeepOptions? options = null)
    {
        var session = await estate.OpenAsync();
        return await PartitionUpkeep.RunAsync(session, session.Estate.Databases[0], options ?? new(), CancellationToken.None);
    }

    static async Task<string[]> BrokenAsync(EstateHarness estate) => [.. (await estate.ProveAsync())
        .Where(static finding => finding.Pattern == "partitions" && finding.Verdict != Verdict.Held)
        .Select(static finding => $"{finding.Attack.Id} {finding.Target}").Order(StringComparer.Ordinal)];

    static string Month(int back) => DateTime.UtcNow.AddDays(1 - DateTime.UtcNow.Day).AddMonths(-back).ToString("yyyyMM",
        CultureInfo.InvariantCulture);

    static Task<string?> ContentAsync(EstateHarness estate, string table) => estate.Server.ScalarAsync<string>(
        $"select count(*) || ' ' || sum(hashtextextended(t::text, 0)) from {table} t", "shop");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_archive_is_read_back_before_the_drop_proved_and_restored(int major)
    {
        using var estate = await MakeAsync(major, "retain: 6 months, then: archive, archive: { to: archive/, format: csv }");
        var before = await ContentAsync(estate, "app.events");
        var oldest = await ContentAsync(estate, $"app.events_p{Month(9)}");
        var report = await UpkeepAsync(estate);
        Assert.True(report.Done, string.Join('\n', report.Tables.SelectMany(static table => table.Problems)));
        Assert.Equal([.. ((int[])[9, 8, 7]).Select(static back => $"app.events_p{Month(back)} 40")],
            report.Tables.Single().Retired.Select(static gone => $"{gone.Partition} {gone.Rows}"));
        Assert.Equal(280L, await estate.Server.ScalarAsync<long>("select count(*) from app.events", "shop"));
        Assert.Empty(await BrokenAsync(estate));
        Assert.Empty((await estate.PlanAsync()).Steps); // `from` does not fill what was retired
        Assert.Empty((await UpkeepAsync(estate)).Tables.Single().Retired);
        Assert.True(await estate.Server.ScalarAsync<bool>("""
            select howdah.low_water('app.events')::timestamptz
              = (date_trunc('month', now() at time zone 'Europe/Madrid') - interval '6 months') at time zone 'Europe/Madrid'
            """, "shop"));
        Assert.True(await estate.Server.ScalarAsync<float>("select reltuples from pg_class where oid = 'app.events'::regclass",
            "shop") == 280);

        var session = await estate.OpenAsync();
        var home = session.Estate.Databases[0];
        // As a table of its own, then as partitions again.
        var alone = await PartitionRestore.RunAsync(session, home, "app.events", $"app.events_p{Month(9)}", false, CancellationToken.None);
        Assert.Equal((40L, false, true), (alone.Rows, alone.Attached, alone.Noted));
        Assert.Equal(oldest, await ContentAsync(estate, $"app.events_p{Month(9)}"));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            PartitionRestore.RunAsync(session, home, "app.events", $"app.events_p{Month(9)}", true, CancellationToken.None));
        await estate.Server.ExecuteAsync($"drop table app.events_p{Month(9)}", "shop");
        foreach (var back in (int[])[9, 8, 7])
            await PartitionRestore.RunAsync(session, home, "app.events", $"app.events_p{Month(back)}", true, CancellationToken.None);
        Assert.Equal(before, await ContentAsync(estate, "app.events"));
        Assert.Empty(await BrokenAsync(estate));
        Assert.Equal(3, (await UpkeepAsync(estate)).Tables.Single().Retired.Count);
        Assert.Equal(6, Directory.EnumerateFiles(estate.Folder, "*.csv.gz", SearchOption.AllDirectories).Count());

        // One byte of one archive: found by the proof, refused by the restore.
        foreach (var kind in (string[])["*.csv.gz", "*.json"])
        {
            var file = Directory.EnumerateFiles(Path.Combine(estate.Folder, "archive"), kind, SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal).Last();
            var bytes = await File.ReadAllBytesAsync(file);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(file, bytes);
            Assert.Equal(["PAR-20 app.events"], await BrokenAsync(estate));
            await Assert.ThrowsAsync<FormatException>(() =>
                PartitionRestore.RunAsync(session, home, "app.events", $"app.events_p{Month(7)}", true, CancellationToken.None));
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(file, bytes);
            Assert.Empty(await BrokenAsync(estate));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Nothing_is_retired_where_that_would_do_harm(int major)
    {
        using var estate = await MakeAsync(major, "keep: 4, then: drop");
        async Task Refuses(string why, UpkeepOptions? options = null)
        {
            var report = Assert.Single((await UpkeepAsync(estate, options)).Tables);
            Assert.Empty(report.Retired);
            Assert.Contains(why, Assert.Single(report.Problems), StringComparison.Ordinal);
        }
        await Refuses("the clock here", new() { Time = new Ahead() });
        await estate.Server.ExecuteAsync(
            "insert into howdah.partition_marks (parent, upkeep_at) values ('app.events', now() + interval '2 hours')", "shop");
        await Refuses("the last upkeep was at");
        await estate.Server.ExecuteAsync("delete from howdah.partition_marks; create table app.rest partition of app.events default",
            "shop");
        await Refuses("default partition app.rest");
        await estate.Server.ExecuteAsync("""
            drop table app.rest; create table app.notes (id bigint, at timestamptz, foreign key (id, at) references app.events)
            """, "shop");
        await Refuses("foreign key notes_id_at_fkey of app.notes");
        Assert.Equal(["HOW0908"], (await estate.PlanAsync()).Notes.Select(static note => note.Code));
        await estate.Server.ExecuteAsync("drop table app.notes", "shop");
        // Beside another upkeep nothing is done.
        await using (var other = await estate.Server.OpenAsync("shop"))
        {
            await using (var hold = new NpgsqlCommand("select pg_advisory_lock(1213219154, 0)", other))
                await hold.ExecuteNonQueryAsync();
            Assert.True((await UpkeepAsync(estate, new() { BusyPatience = TimeSpan.Zero })).Busy);
        }
        // What hangs on a partition keeps it, detached; the next upkeep goes on.
        await estate.Server.ExecuteAsync($"create view app.old as select * from app.events_p{Month(9)}", "shop");
        var hangs = Assert.Single((await UpkeepAsync(estate)).Tables);
        Assert.Contains("view app.old depends", Assert.Single(hangs.Problems), StringComparison.Ordinal);
        await estate.Server.ExecuteAsync("drop view app.old", "shop");
        Assert.Equal(6, (await UpkeepAsync(estate)).Tables.Single().Retired.Count);
        Assert.Equal(6L, await estate.Server.ScalarAsync<long>(
            "select count(*) from pg_inherits where inhparent = 'app.events'::regclass", "shop"));
        Assert.Equal(160L, await estate.Server.ScalarAsync<long>("select count(*) from app.events", "shop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_detaching_waits_for_a_reader_no_longer_than_told_and_is_ended_later(int major)
    {
        using var estate = await MakeAsync(major, "keep: 9, then: detach");
        await using (var reader = await estate.Server.OpenAsync("shop"))
        {
            await using var old = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
            await using (var command = new NpgsqlCommand("select count(*) from app.events", reader, old))
                await command.ExecuteScalarAsync();
            var waits = Assert.Single((await UpkeepAsync(estate, new() { DetachPatience = TimeSpan.FromSeconds(1) })).Tables);
            Assert.Contains("a transaction that began before", Assert.Single(waits.Problems), StringComparison.Ordinal);
        }
        var done = Assert.Single((await UpkeepAsync(estate)).Tables);
        Assert.Equal([$"app.events_p{Month(9)}"], done.Retired.Select(static gone => gone.Partition));
        Assert.Equal("40 360", await estate.Server.ScalarAsync<string>(
            $"select (select count(*) from app.events_p{Month(9)}) || ' ' || (select count(*) from app.events)", "shop"));
        Assert.Empty(await BrokenAsync(estate));
    }
}
