using Howdah.Engine.Applying;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Migrations;

public sealed class Invalid_indexes
{
    static readonly string File = ShopYaml.With("schemas: [shop], migrations: migrations/");

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_index_of_a_migration_is_built_again(int major)
    {
        using var estate = await StartAsync(major);
        foreach (var index in (string[])["items_pkey", "items_code", "items_amount"])
        {
            await SpoilAsync(estate, index);
            var step = Assert.Single((await estate.PlanAsync()).Steps);
            Assert.Equal($"migrations/shop/index shop.{index}/rebuild", step.Id);
            await estate.ConvergeAsync();
            Assert.True(await estate.Server.ScalarAsync<bool>(
                $"select indisvalid from pg_index where indexrelid = 'shop.{index}'::regclass", "shop"));
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_a_rebuild_left_that_was_cut_off_is_dropped(int major)
    {
        using var estate = await StartAsync(major);
        await SpoilAsync(estate, "items_code");
        // The rebuild waits for this snapshot, after it has made its twin; then it is ended.
        await using (var reader = await estate.Server.OpenAsync("shop"))
        {
            await using var hold = new NpgsqlCommand("begin isolation level repeatable read; select count(*) from shop.items", reader);
            await hold.ExecuteNonQueryAsync();
            var ended = false;
            var cut = estate.ApplyAsync(new()
            {
                LockPatience = TimeSpan.Zero,
                ReconnectPatience = TimeSpan.Zero,
                Events = new Told(happened =>
                {
                    if (ended || happened.Kind != ApplyEventKind.Waiting)
                        return;
                    ended = true;
                    estate.Server.ExecuteAsync("select pg_cancel_backend(pid) from pg_stat_activity where query like 'reindex%'", "shop")
                        .GetAwaiter().GetResult();
                }),
            });
            Assert.Equal(ApplyOutcome.Failed, (await cut).Outcome);
            Assert.True(ended);
        }
        Assert.True(await estate.Server.ScalarAsync<bool>("select to_regclass('shop.items_code_ccnew') is not null", "shop"));
        Assert.Equal(["migrations/shop/index shop.items_code_ccnew/leftover", "migrations/shop/index shop.items_code/rebuild"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Id));
        await estate.ConvergeAsync();
        Assert.True(await estate.Server.ScalarAsync<bool>("select to_regclass('shop.items_code_ccnew') is null", "shop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Somebody_elses_is_reported_and_left(int major)
    {
        using var estate = await StartAsync(major);
        await Assert.ThrowsAsync<PostgresException>(() => estate.Server.ExecuteAsync(
            "create unique index concurrently by_hand on shop.items (amount)", "shop"));
        var plan = await estate.PlanAsync();
        Assert.Empty(plan.Steps);
        Assert.False(plan.Blocked);
        var note = Assert.Single(plan.Notes, static note => note.Code == "HOW0509");
        Assert.Contains("shop.by_hand", note.Message, StringComparison.Ordinal);
        Assert.Contains("DROP INDEX CONCURRENTLY \"shop\".\"by_hand\"", note.Hint, StringComparison.Ordinal);
        // A table that is none of the estate's is not spoken of.
        await estate.Server.ExecuteAsync("drop index shop.by_hand; create schema other; create table other.t as select 1 a from "
            + "generate_series(1, 2)", "shop");
        await Assert.ThrowsAsync<PostgresException>(() => estate.Server.ExecuteAsync(
            "create unique index concurrently t_a on other.t (a)", "shop"));
        Assert.Empty((await estate.PlanAsync()).Notes);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task One_that_is_being_built_is_left_alone(int major)
    {
        using var estate = await StartAsync(major);
        await SpoilAsync(estate, "items_code");
        await using (var builder = await estate.Server.OpenAsync("shop"))
        {
            await using var hold = new NpgsqlCommand("begin; lock table shop.items in share update exclusive mode", builder);
            await hold.ExecuteNonQueryAsync();
            Assert.Empty((await estate.PlanAsync()).Steps);
        }
        await estate.ConvergeAsync();
        Assert.Equal(0L, await estate.Server.ScalarAsync<long>("select count(*) from pg_index where not indisvalid", "shop"));
    }

    static async Task<EstateHarness> StartAsync(int major)
    {
        var estate = new EstateHarness(await TestServer.StartOwnAsync(major), File);
        estate.Write("migrations/0001_tables.sql", """
            create table shop.items (id integer primary key, code text, amount integer);
            insert into shop.items select n, n::text, 1 from generate_series(1, 100) n;
            create index items_code on shop.items (code);
            """);
        await estate.ConvergeAsync();
        estate.Write("migrations/0002_amount.sql",
            "-- howdah: no-transaction\ncreate index concurrently items_amount on shop.items (amount);\n");
        await estate.ConvergeAsync();
        return estate;
    }

    // As a broken unique or partitioned build, or a repair of damaged indexes, leaves it.
    static Task SpoilAsync(EstateHarness estate, string index) => estate.Server.ExecuteAsync(
        $"update pg_index set indisvalid = false where indexrelid = 'shop.{index}'::regclass", "shop");

    sealed class Told(Action<ApplyEvent> act) : IProgress<ApplyEvent>
    {
        public void Report(ApplyEvent value) => act(value);
    }
}
