using Howdah.Patterns.Pipelines;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

public sealed class Rows_of_another_server
{
    public static TheoryData<int> Versions => [18, 15];

    const string Some = """
        insert into crm values
          (1, 'plain', '2024-02-29 23:59:59.123456+02', '2024-02-29', 12.50, true, '00000000-0000-4000-8000-00000000000a', 0.1,
            '{"a": [1, null]}'),
          (2, '', null, null, null, false, null, -1e-300, 'null'),
          (3, null, '1999-12-31 00:00+00', '0001-01-01', -0.01, null, null, 1e+20, '"x"'),
          (4, E'a "quoted", \\. one\r\nand \t more', null, null, 9999999999.99, true, null, null, null),
          (5, E'\\.', null, null, 0, true, null, 3, '{}'),
          (6, repeat(E'line "of" many\n', 1500), null, null, 1, true, null, 3, '{}');
        update crm set raw = '\x00ff0a22', clock = '23:59:59.999999' where id = 1
        """;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Come_as_they_are_and_once(int major)
    {
        using var asked = await Asked.OpenAsync(major);
        var harbor = asked.Ask("select * from crm").Harbor;
        await asked.ThereAsync(Some);
        Assert.Equal("Tried 6 = 6 + 0 + 0 + 0", await harbor.LoadedAsync("crm", new() { DryRun = true }));
        Assert.Equal("", await harbor.Server.ScalarAsync<string>(Asked.Rows, harbor.Database));
        var told = new Steps();

        var report = Assert.Single(await harbor.LoadAsync("crm", new() { Progress = told }));

        Assert.Equal("Loaded 6 = 6 + 0 + 0 + 0", Harbor.Line(report));
        Assert.Equal("query on ${file:crm.url}", report.Source);
        Assert.Equal(await asked.Other.ScalarAsync<string>(Asked.Rows, asked.Database),
            await harbor.Server.ScalarAsync<string>(Asked.Rows, harbor.Database));
        Assert.Contains(told.All, static stage => stage is { Doing: "fetching", Records: 6, Bytes: > 20_000 });
        var known = $"Known: these rows were loaded by batch {report.Batch}; nothing to do";
        Assert.Equal(known, await harbor.LoadedAsync("crm"));
        // The same rows in another order are the same rows.
        await asked.ThereAsync("update crm set words = words where id < 3");
        Assert.Equal(known, await harbor.LoadedAsync("crm"));
        // What changes is loaded, and so is what changes back: it is not the rows of long ago that count, but those of the last time.
        await asked.ThereAsync("update crm set words = 'other' where id = 1; delete from crm where id = 6");
        Assert.Equal("Loaded 5 = 1 + 4 + 0 + 0", await harbor.LoadedAsync("crm"));
        await asked.ThereAsync("update crm set words = 'plain' where id = 1");
        Assert.Equal("Loaded 5 = 1 + 4 + 0 + 0", await harbor.LoadedAsync("crm"));
        Assert.StartsWith("Known: these rows were", await harbor.LoadedAsync("crm"), StringComparison.Ordinal);
        await asked.ThereAsync("update crm set words = 'other' where id = 1");
        Assert.Equal("Loaded 5 = 1 + 4 + 0 + 0", await harbor.LoadedAsync("crm"));
        Assert.Equal("Loaded 5 = 0 + 5 + 0 + 0", await harbor.LoadedAsync("crm", new() { Force = true }));
        Assert.StartsWith("Known: these rows were", await harbor.LoadedAsync("crm"), StringComparison.Ordinal);
        Assert.Equal("", await harbor.TextAsync("select sha256 from howdah.load_batch where state = 'done' group by 1 "
            + "having count(*) > 1"));
        await asked.ThereAsync("truncate crm");
        Assert.StartsWith("Failed: query on ${file:crm.url} holds no records", await harbor.LoadedAsync("crm"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task That_are_wrong_are_kept_and_tried_again(int major)
    {
        using var asked = await Asked.OpenAsync(major);
        var harbor = asked.Ask("select *, 1.5 as more from crm").Harbor;
        await asked.ThereAsync(Some);
        await asked.ThereAsync("update crm set share = 'NaN' where id = 6; alter table crm alter words type bytea using 'x'::bytea");
        await harbor.Server.ExecuteAsync("alter table crm add check (id <> 4)", harbor.Database);

        var report = Assert.Single(await harbor.LoadAsync("crm"));

        Assert.Equal("Loaded 6 = 4 + 0 + 2 + 0", Harbor.Line(report));
        Assert.Equal("(server,\"4,\\\\x78,,,9999999999.99,t,,,,,,1.5\")\n(syntax,\"6,\\\\x78,,,1.00,t,,NaN,{},,,1.5\")",
            await harbor.TextAsync("select rule, convert_from(raw, 'UTF8') from howdah.quarantine"));
        await harbor.Server.ExecuteAsync("alter table crm drop constraint crm_id_check", harbor.Database);
        var session = await harbor.Estate.OpenAsync();
        var retried = Assert.Single(await Quarantine.RetryAsync(session, session.Estate.Databases[0], "crm", null, new(), default));
        Assert.Equal("Loaded 2 = 1 + 0 + 1 + 0", Harbor.Line(retried));
        Assert.StartsWith("Known", await harbor.LoadedAsync("crm"), StringComparison.Ordinal);
        Assert.Equal("", await harbor.TextAsync("select id from howdah.load_batch where state = 'done' and (rows_read <> rows_loaded "
            + "+ rows_unchanged + rows_quarantined + rows_skipped)"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Fail_in_one_sentence_and_change_nothing_there(int major)
    {
        using var asked = await Asked.OpenAsync(major);
        var harbor = asked.Harbor;
        await asked.ThereAsync(Some + "; create function writes() returns int language plpgsql as "
            + "$f$ begin delete from crm; return 1; end $f$; create sequence counter");
        var before = await asked.Other.ScalarAsync<string>(Asked.Rows, asked.Database);
        const string On = " on ${file:crm.url}";
        (string Sql, string Says)[] wrong =
        [
            ("select * from nothing", $"the query of q0 fails{On}: relation \"nothing\" does not exist (SQLSTATE 42P01)"),
            ("select *, writes() from crm", $"the query of q1 fails{On}: cannot execute DELETE in a read-only transaction "
                + "(SQLSTATE 25006); it may only read, and so may what it calls"),
            ("select *, nextval('counter') from crm", "nextval() in a read-only transaction"),
            ("delete from crm returning *", "cannot execute DELETE in a read-only transaction"),
            ("select * from crm) to stdout; commit; delete from crm; select (1", "SQLSTATE 42601"),
            ("select * from crm; delete from crm", "syntax error at or near \";\" (SQLSTATE 42601)"),
            ("set role postgres", "is not one statement that gives rows"),
            ("select id, words from crm", "the query of q7 gives no column at; it gives id, words"),
            ("select c.*, c.id from crm c", "the query of q8 gives 2 columns id: name each with `as`"),
            ("select c.* from crm c, pg_sleep(600)", $"the query of q9 took longer than 1s{On}: make it faster, or raise its timeout"),
        ];
        for (var i = 0; i < wrong.Length; i++)
            asked.Ask(wrong[i].Sql, "1s", $"q{i}");
        for (var i = 0; i < wrong.Length; i++)
            Assert.Contains(wrong[i].Says, await harbor.LoadedAsync($"q{i}"), StringComparison.Ordinal);
        Assert.Equal(before, await asked.Other.ScalarAsync<string>(Asked.Rows, asked.Database));

        asked.Ask("select * from crm", "20s");
        const string Secret = "s3cret-of-the-crm";
        var connection = new Npgsql.NpgsqlConnectionStringBuilder(asked.Other.ConnectionString(asked.Database)) { Password = Secret };
        foreach (var (text, says) in new[]
        {
            ("", "the query of crm has no server: ${file:crm.url} cannot be read or is empty"),
            ("Password=" + Secret + ";what", "neither a postgresql:// URI nor"),
            (new Npgsql.NpgsqlConnectionStringBuilder(connection.ConnectionString) { Username = "nobody" }.ConnectionString,
                $"the query of crm fails{On}: "),
            (new Npgsql.NpgsqlConnectionStringBuilder(connection.ConnectionString) { Port = TestServer.FreePort() }.ConnectionString,
                "${file:crm.url}, which crm asks, was lost or does not answer: "),
        })
        {
            harbor.Estate.Write("crm.url", text);
            var told = await harbor.LoadedAsync("crm");
            Assert.StartsWith("Failed: ", told, StringComparison.Ordinal);
            Assert.Contains(says, told, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, told, StringComparison.Ordinal);
        }
        Assert.Equal("", await harbor.Server.ScalarAsync<string>(Asked.Rows, harbor.Database));
        // That it was tried stands there, as of files; and never the secret.
        Assert.Equal("(14,failed,\"query on ${file:crm.url}\",0)", await harbor.TextAsync($"""
            select count(*), state, source, count(*) filter (where message is null or message like '%{Secret}%') from howdah.load_batch
            group by state, source
            """));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_no_longer_sent_once_somebody_has_enough(int major)
    {
        using var asked = await Asked.OpenAsync(major);
        var harbor = asked.Ask("select n as id, repeat('x', 1000) as words, null as at, null as day, null as amount, null as ok, "
            + "null as code, null as share, null as doc, null as raw, null as clock "
            + "from (select generate_series(1, 100000000) as n) g", "10m").Harbor;
        using var stop = new CancellationTokenSource();
        var session = await harbor.Estate.OpenAsync();
        LoadOptions options = new() { Progress = new Steps { Each = _ => stop.Cancel() } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            PipelineLoad.RunAsync(session, session.Estate.Databases[0], "crm", options, stop.Token));
        var left = $"select count(*) from pg_stat_activity where application_name = 'howdah load crm' and datname = '{asked.Database}'";
        await Patience.UntilAsync("the query ends there", async () => await asked.Other.ScalarAsync<long>(left) == 0);
        Assert.Equal("", await harbor.TextAsync("select * from howdah.load_batch"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_there_as_if_nothing_had_been_when_the_load_was_killed(int major)
    {
        var kills = Campaign.Full ? 25 : 1;
        using var asked = await Asked.OpenAsync(major);
        var harbor = asked.Ask("select * from crm").Harbor;
        await asked.ThereAsync("insert into crm select n, repeat('w', n % 100), null, null, n, true, null, null, null "
            + "from generate_series(1, 20000) n");
        var (code, points) = await Killed_loads.CrashAsync(harbor, 0, "crm");
        Assert.Equal(0, code);
        Assert.Equal(["fetched", "committed"], points.Where(static point => point is "fetched" or "committed"));
        const string State = "select md5(string_agg(c::text, ',' order by id)), 'rows' from crm c union all "
            + "select state || ',' || rows_read || ',' || rows_loaded, sha256 from howdah.load_batch";
        var undisturbed = await harbor.TextAsync(State);
        Assert.Contains("done,20000,20000", undisturbed, StringComparison.Ordinal);
        var draw = new Random(major);
        // The last two points are those where it is told too late, and where it is not known whether it was told.
        foreach (var point in Enumerable.Range(major == 18 ? 0 : 1, kills).Select(i => i < 2 ? points.Length - i
            : draw.Next(1, points.Length + 1)))
        {
            await harbor.Server.ExecuteAsync("truncate crm, howdah.quarantine, howdah.load_batch restart identity", harbor.Database);
            var killed = await Killed_loads.CrashAsync(harbor, point, "crm");
            Assert.True(killed.Code == 137 || killed.Points.Length < point, $"point {point}: {killed.Code}");
            Assert.Equal(0, (await Killed_loads.CrashAsync(harbor, 0, "crm")).Code);
            Assert.Equal(undisturbed, await harbor.TextAsync(State));
        }
    }

    sealed class Steps : IProgress<LoadStage>
    {
        internal List<LoadStage> All { get; } = [];
        internal Action<LoadStage>? Each { get; init; }

        public void Report(LoadStage value)
        {
            lock (All)
                All.Add(value);
            Each?.Invoke(value);
        }
    }
}
