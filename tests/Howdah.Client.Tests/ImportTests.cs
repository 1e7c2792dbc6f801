using Npgsql;
using NpgsqlTypes;
using Xunit;

namespace Howdah.Client.Tests;

/// <summary>Many rows into tables under policies.</summary>
public sealed class ImportTests
{
    static readonly string[] Columns = ["tenant_id", "id", "total"];

    public static TheoryData<int> Majors => [15, 18];

    [Theory, MemberData(nameof(Majors))]
    public async Task Rows_are_copied_in_all_models_and_seen_by_their_tenant_alone(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        for (var round = 0; round < 2; round++)
        {
            await using (var import = await connection.BeginImportAsync(round == 0 ? "shop.orders" : "orders", Columns))
            {
                for (var i = 0; i < 5000; i++)
                    await RowAsync(import, home.Acme, 100 + (round * 5000) + i);
                Assert.Equal(5000, await import.CompleteAsync());
            }
            await using var count = connection.CreateCommand();
            count.CommandText = "select count(*) from orders";
            Assert.Equal(5003L + (round * 5000), await count.ExecuteScalarAsync());
            if (round == 0)
                await home.MoveToSchemaAsync(home.Acme);
        }
        Assert.Equal(3L, await home.AskAsync<long>("select count(*) from shop.orders"));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Rows_of_another_tenant_end_the_import_and_nothing_of_it_stays(int major)
    {
        var home = await Home.MakeAsync(major);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using (var import = await connection.BeginImportAsync("shop.orders", Columns))
        {
            await RowAsync(import, home.Acme, 100);
            await RowAsync(import, home.Bolt, 101);
            var refused = await Assert.ThrowsAsync<PostgresException>(async () => await import.CompleteAsync());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
        await using (var import = await connection.BeginImportAsync("shop.orders", Columns))
            await RowAsync(import, home.Acme, 100);
        Assert.Equal(6L, await home.AskAsync<long>("select count(*) from shop.orders"));
        Assert.False(connection.InTransaction);
    }

    [Fact]
    public async Task An_import_in_a_transaction_ends_with_it()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using (await connection.BeginTransactionAsync())
        {
            for (var i = 0; i < 2; i++)
            {
                await using var import = await connection.BeginImportAsync("shop.orders", Columns);
                await RowAsync(import, home.Acme, 100 + i);
                Assert.Equal(1, await import.CompleteAsync());
            }
        }
        Assert.Equal(6L, await home.AskAsync<long>("select count(*) from shop.orders"));
    }

    [Fact]
    public async Task Names_are_names_and_what_is_missing_is_told()
    {
        var home = await Home.MakeAsync(18);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using (var import = await connection.BeginImportAsync("orders\"; drop table shop.open; --", Columns))
        {
            await RowAsync(import, home.Acme, 1);
            var unknown = await Assert.ThrowsAsync<PostgresException>(async () => await import.CompleteAsync());
            Assert.Equal(PostgresErrorCodes.UndefinedTable, unknown.SqlState);
        }
        await using (var import = await connection.BeginImportAsync("shop.orders", Columns))
        {
            await import.StartRowAsync();
            import.Write(home.Acme);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await import.CompleteAsync());
            import.Write(1L);
            import.Write(1);
            Assert.Throws<InvalidOperationException>(() => import.Write(1));
        }
        Assert.False(connection.InTransaction);
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Nulls_and_types_arrive_as_they_were_written(int major)
    {
        var home = await Home.MakeAsync(major);
        await home.RunAsync($"""
            create table shop.things (tenant_id uuid not null, a int, b text, c jsonb, d timestamptz, e bytea);
            alter table shop.things enable row level security;
            alter table shop.things force row level security;
            create policy base on shop.things using (tenant_id = (select howdah.current_tenant()));
            grant select, insert on shop.things to "{home.Role}"
            """);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        await using (var import = await connection.BeginImportAsync("shop.things", ["tenant_id", "a", "b", "c", "d", "e"]))
        {
            for (var i = 0; i < 4; i++)
            {
                await import.StartRowAsync();
                import.Write(home.Acme);
                if (i % 2 == 0)
                    import.WriteNull();
                else
                    import.Write(i);
                import.Write(i == 1 ? null : $"text {i}");
                import.Write($$"""{"i": {{i}}}""", NpgsqlDbType.Jsonb);
                import.Write(DateTime.UnixEpoch.AddDays(i));
                import.WriteNull();
            }
            Assert.Equal(4, await import.CompleteAsync());
        }
        Assert.Equal("(,\"text 0\",0) (1,,1) (,\"text 2\",2) (3,\"text 3\",3) 4 0", await home.AskAsync<string>("""
            select string_agg(row(a, b, c ->> 'i')::text, ' ' order by d) || ' ' || count(distinct d) || ' ' || count(e) from shop.things
            """));
    }

    [Theory, MemberData(nameof(Majors))]
    public async Task Arrays_and_whatever_types_a_team_has_arrive_as_they_were_written(int major)
    {
        var home = await Home.MakeAsync(major);
        await home.RunAsync($"""
            create type shop.mood as enum ('sad', 'ok', 'happy');
            create domain shop.sku as text check (value ~ '^[A-Z]+$');
            create table shop.made (tenant_id uuid not null, id int, u uuid, n numeric(30, 10), b bool, f float8, r real, s smallint,
              d date, t time, tz timestamptz, ts timestamp, i interval, j jsonb, jj json, by bytea, m shop.mood, k shop.sku, a inet,
              span int4range, c "char", v varchar(9));
            create table shop.listed (tenant_id uuid not null, id int, ints int[], texts text[], grid int[], ids uuid[], ns numeric[],
              stamps timestamptz[], docs jsonb[], moods shop.mood[], spans int4multirange, v text);
            do $$ declare t text; begin foreach t in array array['made', 'listed'] loop
              execute format('alter table shop.%I enable row level security', t);
              execute format('alter table shop.%I force row level security', t);
              execute format('create policy base on shop.%I using (tenant_id = (select howdah.current_tenant()))', t);
            end loop; end $$;
            grant select, insert on shop.made, shop.listed to "{home.Role}"; grant usage on schema shop to "{home.Role}"
            """);
        await using var tenants = home.Open();
        await using var connection = await tenants.For(home.Acme).OpenConnectionAsync();
        var day = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        await using (var import = await connection.BeginImportAsync("shop.made", ["tenant_id", "id", "u", "n", "b", "f", "r", "s", "d", "t",
            "tz", "ts", "i", "j", "jj", "by", "m", "k", "a", "span", "c", "v"]))
        {
            for (var i = 0; i < 3; i++)
            {
                await import.StartRowAsync();
                import.Write(home.Acme);
                import.Write(i);
                if (i == 1)
                {
                    for (var column = 2; column < 22; column++)
                        import.WriteNull();
                    continue;
                }
                import.Write(home.Bolt);
                import.Write(123456789012345678.0123456789m);
                import.Write(i == 0);
                import.Write(1.5);
                import.Write(2.5f);
                import.Write((short)7);
                import.Write(DateOnly.FromDateTime(day));
                import.Write(TimeOnly.FromDateTime(day));
                import.Write(day);
                import.Write(DateTime.SpecifyKind(day, DateTimeKind.Unspecified));
                import.Write(TimeSpan.FromMinutes(90));
                import.Write("""{"a": 1}""", NpgsqlDbType.Jsonb);
                import.Write("[1, 2]", NpgsqlDbType.Json);
                import.Write(new byte[] { 1, 2, 255 });
                import.Write("happy", "shop.mood");
                import.Write("ABC");
                import.Write(System.Net.IPAddress.Loopback);
                import.Write(new NpgsqlRange<int>(1, true, 5, false));
                import.Write('x', NpgsqlDbType.InternalChar);
                import.Write("läng", NpgsqlDbType.Varchar);
            }
            Assert.Equal(3, await import.CompleteAsync());
        }
        // Without arrays and ranges, the same goes column by column.
        await using (var import = await connection.BeginImportAsync("shop.made", ["tenant_id", "id", "n", "j", "m", "by"]))
        {
            for (var i = 3; i < 6; i++)
            {
                await import.StartRowAsync();
                import.Write(home.Acme);
                import.Write(i);
                import.Write(i == 4 ? null : (decimal?)0.5m);
                import.Write("[]", NpgsqlDbType.Jsonb);
                import.Write(i == 4 ? null : "sad", "shop.mood");
                import.Write(i == 4 ? null : new byte[] { 7 });
            }
            Assert.Equal(3, await import.CompleteAsync());
        }
        await EqualAsync(home, "made", $$"""
            select '{{home.Acme}}'::uuid, i, '{{home.Bolt}}'::uuid, 123456789012345678.0123456789, i = 0, 1.5::float8, 2.5::real,
              7::smallint, date '2026-02-03', time '04:05:06', timestamptz '2026-02-03 04:05:06+00', timestamp '2026-02-03 04:05:06',
              interval '90 minutes',
              '{"a": 1}'::jsonb, '[1, 2]'::json, '\x0102ff'::bytea, 'happy'::shop.mood, 'ABC'::shop.sku, inet '127.0.0.1',
              int4range(1, 5), 'x'::"char", 'läng'::varchar from unnest(array[0, 2]) i
            union all select '{{home.Acme}}', 1, {{string.Join(", ", Enumerable.Repeat("null", 20))}}
            union all select '{{home.Acme}}', i, null, nullif(i, 4) * 0 + 0.5000000000,
              {{string.Join(", ", Enumerable.Repeat("null", 9))}}, '[]', null,
              case when i <> 4 then '\x07'::bytea end, case when i <> 4 then 'sad'::shop.mood end,
              {{string.Join(", ", Enumerable.Repeat("null", 5))}} from generate_series(3, 5) i
            """);

        const int rows = 3000;
        await using (var import = await connection.BeginImportAsync("shop.listed",
            ["tenant_id", "id", "ints", "texts", "grid", "ids", "ns", "stamps", "docs", "moods", "spans", "v"]))
        {
            for (var i = 0; i < rows; i++)
            {
                await import.StartRowAsync();
                import.Write(home.Acme);
                import.Write(i);
                if (i % 3 == 1)
                {
                    for (var column = 2; column < 12; column++)
                        import.WriteNull();
                    continue;
                }
                import.Write(i % 3 == 2 ? Array.Empty<int>() : [i, 2]);
                import.Write(new List<string?> { "a, \"b\"", null, "{}" });
                import.Write(new[,] { { 1, 2 }, { 3, 4 } });
                import.Write(new[] { home.Bolt });
                import.Write(new[] { 0.1m, 2m });
                import.Write(new[] { day });
                import.Write(new[] { """{"a": 1}""" }, NpgsqlDbType.Array | NpgsqlDbType.Jsonb);
                import.Write(new[] { "sad", "ok" }, "shop.mood[]");
                import.Write(new NpgsqlRange<int>[] { new(1, true, 5, false), new(7, true, 9, false) });
                import.Write("text");
            }
            Assert.Equal(rows, await import.CompleteAsync());
        }
        await EqualAsync(home, "listed", $$"""
            select '{{home.Acme}}'::uuid, i, case when i % 3 = 0 then array[i, 2] else '{}' end, array['a, "b"', null, '{}'],
              array[[1, 2], [3, 4]], array['{{home.Bolt}}'::uuid], array[0.1, 2], array[timestamptz '2026-02-03 04:05:06+00'],
              array['{"a": 1}'::jsonb], array['sad', 'ok']::shop.mood[], '{[1,5),[7,9)}'::int4multirange, 'text'
            from generate_series(0, {{rows - 1}}) i where i % 3 <> 1
            union all select '{{home.Acme}}', i, {{string.Join(", ", Enumerable.Repeat("null", 10))}}
            from generate_series(0, {{rows - 1}}) i where i % 3 = 1
            """);
    }

    static async Task EqualAsync(Home home, string table, string wanted) => Assert.Equal("", await home.AskAsync<string>($"""
        with seen as (select one::text as row from shop.{table} one), wanted as (select one::text as row from ({wanted}) one)
        select concat_ws(E'\n', (select min('seen:   ' || row) from (table seen except all table wanted) _),
          (select min('wanted: ' || row) from (table wanted except all table seen) _))
        """));

    static async Task RowAsync(TenantImport import, Guid tenant, long id)
    {
        await import.StartRowAsync();
        import.Write(tenant);
        import.Write(id);
        import.Write(1);
    }
}
