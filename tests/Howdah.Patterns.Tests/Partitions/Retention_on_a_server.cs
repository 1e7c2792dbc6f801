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
          mood app.mood, price numeric(9,2), large numeric(38,10), day date, local timestamp(3), code uuid, ok boolean, doc jsonb,
          words json, tags text[], long interval, small smallint, single real, fixed char(5),
          doubled numeric generated always as (amount * 2) stored, primary key (id, at)) partition by range (at);
        create index events_note on app.events (note);
        alter table app.events enable row level security
        """;

    // Every horror that CSV and text forms have: NULL and the empty text, quotes, line ends, \., scales, NaN, infinity, UTF-8.
    const string Rows = """
        insert into app.events (price, large, day, local, code, ok, doc, words, tags, long, small, single, fixed, at, amount, ratio, note,
          raw, mood)
        select (array[12.50, -0.05, 0, null, -9999999.99])[1 + n % 5],
          (array['-9999999999999999999999999999.0123456789', '0.0000000001', null, '170141183460469231731687303']::numeric[])[1 + n % 4],
          (array['0044-03-15 BC', '2024-02-29', null, '5000000-01-01']::date[])[1 + n % 4],
          (array['1969-12-31 23:59:59.999', '0001-01-01 BC', null, '200000-01-01']::timestamp[])[1 + n % 4], md5(n::text)::uuid,
          (array[true, false, null])[1 + n % 3], (array['{"a": [1.50, null, "\"é"]}', 'null', null, '"\n"']::jsonb[])[1 + n % 4],
          (array['{ "b" : 1, "b":2 }', E'[1,\n 2]', null]::json[])[1 + n % 3],
          case n % 3 when 0 then '{a,"b,c",NULL}'::text[] when 1 then '{}' end, make_interval(months => n, secs => n * 0.001), n - 200,
          (array['NaN', 'Infinity', '0.1', '1e-45', null]::real[])[1 + n % 5], (array['a', '', null])[1 + n % 3], at,
          (array[1.0, 1.00, 'NaN', null])[1 + n % 4], (array['-0', 'NaN', '-Infinity', '0.1', null]::float8[])[1 + n % 5],
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
    [InlineData(18, "csv", "*.csv.gz")]
    [InlineData(15, "csv", "*.csv.gz")]
    [InlineData(18, "parquet", "*.parquet")]
    [InlineData(15, "parquet", "*.parquet")]
    public async Task An_archive_is_read_back_before_the_drop_proved_and_restored(int major, string format, string files)
    {
        using var estate = await MakeAsync(major, $"retain: 6 months, then: archive, archive: {{ to: archive/, format: {format} }}");
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
        Assert.Equal(6, Directory.EnumerateFiles(estate.Folder, files, SearchOption.AllDirectories).Count());

        // Others read them, too: each type is what it was, where Parquet has it.
        foreach (var file in Directory.EnumerateFiles(estate.Folder, "*.parquet", SearchOption.AllDirectories))
        {
            using var reader = new ParquetSharp.ParquetFileReader(file);
            var schema = reader.FileMetaData.Schema;
            Assert.Equal("id Int64 None|at Int64 Timestamp|amount ByteArray String|ratio Double None|note ByteArray String|"
                + "raw ByteArray None|mood ByteArray String|price Int64 Decimal|large FixedLenByteArray Decimal|day Int32 Date|"
                + "local Int64 Timestamp|code FixedLenByteArray Uuid|ok Boolean None|doc ByteArray Json|words ByteArray Json|"
                + "tags ByteArray String|long ByteArray String|small Int32 Int|single Float None|fixed ByteArray String",
                string.Join('|', Enumerable.Range(0, schema.NumColumns).Select(schema.Column).Select(static each =>
                    $"{each.Name} {each.PhysicalType} {each.LogicalType.Type}")));
            Assert.Equal(40, reader.FileMetaData.NumRows);
        }

        // One byte of one archive: found by the proof, refused by the restore.
        foreach (var kind in (string[])[files, "*.json"])
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
    public async Task What_Parquet_has_no_value_for_keeps_its_partition_and_is_told(int major)
    {
        using var estate = await MakeAsync(major, "retain: 8 months, then: archive, archive: { to: archive/, format: parquet }");
        foreach (var (set, told) in new[] { ("day = 'infinity'", "column day holds an infinity"),
            ("price = 'NaN'", "column price holds NaN") })
        {
            await estate.Server.ExecuteAsync($"update app.events_p{Month(9)} set day = null, price = null; "
                + $"update app.events_p{Month(9)} set {set} where id = (select max(id) from app.events_p{Month(9)})", "shop");
            var report = Assert.Single((await UpkeepAsync(estate)).Tables);
            Assert.Empty(report.Retired);
            Assert.Equal($"{told}, which Parquet has no value of its type for: write CSV instead", Assert.Single(report.Problems));
            Assert.Equal(40L, await estate.Server.ScalarAsync<long>($"select count(*) from app.events_p{Month(9)}", "shop"));
        }
        // The other format takes it up where this one left it.
        estate.Write(Yaml(", retain: 8 months, then: archive, archive: { to: archive/ }"));
        Assert.Equal(40L, Assert.Single(Assert.Single((await UpkeepAsync(estate)).Tables).Retired).Rows);
        Assert.Empty(await BrokenAsync(estate));
        Assert.Equal([".gz", ".json"], Directory.EnumerateFiles(Path.Combine(estate.Folder, "archive"), "*", SearchOption.AllDirectories)
            .Select(Path.GetExtension).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(18, "csv", "parquet", ".parquet")]
    [InlineData(15, "parquet", "csv", ".gz")]
    public async Task An_attempt_that_was_cut_off_leaves_no_file_of_the_other_format(int major, string before, string after, string file)
    {
        using var estate = await MakeAsync(major, $"retain: 8 months, then: archive, archive: {{ to: archive/, format: {before} }}");
        await Assert.ThrowsAsync<OperationCanceledException>(() => UpkeepAsync(estate, new()
        {
            Fault = static point => _ = point == "manifest written" ? throw new OperationCanceledException() : 0,
        }));
        var left = Assert.Single(Files(), static each => !each.EndsWith(".json", StringComparison.Ordinal));
        File.Copy(left, $"{left}.part"); // a process that is killed leaves half of one
        estate.Write(Yaml($", retain: 8 months, then: archive, archive: {{ to: archive/, format: {after} }}"));
        Assert.Equal(40L, Assert.Single(Assert.Single((await UpkeepAsync(estate)).Tables).Retired).Rows);
        Assert.Equal(((string[])[file, ".json"]).Order(StringComparer.Ordinal), Files().Select(Path.GetExtension).Order(
            StringComparer.Ordinal));
        Assert.Empty(await BrokenAsync(estate));

        IReadOnlyList<string> Files() =>
            [.. Directory.EnumerateFiles(Path.Combine(estate.Folder, "archive"), "*", SearchOption.AllDirectories)];
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
