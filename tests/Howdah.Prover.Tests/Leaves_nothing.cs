using Howdah.Engine.Proving;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Safe in production: a checksum over catalogs and data, sequences included, is the same after a check as before. Each twin on
/// one version, or on both with HOWDAH_FULL=1.</summary>
public sealed class Leaves_nothing
{
    public static TheoryData<int, string> Twins => [.. from major in (int[])[15, 18]
        from twin in Campaign.Of(Twin.All, major) select (major, twin.Name)];

    [Theory]
    [MemberData(nameof(Twins))]
    public async Task A_check_leaves_no_trace(int major, string name)
    {
        var server = await ServerAsync(major);
        var database = await Twin.All.Single(twin => twin.Name == name).CopyAsync(server);
        // An open table lets every attack through: that is when most has to be taken back.
        await server.ExecuteAsync("""
            do $$ declare t regclass; begin
              for t in select c.oid from pg_class c where c.relrowsecurity and c.relkind in ('r', 'p') loop
                execute format('alter table %s disable row level security', t);
              end loop; end $$
            """, database);
        // And what only --intrusive tries: tables that may be emptied, a function that would burn a number.
        await server.ExecuteAsync($"""
            do $$ declare t regclass; r name; begin
              for t, r in select c.oid, r.rolname from pg_class c cross join pg_roles r
                where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
                  and r.rolcanlogin and not r.rolsuper and r.rolname ^@ '{name}' loop
                execute format('grant truncate, trigger, references on %s to %I', t, r);
              end loop; end $$;
            create schema trap; grant usage on schema trap to public;
            create table trap.notes (id bigint generated always as identity, body text);
            create function trap.write() returns bigint language sql volatile security definer set search_path = pg_catalog, pg_temp
              as $$ insert into trap.notes (body) values ('written') returning id $$;
            grant execute on function trap.write() to public;
            """, database);
        var before = await ChecksumAsync(server, database);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        Assert.Equal(before, await ChecksumAsync(server, database));
        await Checker.CheckAsync(server.ConnectionString(database), new() { Intrusive = true }, TestContext.Current.CancellationToken);
        Assert.Equal(before, await ChecksumAsync(server, database));
        // A backend ends a moment after its client has gone; one that stayed would keep this test from ending.
        while (await server.ScalarAsync<long>(
            $"select count(*) from pg_stat_activity where application_name = 'howdah check' and datname = '{database}'") > 0)
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        // Two twins keep tenants apart without row-level security.
        if (name is not ("plain" or "schemas" or "database"))
            Assert.Contains(result.Findings, static finding => finding.Verdict == Verdict.Broken);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Nor_does_one_that_is_cut_off(int major)
    {
        var server = await ServerAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        var before = await ChecksumAsync(server, database);
        for (var statement = 1; statement <= 5; statement++)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            // Ended by the server in the middle of its work, as kill -9 of the prover ends its sessions.
            var check = Checker.CheckAsync(server.ConnectionString(database), new() { Connections = 1 + statement % 2 }, stop.Token);
            while (!check.IsCompleted && await server.ScalarAsync<long>($"""
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where application_name = 'howdah check' and datname = '{database}' and backend_xid is not null
                """) == 0)
                await Task.Yield();
            await Task.WhenAny(check);
            _ = check.Exception;
            Assert.Equal(before, await ChecksumAsync(server, database));
        }
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Nor_does_a_tool_that_is_killed(int major)
    {
        var server = await ServerAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        var before = await ChecksumAsync(server, database);
        var tool = Path.Combine(AppContext.BaseDirectory, "../../Howdah.Cli/debug/howdah");
        for (var round = 0; round < 3; round++)
        {
            var start = new System.Diagnostics.ProcessStartInfo(tool, ["check", "${env:HOWDAH_KILLED}", "--connections", "2"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["HOWDAH_KILLED"] = server.ConnectionString(database) },
            };
            using var process = System.Diagnostics.Process.Start(start)!;
            // In the middle: a transaction has written and has not ended. Where the tool was faster, it is tried again.
            while (!process.HasExited && await SessionsAsync("and backend_xid is not null") == 0)
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            while (await SessionsAsync("") > 0)
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            Assert.Equal(before, await ChecksumAsync(server, database));
        }
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");

        Task<long> SessionsAsync(string and) => server.ScalarAsync<long>(
            $"select count(*) from pg_stat_activity where application_name = 'howdah check' and datname = '{database}' {and}");
    }

    // Servers of its own: what other tests do to roles, settings and databases meanwhile is no trace of a check.
    static readonly Dictionary<int, Lazy<Task<TestServer>>> Servers =
        ((int[])[15, 18]).ToDictionary(static major => major, static major => new Lazy<Task<TestServer>>(() =>
            TestServer.StartOwnAsync(major)));

    static Task<TestServer> ServerAsync(int major) => Servers[major].Value;

    static async Task<string> ChecksumAsync(TestServer server, string database)
    {
        await using var connection = await server.OpenAsync(database);
        var parts = new List<string>();
        foreach (var query in (string[])
            [
                "select string_agg(c::text, ',' order by c.oid) from (select oid, relname, relkind, relacl, relrowsecurity, "
                    + "relforcerowsecurity,"
                    + " reloptions, relfilenode from pg_class where relnamespace <> 'pg_toast'::regnamespace) c",
                "select string_agg(p::text, ',' order by p.oid) from pg_policy p",
                "select string_agg(p::text, ',' order by p.oid) from (select oid, proname, prosrc, proacl, proowner from pg_proc) p",
                // Other tests make roles of their own meanwhile.
                $"select string_agg(r::text, ',' order by r.oid) from pg_authid r where rolname ^@ '{database.Split('_')[0]}'",
                $"select string_agg(m::text, ',' order by m::text) from pg_auth_members m "
                    + $"where m.member::regrole::text ^@ '{database.Split('_')[0]}'",
                "select string_agg(s::text, ',' order by s::text) from pg_sequences s",
                "select string_agg(d::text, ',' order by d::text) from pg_db_role_setting d",
                "select count(*)::text from pg_largeobject_metadata",
            ])
        {
            await using var command = new NpgsqlCommand($"select md5(coalesce(({query}), ''))", connection);
            parts.Add((string)(await command.ExecuteScalarAsync())!);
        }
        await using var tables = new NpgsqlCommand("""
            select md5(string_agg(query_to_xml(format('select t::text from %s t order by 1', c.oid::regclass), true, true, '')::text, ''
              order by c.oid::regclass::text))
            from pg_class c where c.relkind = 'r' and c.relnamespace::regnamespace::text !~ '^pg_|information_schema'
            """, connection);
        parts.Add(await tables.ExecuteScalarAsync() as string ?? "");
        return string.Join('\n', parts);
    }
}
