using System.Globalization;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Engine.Proving;
using Howdah.Patterns.Partitions.Retiring;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Partitions;

public sealed class Kinds_of_partitions
{
    public static TheoryData<int> Versions => [18, 15];

    const string Ranges = """
        create table app.readings (id bigint generated always as identity, v int, primary key (id)) partition by range (id);
        create table app.clicks (id uuid primary key, note text) partition by range (id)
        """;

    static string RangesYaml(string more = "", string clicks = "") => ShopYaml.With("schemas: [app], migrations: migrations/, "
        + "partitions: { "
        + $"app.readings: {{ by: id, step: 1000, premake: 2{more} }}, "
        + $"app.clicks: {{ by: id, as: uuidv7, every: month, zone: Europe/Madrid, premake: 2, from: {From}{clicks} }} }}");

    static string From => DateTime.UtcNow.AddMonths(-8).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // PostgreSQL before 18 makes none of its own.
    const string Uuid = """
        create function app.v7(at timestamptz) returns uuid language sql as $$
          select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7abc8' || substr(md5(random()::text), 1, 15))::uuid $$
        """;

    static async Task<UpkeepReport> UpkeepAsync(EstateHarness estate)
    {
        var session = await estate.OpenAsync();
        return await PartitionUpkeep.RunAsync(session, session.Estate.Databases[0], new(), CancellationToken.None);
    }

    static async Task<string[]> BrokenAsync(EstateHarness estate) => [.. (await estate.ProveAsync())
        .Where(static finding => finding.Pattern == "partitions" && finding.Verdict != Verdict.Held)
        .Select(static finding => $"{finding.Attack.Id} {finding.Target}").Order(StringComparer.Ordinal)];

    static async Task<IReadOnlyList<Diagnostic>> NotesAsync(EstateHarness estate) => [.. (await estate.PlanAsync()).Notes
        .Where(static note => note.Code.StartsWith("HOW09", StringComparison.Ordinal))];

    static Task<string?> LeavesAsync(EstateHarness estate, string table) => estate.Server.ScalarAsync<string>($"""
        select string_agg(substr(c.relname, {table.Length - 3}), ' ' order by c.oid)
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = '{table}'::regclass
        """, "shop");

    const string Divided = """
        create table app.orders (id bigint not null, country text, total int) partition by list (country);
        create table app.carts (customer bigint primary key, note text) partition by hash (customer);
        create table app.lines (id bigint generated always as identity, at date not null, tenant_id uuid not null,
          note text, primary key (tenant_id, id, at)) partition by range (at);
        create table app.notes (at date not null, kind text not null) partition by range (at)
        """;

    static string DividedYaml(string orders = "iberia: [ES, PT], gaul: [FR]", int modulus = 4, string lines = "") => ShopYaml.With($$"""
        schemas: [app], migrations: migrations/,
          grants: [{ to: shop_app, on: { schema: app }, privileges: [usage] },
            { to: shop_app, on: { tables: [app.lines] }, privileges: [select, insert] }],
          tenancy: { model: rows, column: tenant_id, roles: [shop_app], tables: [app.lines] },
          partitions: {
            app.orders: { by: country, lists: { {{orders}} }, rest: true },
            app.carts: { by: customer, modulus: {{modulus}} },
            app.lines: { by: at, every: month, premake: 2, within: { by: tenant_id, modulus: 2 }{{lines}} },
            app.notes: { by: at, every: month, premake: 1, within: { by: kind, lists: { a: [a], bc: [b, c] } } } }
        """, "shop_app: { login: true, password: \"${generated}\" }");

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Lists_hashes_and_two_levels_are_made_proved_and_grow(int major)
    {
        using var estate = new EstateHarness(await TestServer.StartOwnAsync(major), DividedYaml());
        estate.Write("migrations/0001_tables.sql", Divided);
        await estate.ConvergeAsync();
        Task RunAsync(string sql) => estate.Server.ExecuteAsync(sql, "shop");
        Assert.Equal("_iberia _gaul _rest", await LeavesAsync(estate, "app.orders"));
        Assert.Equal("_h0 _h1 _h2 _h3", await LeavesAsync(estate, "app.carts"));
        var today = DateTime.UtcNow.ToString("yyyyMM", CultureInfo.InvariantCulture);
        Assert.Equal("_h0 _h1", await LeavesAsync(estate, $"app.lines_p{today}"));
        Assert.Equal("_a _bc", await LeavesAsync(estate, $"app.notes_p{today}"));

        // Under the floor at every level, and nobody reads a leaf by itself.
        Assert.Equal("9 true false", await estate.Server.ScalarAsync<string>("""
            select concat_ws(' ', count(*), bool_and(c.relrowsecurity)::text,
              bool_or(has_table_privilege('shop_app', c.oid, 'select'))::text)
            from pg_partition_tree('app.lines') t join pg_class c on c.oid = t.relid where t.level > 0
            """, "shop"));
        Assert.Empty((await estate.ProveAsync()).Where(static finding => finding.Verdict == Verdict.Broken)
            .Select(static finding => $"{finding.Attack.Id} {finding.Target}: {finding.Evidence}"));

        // A value that nobody declares: told by the proof and by upkeep; declared, it gets a partition and its rows.
        await RunAsync("insert into app.orders select n, (array['ES', 'PT', 'FR', 'IT'])[1 + n % 4], 1 from generate_series(1, 40) n; "
            + "insert into app.orders values (99, 'It''s', 1); insert into app.carts select n from generate_series(1, 400) n; "
            + "insert into app.lines (at, tenant_id) select current_date, gen_random_uuid() from generate_series(1, 100)");
        Assert.Equal(["PAR-12 app.orders"], await BrokenAsync(estate));
        var told = await UpkeepAsync(estate);
        Assert.Contains("declares: IT (10 rows), It's (1 row), in app.orders_rest", Assert.Single(told.Tables[0].Problems),
            StringComparison.Ordinal);
        const string Grown = "iberia: [ES, PT, \"It's\"], gaul: FR, italy: [IT], none: [null]";
        estate.Write(DividedYaml(Grown));
        await estate.ConvergeAsync();
        Assert.Empty(await BrokenAsync(estate));
        Assert.Equal("_iberia _gaul _rest _iberia_2 _italy _none", await LeavesAsync(estate, "app.orders"));
        Assert.Equal("10 1 0", await estate.Server.ScalarAsync<string>("select concat_ws(' ', (select count(*) from app.orders_italy), "
            + "(select count(*) from app.orders_iberia_2), (select count(*) from app.orders_rest))", "shop"));

        // Each proof catches its mutant, and apply mends it, at both levels.
        await RunAsync("create role shop_reader");
        foreach (var (mutants, proofs) in ((string, string[])[])
            [($"alter table app.orders detach partition app.orders_gaul; drop table app.carts_h2; drop table app.lines_p{today}_h1; "
                + $"drop table app.notes_p{today}_bc", ["PAR-13 app.carts", "PAR-13 app.lines", "PAR-13 app.notes", "PAR-13 app.orders"]),
             ($"alter table app.lines_p{today}_h0 disable row level security; grant select on app.lines_p{today}_h0 to shop_reader",
                ["PAR-15 app.lines", "PAR-21 app.lines"])])
        {
            await RunAsync(mutants);
            Assert.Equal(proofs, await BrokenAsync(estate));
            await estate.ConvergeAsync();
        }
        Assert.Empty(await BrokenAsync(estate));

        // What is not done is said, with what to do.
        estate.Write(DividedYaml("gaul: [FR, ES], italy: [IT], none: [null]", 8));
        Assert.Equal(["HOW0910 app.orders_iberia holds PT", "HOW0910 app.orders_iberia_2 holds It's",
            "HOW0911 app.carts is divided by hash into 4"], (await NotesAsync(estate))
            .Select(static note => $"{note.Code} {note.Message.Split(", ")[0]}").Order(StringComparer.Ordinal));
        await RunAsync("create table app.keyed (id bigint, at date, tenant bigint, primary key (id, at)) partition by range (at)");
        estate.Write(DividedYaml(Grown).Replace("app.notes:", "app.keyed: { by: at, every: month, within: { by: tenant, modulus: 2 } }, "
            + "app.notes:", StringComparison.Ordinal));
        var lacks = Assert.Single(await NotesAsync(estate));
        Assert.Equal("HOW0912", lacks.Code);
        Assert.Contains("""
            ALTER TABLE "app"."keyed" DROP CONSTRAINT "keyed_pkey", ADD CONSTRAINT "keyed_pkey" PRIMARY KEY ("id", "at", "tenant");
            """, lacks.Hint, StringComparison.Ordinal);

        // Of a table that a migration of the same plan makes, the step says it; mended by the next migration, it goes on.
        estate.Write(DividedYaml(Grown).Replace("app.notes:", "app.fresh: { by: at, every: month, within: { by: tenant, modulus: 2 } }, "
            + "app.notes:", StringComparison.Ordinal));
        estate.Write("migrations/0002_fresh.sql",
            "create table app.fresh (id bigint, at date, tenant bigint, primary key (id, at)) partition by range (at)");
        var failed = await estate.ApplyAsync();
        Assert.Equal(ApplyOutcome.Failed, failed.Outcome);
        const string Mended = "ALTER TABLE \"app\".\"fresh\" DROP CONSTRAINT fresh_pkey, ADD CONSTRAINT fresh_pkey "
            + "PRIMARY KEY (id, at, \"tenant\")";
        Assert.Contains("the primary key fresh_pkey of app.fresh does not hold tenant, by which its partitions are divided again",
            failed.Message, StringComparison.Ordinal);
        Assert.Contains($"in a migration: {Mended}", failed.Message, StringComparison.Ordinal);
        estate.Write("migrations/0003_fresh_key.sql", Mended);
        await estate.ConvergeAsync();

        // The classic mistake, before it is made.
        estate.Write(DividedYaml(Grown));
        estate.Write("migrations/0004_classic.sql", "create table app.classic (id serial primary key, at date) partition by range (at)");
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note.Message.Contains("lacks column \"at\" which is part of the "
            + "partition key. An index lives within one partition", StringComparison.Ordinal));
        File.Delete(Path.Combine(estate.Folder, "migrations/0004_classic.sql"));

        // A partition that is divided is archived with all of its rows.
        var kept = await estate.Server.ScalarAsync<long>("select count(*) from app.lines", "shop");
        await RunAsync("""
            do $$ declare low date := date_trunc('month', current_date - interval '8 months'); begin
              execute format('create table app.lines_old partition of app.lines for values from (%L) to (%L) partition by hash (tenant_id)',
                low, low + interval '1 month');
              for n in 0..1 loop
                execute format('create table app.lines_old_h%s partition of app.lines_old for values with (modulus 2, remainder %s)', n, n);
              end loop;
              insert into app.lines (at, tenant_id) select low, gen_random_uuid() from generate_series(1, 50);
            end $$
            """);
        estate.Write(DividedYaml(Grown, lines: ", retain: 3 months, then: archive, archive: { to: archive/ }"));
        await estate.ConvergeAsync();
        var report = await UpkeepAsync(estate);
        Assert.True(report.Done, string.Join('\n', report.Tables.SelectMany(static table => table.Problems)));
        Assert.Equal(("app.lines_old", 50L), report.Tables.SelectMany(static table => table.Retired)
            .Select(static gone => (gone.Partition, gone.Rows!.Value)).First());
        Assert.Equal(kept, await estate.Server.ScalarAsync<long>("select count(*) from app.lines", "shop"));
        Assert.Empty(await BrokenAsync(estate));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Ranges_of_numbers_and_of_uuids_are_made_ahead_proved_and_retired(int major)
    {
        using var estate = new EstateHarness(await TestServer.StartOwnAsync(major), RangesYaml());
        estate.Write("migrations/0001_tables.sql", Ranges);
        await estate.ConvergeAsync();
        Assert.Empty(await BrokenAsync(estate));
        Task RunAsync(string sql) => estate.Server.ExecuteAsync(sql, "shop");

        // Numbers: ahead of what rows, or the sequence, have come to.
        Assert.Equal("_p0 _p1000 _p2000", await LeavesAsync(estate, "app.readings"));
        await RunAsync("insert into app.readings (v) select n from generate_series(1, 2500) n");
        Assert.Equal(["partition app.readings_p3000", "partition app.readings_p4000"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Object));
        await estate.ConvergeAsync();
        await RunAsync("select setval('app.readings_id_seq', 6200)");
        await estate.ConvergeAsync();
        Assert.EndsWith("_p7000 _p8000", await LeavesAsync(estate, "app.readings"), StringComparison.Ordinal);
        await RunAsync("insert into app.readings (v) select n from generate_series(1, 100) n");

        // UUIDs: bounds are UUIDs of the month's beginning in Madrid.
        await RunAsync(Uuid);
        await RunAsync("insert into app.clicks select app.v7(t) from generate_series("
            + "date_trunc('month', now() at time zone 'Europe/Madrid') at time zone 'Europe/Madrid' - interval '7 months', "
            + "now() + interval '1 month', '6 hours') t");
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>("""
            select count(*) from app.clicks where tableoid::regclass::text <> 'app.clicks_p' || to_char(
              to_timestamp(('x' || substr(translate(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)
              at time zone 'Europe/Madrid', 'YYYYMM')
            """, "shop"));

        // Each proof catches its mutant, and apply mends what can be.
        await RunAsync("alter table app.readings detach partition app.readings_p4000; "
            + $"alter table app.clicks detach partition app.clicks_p{DateTime.UtcNow:yyyyMM}");
        Assert.Equal(["PAR-13 app.clicks", "PAR-13 app.readings"], await BrokenAsync(estate));
        await estate.ConvergeAsync();
        await RunAsync("alter table app.readings detach partition app.readings_p8000");
        Assert.Equal(["PAR-13 app.readings"], await BrokenAsync(estate));
        await estate.ConvergeAsync();
        Assert.Empty(await BrokenAsync(estate));
        await RunAsync("create table app.rest partition of app.readings default; alter table app.rest owner to shop_owner; "
            + "insert into app.readings overriding system value values (999999, 1), (-1, 1)");
        Assert.Equal(["PAR-12 app.readings"], await BrokenAsync(estate));
        // A bound that another tool put within a millisecond is met as it is.
        await RunAsync($"""
            drop table app.rest;
            do $$ declare last regclass; low text; begin
              select c.oid::regclass, substring(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)') into last, low
              from pg_inherits i join pg_class c on c.oid = i.inhrelid
              where i.inhparent = 'app.clicks'::regclass order by c.relname desc limit 1;
              execute format('drop table %s', last);
              execute format('create table app.odd partition of app.clicks for values from (%L) to (%L)', low,
                app.v7((current_date + 45)::timestamptz));
              alter table app.odd owner to shop_owner;
            end $$
            """);
        await estate.ConvergeAsync();
        Assert.Empty(await BrokenAsync(estate));

        // Retention: of numbers by their distance from the highest, of UUIDs by their time.
        var (numbers, uuids) = major == 18 ? ("parquet", "csv") : ("csv", "parquet");
        estate.Write(RangesYaml($", retain: 3500, then: archive, archive: {{ to: archive/, format: {numbers} }}",
            $", retain: 3 months, then: archive, archive: {{ to: archive/, format: {uuids} }}"));
        await estate.ConvergeAsync();
        await RunAsync("insert into app.readings (v) select n from generate_series(1, 600) n");
        var report = await UpkeepAsync(estate);
        Assert.True(report.Done, string.Join('\n', report.Tables.SelectMany(static table => table.Problems)));
        Assert.Equal(["app.readings_p0", "app.readings_p1000"], report.Tables[0].Retired.Select(static gone => gone.Partition));
        Assert.Equal(5, report.Tables[1].Retired.Count);
        Assert.Equal("2000", await estate.Server.ScalarAsync<string>("select howdah.low_water('app.readings')", "shop"));
        Assert.True(await estate.Server.ScalarAsync<bool>("""
            select bool_and(id >= howdah.low_water('app.clicks')::uuid) from app.clicks
            """, "shop"));
        Assert.Empty((await estate.PlanAsync()).Steps);
        Assert.Empty(await BrokenAsync(estate));
        var session = await estate.OpenAsync();
        var back = await PartitionRestore.RunAsync(session, session.Estate.Databases[0], "app.clicks",
            report.Tables[1].Retired[^1].Partition, true, CancellationToken.None);
        Assert.True(back is { Attached: true, Rows: > 100 });
        // Of numbers, too: as a partition again, with the rows it had.
        back = await PartitionRestore.RunAsync(session, session.Estate.Databases[0], "app.readings", "app.readings_p1000", true,
            CancellationToken.None);
        Assert.True(back is { Attached: true, Rows: 1000 });
        Assert.Equal("1000 1999 1499500", await estate.Server.ScalarAsync<string>(
            "select min(id) || ' ' || max(id) || ' ' || sum(v) from app.readings where id < 2000", "shop"));
        Assert.Empty(await BrokenAsync(estate));
        await Assert.ThrowsAsync<PostgresException>(() =>
            RunAsync("insert into app.readings overriding system value values (5, 1)"));
    }
}
