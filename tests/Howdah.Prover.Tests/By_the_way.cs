using Howdah.Engine.Proving;
using Howdah.Prover.Live.Byways;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Prover.Tests;

/// <summary>Ways around the tables are really tried: decoys for functions, sequences, large objects, foreign tables.</summary>
public sealed class By_the_way
{
    public static TheoryData<int, string, string> Holes => [.. from major in (int[])[15, 18]
        from hole in (string[])["TEN-F04-no-pg-temp", "TEN-F04-unqualified", "TEN-F04-invoker", "TEN-C11", "TEN-C11-setval",
            "TEN-C12", "TEN-C12-granted"]
        select (major, hole, hole[..7])];

    // Not TEN-F04-creatable-path: as long as the function's owner may not use that schema, nothing that is made there answers.
    [Theory]
    [MemberData(nameof(Holes))]
    public async Task What_the_catalogs_say_is_seen_live(int major, string hole, string id)
    {
        var server = await TestServer.GetAsync(major);
        var mutant = Mutant.All.Single(each => each.Name == hole);
        var database = await Twin.All.Single(twin => twin.Name == mutant.Twin).CopyAsync(server);
        foreach (var sql in mutant.Sql)
            await server.ExecuteAsync(sql.Replace("{db}", $"\"{database}\"", StringComparison.Ordinal), database);
        var found = await BrokenAsync(server, database, id);
        Assert.Contains("SESSION AUTHORIZATION", found.Statement, StringComparison.Ordinal);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Foreign_tables_of_this_machine_are_read_and_others_are_not(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        var way = new NpgsqlConnectionStringBuilder(server.ConnectionString(database));
        await server.ExecuteAsync($"""
            create extension postgres_fdw;
            create server beside foreign data wrapper postgres_fdw options (host '127.0.0.1', port '{server.Port}', dbname '{database}');
            create server away foreign data wrapper postgres_fdw options (host '192.0.2.1', dbname 'elsewhere');
            create user mapping for rows_report server beside options (user '{way.Username}', password '{way.Password}');
            create foreign table shop.past (tenant_id uuid not null, id bigint) server beside
              options (schema_name 'shop', table_name 'orders');
            create foreign table shop.far (tenant_id uuid not null, id bigint) server away
              options (schema_name 'shop', table_name 'orders');
            grant select on shop.past, shop.far to rows_report;
            grant select on shop.past to rows_app;
            """, database);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        var found = result.Findings.Single(static finding => finding is { Attack.Id: "TEN-C13", Verdict: Verdict.Broken });
        Assert.Contains("rows_report", found.Statement, StringComparison.Ordinal);
        Assert.Contains("past", found.Statement, StringComparison.Ordinal);
        Assert.Contains("rows of more than one tenant were shown", found.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain(way.Password!, found.Evidence + found.Statement, StringComparison.Ordinal);
        var left = result.Findings.Single(static finding => finding is { Attack.Id: "TEN-C13", Verdict: Verdict.NotRun });
        Assert.Equal(["shop.far"], left.Targets);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_message_with_contents_is_heard_and_one_with_the_key_is_not(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await server.ExecuteAsync("""
            create function shop.tell() returns trigger language plpgsql set search_path = '' as
              $$ begin perform pg_catalog.pg_notify('orders', new.id::text); return new; end $$;
            create trigger tell after insert on shop.orders for each row execute function shop.tell();
            revoke execute on function shop.tell() from public;
            """, database);
        var before = await server.ScalarAsync<string>("select md5(string_agg(o::text, '' order by id)) from shop.orders o", database);
        var asked = new CheckOptions { Intrusive = true };
        Assert.Equal(Verdict.NotRun, await HeardAsync(new()));
        Assert.Equal(Verdict.Held, await HeardAsync(asked));
        await server.ExecuteAsync("""
            create or replace function shop.tell() returns trigger language plpgsql set search_path = '' as
              $$ begin perform pg_catalog.pg_notify('orders', pg_catalog.to_json(new)::text); return new; end $$
            """, database);
        Assert.Equal(Verdict.Broken, await HeardAsync(asked));
        await server.ExecuteAsync("""
            create or replace function shop.tell() returns trigger language plpgsql set search_path = '' as
              $$ begin perform pg_catalog.pg_notify('orders_' || new.tenant_id, new.note); return new; end $$
            """, database);
        Assert.Equal(Verdict.NotRun, await HeardAsync(asked));
        Assert.Equal(before, await server.ScalarAsync<string>("select md5(string_agg(o::text, '' order by id)) from shop.orders o",
            database));
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");

        async Task<Verdict> HeardAsync(CheckOptions options)
        {
            var result = await Checker.CheckAsync(server.ConnectionString(database), options, TestContext.Current.CancellationToken);
            var found = result.Findings.Where(static each => each.Attack.Id == "TEN-C15" && each.Verdict != Verdict.Residual).ToList();
            Assert.DoesNotContain(found, static each => each.Verdict == Verdict.Inconclusive);
            return Assert.Single(found).Verdict;
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Indexes_that_tell_by_their_time_are_listed_and_break_nothing(int major)
    {
        var server = await TestServer.GetAsync(major);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await server.ExecuteAsync("create index by_date on shop.orders (placed_on); create index by_note on shop.orders (tenant_id, note)",
            database);
        var result = await Checker.CheckAsync(server.ConnectionString(database), new() { CatalogOnly = true },
            TestContext.Current.CancellationToken);
        var found = result.Findings.Single(static finding => finding.Attack.Id == "TEN-D10");
        Assert.Equal(Verdict.Residual, found.Verdict);
        Assert.Equal(["shop.by_date"], found.Targets);
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Fact]
    public async Task Large_objects_given_by_default_are_seen_though_there_is_none_yet()
    {
        var server = await TestServer.GetAsync(18);
        var database = await Twin.All.Single(static twin => twin.Name == "rows").CopyAsync(server);
        await server.ExecuteAsync("alter default privileges for role rows_app grant select on large objects to rows_report", database);
        var found = await BrokenAsync(server, database, "TEN-C12");
        Assert.Equal(["large objects of rows_app as rows_report"], found.Targets);
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_largeobject_metadata", database));
        await server.ExecuteAsync($"drop database \"{database}\" with (force)");
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.2", true)]
    [InlineData("::1", true)]
    [InlineData("/run/postgresql", true)]
    [InlineData("localhost.example.org", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("127.0.0.1,192.0.2.1", false)]
    [InlineData("", false)]
    public void This_machine_is_known_by_its_address(string host, bool here) => Assert.Equal(here, ForeignReads.Here(host));

    static async Task<Finding> BrokenAsync(TestServer server, string database, string id)
    {
        var result = await Checker.CheckAsync(server.ConnectionString(database), new(), TestContext.Current.CancellationToken);
        return result.Findings.First(finding => finding.Attack.Id == id && finding.Verdict == Verdict.Broken);
    }
}
