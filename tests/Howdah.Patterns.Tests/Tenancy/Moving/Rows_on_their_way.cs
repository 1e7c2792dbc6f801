using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Moving;

/// <summary>Copying and following between plain tables: what arrives is what was written, whatever it is and whatever happens.</summary>
public sealed class Rows_on_their_way
{
    const string Tables = """
        create role mover_owner;
        create schema src authorization mover_owner;
        create schema dst authorization mover_owner;
        grant create on database CURRENT to mover_owner;
        set role mover_owner;
        create type src.color as enum ('red', 'Green', 'blue "x"');
        create type src.pair as (a int, b text);
        create domain src.small as int check (value < 1000);
        create table src.parents (tenant_id uuid not null, id bigint generated always as identity, name text, primary key (tenant_id, id));
        create table src.kinds (
          tenant_id uuid not null, id int, n numeric, f float8, r real, t text, b bytea, j jsonb, js json, ts timestamptz, d date,
            i interval,
          a int[], ta text[], c src.color, ca src.color[], p src.pair, s src.small, bits varbit, m money, ip inet, rng int4range, x xml,
          doubled numeric generated always as (n * 2) stored, seq bigserial, "Odd "" name" text,
          primary key (tenant_id, id));
        create table src.parted (tenant_id uuid not null, id int, at date not null, v text, primary key (tenant_id, id,
          at)) partition by range (at);
        create table src.parted_1 partition of src.parted for values from ('2020-01-01') to ('2021-01-01');
        create table src.parted_2 partition of src.parted for values from ('2021-01-01') to ('2022-01-01');
        create table src.children (tenant_id uuid not null, id int, parent bigint, primary key (tenant_id, id),
          foreign key (tenant_id, parent) references src.parents (tenant_id, id) on delete cascade deferrable);
        create table src.full_rows (tenant_id uuid not null, id int, v text, primary key (tenant_id, id));
        alter table src.full_rows replica identity full;
        create table src.none (tenant_id uuid not null, id int, primary key (tenant_id, id));
        """;

    const string Mine = "11111111-1111-1111-1111-111111111111";
    const string Other = "22222222-2222-2222-2222-222222222222";
    static readonly string[] Names = ["parents", "kinds", "parted", "children", "full_rows", "none"];

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task All_kinds_of_values_and_changes_arrive(int major)
    {
        var (server, database) = await PrepareAsync(major);
        await server.ExecuteAsync(Fill(Mine) + Fill(Other), database);
        await using var transfer = await StartAsync(server, database);
        await using var connection = await server.OpenAsync(database);
        Assert.Empty(await transfer.Value.ProblemsAsync(connection, CancellationToken.None));
        await transfer.Value.CopyAsync(null, null, CancellationToken.None);
        await server.ExecuteAsync(Changes(Mine) + Changes(Other), database);
        await using (var follower = new Follower(transfer.Value, CancellationToken.None))
        {
            await follower.PassAsync(CancellationToken.None);
            await server.ExecuteAsync($"update src.kinds set t = 'late' where tenant_id = '{Mine}' and id = 1", database);
            await follower.PassAsync(CancellationToken.None);
            await using var comparison = await Comparison.PrepareAsync(transfer.Value, CancellationToken.None);
            await comparison.QuickAsync(CancellationToken.None);
            await comparison.KeepAsync(CancellationToken.None);
            await server.ExecuteAsync("delete from dst.none", database);
            Assert.Equal(Names.Length, (await comparison.WholeAsync(CancellationToken.None)).Count);
        }
        Assert.Equal(0L, await server.ScalarAsync<long>($"select count(*) from dst.kinds where tenant_id <> '{Mine}'", database));
        Assert.Equal("late", await server.ScalarAsync<string>("select t from dst.kinds where id = 1", database));
        await transfer.Value.CleanAsync(CancellationToken.None);
        Assert.Equal(0L, await server.ScalarAsync<long>("""
            select (select count(*) from pg_replication_slots where database = current_database()) + (select count(*) from pg_publication)
                   + (select count(*) from pg_namespace where nspname like 'howdah\_move%')
            """, database));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_difference_is_found(int major)
    {
        var (server, database) = await PrepareAsync(major);
        await server.ExecuteAsync(Fill(Mine), database);
        await using var transfer = await StartAsync(server, database);
        await transfer.Value.CopyAsync(null, null, CancellationToken.None);
        await using var follower = new Follower(transfer.Value, CancellationToken.None);
        await server.ExecuteAsync($"update src.kinds set t = 'new' where tenant_id = '{Mine}' and id = 1", database);
        await follower.PassAsync(CancellationToken.None);
        await using var comparison = await Comparison.PrepareAsync(transfer.Value, CancellationToken.None);
        await comparison.QuickAsync(CancellationToken.None);
        // A changed row, a lost row, and a change of an untouched row, which only the whole can show.
        await server.ExecuteAsync("set session_replication_role = replica; update dst.kinds set t = 'other' where id = 1", database);
        Assert.Contains("with other values", (await Assert.ThrowsAsync<MoveException>(()
            => comparison.QuickAsync(CancellationToken.None))).Message,
            StringComparison.Ordinal);
        await server.ExecuteAsync("set session_replication_role = replica; "
            + "update dst.kinds set t = 'new' where id = 1; update dst.kinds set t = 'other' where id = 2", database);
        await comparison.QuickAsync(CancellationToken.None);
        await comparison.KeepAsync(CancellationToken.None);
        await Assert.ThrowsAsync<MoveException>(() => comparison.WholeAsync(CancellationToken.None));
        await server.ExecuteAsync("set session_replication_role = replica; "
            + "delete from dst.parents where id = (select min(id) from dst.parents)", database);
        Assert.Contains("not the same at both ends", (await Assert.ThrowsAsync<MoveException>(() =>
            comparison.QuickAsync(CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_follower_that_is_cut_off_goes_on_without_losing_or_doubling(int major)
    {
        var (server, database) = await PrepareAsync(major);
        await server.ExecuteAsync(Fill(Mine), database);
        await using var transfer = await StartAsync(server, database);
        await transfer.Value.CopyAsync(null, null, CancellationToken.None);
        await using var follower = new Follower(transfer.Value, CancellationToken.None);
        for (var round = 0; round < 6; round++)
        {
            await server.ExecuteAsync($"insert into src.none select '{Mine}', {round} * 500 + g + 1000 from generate_series(1, 500) g",
                database);
            // The reader, the writer, or both.
            await server.ExecuteAsync($"""
                select pg_terminate_backend(pid) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid()
                  and (backend_type = 'walsender') = any(array[{(round % 3) switch
                {
                    0 => "true",
                    1 => "false",
                    _ => "true, false",
                }}])
                """, database);
            await server.ExecuteAsync($"update src.parents set name = name || '{round}' where tenant_id = '{Mine}'", database);
        }
        await follower.PassAsync(CancellationToken.None);
        await using var comparison = await Comparison.PrepareAsync(transfer.Value, CancellationToken.None);
        await comparison.QuickAsync(CancellationToken.None);
        await comparison.KeepAsync(CancellationToken.None);
        await comparison.WholeAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_source_that_restarts_is_waited_for()
    {
        var server = await Moving_servers.StartAsync(18);
        var database = await server.CreateDatabaseAsync();
        await server.ExecuteAsync(Tables.Replace("CURRENT", database, StringComparison.Ordinal) + Twin, database);
        await server.ExecuteAsync(Fill(Mine), database);
        var transfer = (await StartAsync(server, database)).Value;
        await transfer.CopyAsync(null, null, CancellationToken.None);
        await using var follower = new Follower(transfer, CancellationToken.None);
        await follower.PassAsync(CancellationToken.None);
        await server.StopAsync("fast");
        await server.StartAsync();
        await server.ExecuteAsync(Changes(Mine), database);
        await follower.PassAsync(CancellationToken.None);
        await using var comparison = await Comparison.PrepareAsync(transfer, CancellationToken.None);
        await comparison.QuickAsync(CancellationToken.None);
        await server.StopAsync();
    }

    [Fact]
    public async Task What_cannot_be_moved_is_told_in_a_sentence()
    {
        var server = await TestServer.GetAsync(15);
        var database = await server.CreateDatabaseAsync();
        await server.ExecuteAsync("create table a (tenant_id uuid, id int); create table b (tenant_id uuid, id int primary key);",
            database);
        await using var connection = await server.OpenAsync(database);
        QName[] names = [new("public", "a"), new("public", "b"), new("public", "c")];
        var tables = await Patterns.Tenancy.Moving.Tables.ReadAsync(connection, "tenant_id",
            [.. names.Select(static name => (name, name, name))], false, CancellationToken.None);
        var side = new Side("here", server.ConnectionString(database), "howdah_admin", true, Guid.Parse(Mine), "howdah.tenant");
        var problems = await new Transfer(Guid.Parse(Mine), side, side, tables, TimeProvider.System).ProblemsAsync(connection,
            CancellationToken.None);
        Assert.Contains(problems, static problem => problem.StartsWith("public.a has no primary key", StringComparison.Ordinal));
        Assert.Contains(problems, static problem => problem.Contains("make it (tenant_id, id)", StringComparison.Ordinal));
        Assert.Contains(problems, static problem => problem == "there is no table public.c");
        Assert.Contains(problems, static problem => problem.Contains("wal_level is replica", StringComparison.Ordinal));
    }

    const string Twin = """
        create type dst.color as enum ('red', 'Green', 'blue "x"');
        do $$ begin
          execute (select string_agg(format('create table dst.%I (like src.%I including all excluding indexes)', relname, relname), '; ')
                   from pg_class where relnamespace = 'src'::regnamespace and relkind in ('r', 'p') and not relispartition);
        end $$;
        alter table dst.parents add primary key (tenant_id, id);
        alter table dst.kinds add primary key (tenant_id, id);
        alter table dst.parted add primary key (tenant_id, id, at);
        alter table dst.children add primary key (tenant_id, id),
          add foreign key (tenant_id, parent) references dst.parents (tenant_id, id) on delete cascade deferrable;
        alter table dst.full_rows add primary key (tenant_id, id);
        alter table dst.none add primary key (tenant_id, id);
        create function dst.boom() returns trigger language plpgsql as 'begin raise exception ''a trigger fired''; end';
        create trigger boom before insert or update or delete on dst.kinds for each row execute function dst.boom();
        """;

    static async Task<(TestServer, string)> PrepareAsync(int major)
    {
        var server = await Moving_servers.GetAsync(major);
        var database = await server.CreateDatabaseAsync();
        var role = $"mover_owner_{database}";
        var sql = (Tables.Replace("CURRENT", database, StringComparison.Ordinal) + Twin).Replace("mover_owner", role,
            StringComparison.Ordinal);
        await server.ExecuteAsync(sql, database);
        return (server, database);
    }

    static async Task<Held> StartAsync(TestServer server, string database)
    {
        var owner = (await server.ScalarAsync<string>("select nspowner::regrole::text from pg_namespace where nspname = 'src'", database))!;
        var source = new Side("source", server.ConnectionString(database), owner, true, Guid.Parse(Mine), "howdah.tenant");
        await using var connection = await source.OpenAdminAsync(CancellationToken.None);
        var tables = await Patterns.Tenancy.Moving.Tables.ReadAsync(connection, "tenant_id",
            [.. Names.Select(static name => (new QName("src", name), new QName("src", name), new QName("dst", name)))], false,
                CancellationToken.None);
        return new(new(await server.ScalarAsync<Guid>("select gen_random_uuid()"), source, source with { Where = "target",
            Shared = false }, tables,
            TimeProvider.System));
    }

    static string Fill(string tenant) => $$$"""
        insert into src.parents (tenant_id, name) select '{{{tenant}}}', 'p' || g from generate_series(1, 50) g;
        insert into src.children select tenant_id, id, id from src.parents where tenant_id = '{{{tenant}}}';
        insert into src.kinds (tenant_id, id, n, f, r, t, b, j, js, ts, d, i, a, ta, c, ca, p, s, bits, m, ip, rng, x, "Odd "" name")
        select '{{{tenant}}}', g, case g % 3 when 0 then 'NaN'::numeric when 1 then 1e-20 else 12345678901234567890.5 end,
          case g % 3 when 0 then 'infinity'::float8 when 1 then 0.1::float8 + 0.2::float8 else '-0'::float8 end, 3.4e38::real,
          case g % 5 when 0 then null when 1 then '' else repeat(E'tab\tnew\nline\\ ''quote ü€𝄞', g) end,
          decode('00ff10', 'hex') || convert_to(repeat('x', 10000 * (g % 4)), 'utf8'), '{"a": [1, null, "x"]}', '{"b" : 1,  "a":2}',
          (case g % 3 when 0 then 'infinity' when 1 then '4713-01-01 BC' else '2026-11-25 12:34:56.789012+02' end)::timestamptz,
            '0044-03-15 BC',
          '-1 year 2 mons -3 days 04:05:06.7', '{1,null,3}', array['', null, 'a,b', '"', '\'], 'blue "x"', array['red', null]::src.color[],
          row(1, 'a"b')::src.pair, 999, B'1011', 12.34, '10.0.0.1/8', '[1,5)', '<a>ü</a>', 'odd'
        from generate_series(1, 30) g;
        insert into src.parted select '{{{tenant}}}', g, date '2020-06-01' + g, 'v' || g from generate_series(1, 400) g;
        insert into src.full_rows select '{{{tenant}}}', g, 'v' from generate_series(1, 20) g;
        """;

    // A big value that is not touched, keys that change, rows that move between partitions, cascades, order that only a deferred key
    // allows,
    // a savepoint rolled back, rows that come and go.
    static string Changes(string tenant) => $$$"""
        update src.kinds set n = n + 1 where tenant_id = '{{{tenant}}}';
        update src.kinds set id = id + 1000, b = null where tenant_id = '{{{tenant}}}' and id > 20;
        update src.parted set at = at + 200 where tenant_id = '{{{tenant}}}' and id < 100;
        update src.parted set v = null where tenant_id = '{{{tenant}}}' and id % 7 = 0;
        delete from src.parents where tenant_id = '{{{tenant}}}' and name like 'p1%';
        begin;
        set constraints all deferred;
        insert into src.children values ('{{{tenant}}}', 5000, 5000);
        insert into src.parents (tenant_id, id, name) overriding system value values ('{{{tenant}}}', 5000, 'late parent');
        savepoint a;
        insert into src.none select '{{{tenant}}}', g from generate_series(100000, 100100) g;
        rollback to a;
        commit;
        update src.full_rows set v = repeat('w', 5000), id = -id where tenant_id = '{{{tenant}}}' and id < 10;
        delete from src.full_rows where tenant_id = '{{{tenant}}}' and id > 15;
        insert into src.none select '{{{tenant}}}', g from generate_series(1, 1200) g;
        delete from src.none where tenant_id = '{{{tenant}}}' and id % 2 = 0;
        """;

    sealed record Held(Transfer Value) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Value.CleanAsync(CancellationToken.None);
    }
}
