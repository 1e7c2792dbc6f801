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

    static async Task RowAsync(TenantImport import, Guid tenant, long id)
    {
        await import.StartRowAsync();
        import.Write(tenant);
        import.Write(id);
        import.Write(1);
    }
}
