using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Migrations;

public sealed class Migrations_on_a_server
{
    const string File = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}, shop_app: { login: true, password: "${generated}" } }
        databases:
          shop:
            owner: shop_owner
            schemas: [shop]
            migrations: migrations/
            tenancy: { model: rows, column: tenant_id, context: howdah.tenant, roles: [shop_app], tables: [shop.items] }
        """;

    const string Tables = """
        create table shop.items (tenant_id uuid not null, id integer not null, price numeric(10,2), code text, amount integer,
          constraint items_pkey primary key (tenant_id, id));
        """;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_change_of_data_reaches_the_rows_of_every_tenant(int major)
    {
        using var estate = await StartAsync(major);
        await FillAsync(estate);
        // What it would do without the floor lifted: nothing, without a word.
        await using (var owner = await estate.Server.OpenAsync("shop"))
        {
            await using var plain = new NpgsqlCommand("set role shop_owner; update shop.items set code = 'x'", owner);
            Assert.True(await plain.ExecuteNonQueryAsync() <= 0);
        }
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>("select count(*) from shop.items where code = 'x'", "shop"));

        estate.Write("migrations/0002_codes.sql",
            "update shop.items set code = 'seen';\nalter table shop.items alter code set not null;\n");
        await estate.ConvergeAsync();

        Assert.Equal(3L, await estate.Server.ScalarAsync<long>("select count(*) from shop.items where code = 'seen'", "shop"));
        Assert.True(await estate.Server.ScalarAsync<bool>(
            "select relrowsecurity and relforcerowsecurity from pg_class where oid = 'shop.items'::regclass", "shop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_file_that_commits_or_fails_changes_nothing(int major)
    {
        using var estate = await StartAsync(major);
        foreach (var text in (string[])["create table shop.early (a int);\ncommit;\ncreate table shop.late (a int);\n",
            "create table shop.early (a int);\n\nselect nothing from shop.absent;\n"])
        {
            estate.Write("migrations/0002_wrong.sql", text);
            var plan = await estate.PlanAsync();
            var note = Assert.Single(plan.Notes, static note => note.Code == "HOW0506");
            Assert.True(plan.Blocked);
            if (text.Contains("absent", StringComparison.Ordinal))
                Assert.Contains("line 3: ", note.Message, StringComparison.Ordinal);
            Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);
            Assert.True(await estate.Server.ScalarAsync<bool>("select to_regclass('shop.early') is null", "shop"));
            Assert.Equal(0L, await estate.Server.ScalarAsync<long>(
                "select count(*) from pg_database where datname like 'howdah\\_rehearsal%'"));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_ran_is_neither_edited_nor_lost_nor_overtaken(int major)
    {
        using var estate = await StartAsync(major);
        estate.Write("migrations/0003_third.sql", "create table shop.third (a int);\n");
        await estate.ConvergeAsync();

        estate.Write("migrations/0003_third.sql", "create table shop.third (a bigint);\n");
        var edited = Assert.Single((await estate.PlanAsync()).Notes, static note => note.Code == "HOW0503");
        Assert.Contains("- create table shop.third (a int);\n+ create table shop.third (a bigint);", edited.Message,
            StringComparison.Ordinal);
        Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);

        estate.Write("migrations/0003_third.sql", "create table shop.third (a int);\r\n");
        Assert.Empty((await estate.PlanAsync()).Steps);
        estate.Write("migrations/0002_late.sql", "create table shop.late (a int);\n");
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note.Code == "HOW0505");
        System.IO.File.Delete(Path.Combine(estate.Folder, "migrations/0002_late.sql"));
        System.IO.File.Delete(Path.Combine(estate.Folder, "migrations/0003_third.sql"));
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note.Code == "HOW0504");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_rehearsal_tells_the_harm_of_each_file(int major)
    {
        using var estate = await StartAsync(major);
        (string Sql, HazardKind? Harm)[] files =
        [
            ("drop table shop.items", HazardKind.DataLoss),
            ("alter table shop.items drop column code", HazardKind.DataLoss),
            ("alter table shop.items alter amount type bigint", HazardKind.TableRewrite),
            ("alter table shop.items alter price type numeric(12,3)", HazardKind.TableRewrite),
            ("alter table shop.items alter code type varchar(20)", HazardKind.TableRewrite),
            ("alter table shop.items add made timestamptz default clock_timestamp()", HazardKind.TableRewrite),
            ("alter table shop.items alter code set not null", HazardKind.LongLock),
            ("create index items_code on shop.items (tenant_id, code)", HazardKind.LongLock),
            ("alter table shop.items add constraint positive check (amount > 0)", HazardKind.LongLock),
            ("update shop.items set code = ''", HazardKind.LongLock),
            ("alter table shop.items alter price type numeric(12,2)", null),
            ("alter table shop.items alter code type varchar", null),
            ("alter table shop.items add made timestamptz default now()", null),
            ("alter table shop.items add constraint positive check (amount > 0) not valid", null),
            ("create table shop.other (a int); create index other_a on shop.other (a)", null),
        ];
        foreach (var (sql, harm) in files)
        {
            estate.Write("migrations/0002_change.sql", sql + ";\n");
            var step = Assert.Single((await estate.PlanAsync()).Steps, static step => step.Id == "migrations/shop/0002_change");
            Assert.True(harm is { } kind ? step.Hazards.Any(hazard => hazard.Kind == kind) : step.Hazards.Count == 0,
                $"{sql}: {string.Join("; ", step.Hazards.Select(static hazard => $"{hazard.Name}: {hazard.Why}"))}");
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_index_left_invalid_is_dropped_and_built_again(int major)
    {
        using var estate = await StartAsync(major);
        await FillAsync(estate);
        estate.Write("migrations/0002_unique.sql",
            "-- howdah: no-transaction\ncreate unique index concurrently items_amount on shop.items (amount);\n");
        Assert.Equal(ApplyOutcome.Failed, (await estate.ApplyAsync()).Outcome);
        Assert.False(await estate.Server.ScalarAsync<bool>(
            "select indisvalid from pg_index where indexrelid = 'shop.items_amount'::regclass", "shop"));

        await estate.Server.ExecuteAsync("update shop.items set amount = id", "shop");
        await estate.ConvergeAsync();

        Assert.True(await estate.Server.ScalarAsync<bool>(
            "select indisvalid from pg_index where indexrelid = 'shop.items_amount'::regclass", "shop"));
        Assert.Equal(2L, await estate.Server.ScalarAsync<long>("select count(*) from howdah.migrations", "shop"));
    }

    static async Task<EstateHarness> StartAsync(int major)
    {
        var estate = new EstateHarness(await TestServer.StartOwnAsync(major), File);
        estate.Write("migrations/0001_tables.sql", Tables);
        await estate.ConvergeAsync();
        return estate;
    }

    static Task FillAsync(EstateHarness estate) => estate.Server.ExecuteAsync("""
        insert into shop.items (tenant_id, id, amount)
        select howdah.register_tenant(name), id, 1 from (values ('a', 1), ('a', 2), ('b', 3)) v (name, id)
        """, "shop");
}
