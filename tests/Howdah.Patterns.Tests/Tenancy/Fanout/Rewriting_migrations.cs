using CsCheck;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Fanout;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Fanout;

/// <summary>A migration of home's, rewritten for tenants' places: pure.</summary>
public sealed class Rewriting_migrations
{
    const string Place = "t_0123456789abcdef0123";

    static readonly Gen<string> Pieces = OneOf("store.orders", "\"store\".orders", "store . orders", "STORE.Orders", "orders", "'",
        "''", "'store.orders'", "E'\\'store.orders'", "$$", "$a$ store.orders $a$", "\"", "--", "\n", "/*", "*/", "/* store.orders */",
        "-- store.orders\n", ";", "(", ")", ".", "$1", "1..10", "1.5e-3", "U&'x'", "é", "a$b$", " ", "begin atomic", "end", "case",
            "::", "\\");

    [Fact]
    public void Tokens_put_together_are_the_text() => Pieces.Array[0, 30].Select(string.Concat).Sample(text =>
    {
        var tokens = SqlLexer.Read(text);
        Assert.Equal(text, string.Concat(tokens.Select(token => text[token.Start..token.End])));
        Assert.All(tokens, static token => Assert.True(token.Length > 0));
    }, iter: 20_000);

    // Anything between the names that is a text or a comment comes out as it went in; every name outside gets the place.
    [Fact]
    public void Names_are_rewritten_and_texts_and_comments_are_not() =>
        OneOf("store.orders", "\"store\".\"orders\"", "store.lines", "'store.orders'", "E'a\\'store.orders'", "/* store.orders */",
            "-- store.orders\n", "'it''s store.orders'", "store.regions", "other.orders", "x.store.orders", "U&'store.orders'")
            .Array[1, 12].Sample(pieces =>
        {
            var text = $"update store.orders set a = f({string.Join(" , ", pieces.Select(static piece => piece + "\n"))})";
            var script = Rewrite(text);
            var wanted = string.Concat("update \"", Place, "\".orders set a = f(", string.Join(" , ", pieces.Select(static piece =>
                piece switch
                {
                    "store.orders" => $"\"{Place}\".orders",
                    "\"store\".\"orders\"" => $"\"{Place}\".\"orders\"",
                    "store.lines" => $"\"{Place}\".lines",
                    _ => piece,
                } + "\n")), ")");
            Assert.Empty(script.Refused);
            Assert.Equal(wanted, script.In(Place));
        }, iter: 5_000);

    [Theory]
    [InlineData("alter table store.orders add note text", "alter table P.orders add note text")]
    [InlineData("alter table if exists only store.orders add c int references store.regions (r)",
        "alter table if exists only P.orders add c int references store.regions (r)")]
    [InlineData("create index concurrently on store.lines (a)", "create index concurrently on P.lines (a)")]
    [InlineData("create unique index i on only Store.Lines (a) where a > 1", "create unique index i on only P.Lines (a) where a > 1")]
    [InlineData("drop index store.orders_idx", "drop index P.orders_idx")]
    [InlineData("create table store.orders_2026 partition of store.orders for values in (1)",
        "create table P.orders_2026 partition of P.orders for values in (1)")]
    [InlineData("create trigger t before update on store.orders for each row execute function store.touch()",
        "create trigger t before update on P.orders for each row execute function store.touch()")]
    [InlineData("comment on column store.orders.note is 'store.orders'", "comment on column P.orders.note is 'store.orders'")]
    [InlineData("insert into store.lines select o.id from store.orders o", "insert into P.lines select o.id from P.orders o")]
    [InlineData("with o as (select * from store.orders) update store.lines set a = o.a from o",
        "with o as (select * from P.orders) update P.lines set a = o.a from o")]
    [InlineData("delete from only store.orders where id = 1", "delete from only P.orders where id = 1")]
    [InlineData("truncate store.orders, store.lines", "truncate P.orders, P.lines")]
    [InlineData("do $x$ begin update store.orders set a = 'x'; end $x$", "do $x$ begin update P.orders set a = 'x'; end $x$")]
    [InlineData("grant select, update (a) on store.orders, store.lines to store_app, store_backup with grant option",
        "grant select, update (a) on P.orders, P.lines to P with grant option")]
    [InlineData("grant select on all tables in schema store to store_app", "grant select on all tables in schema P to P")]
    [InlineData("revoke insert on store.orders from group store_app", "revoke insert on P.orders from P")]
    [InlineData("alter table store.orders rename to purchases; update store.purchases set a = 1",
        "alter table P.orders rename to purchases; update P.purchases set a = 1")]
    [InlineData("create sequence store.n owned by store.orders.id; alter sequence store.n increment 2",
        "create sequence P.n owned by P.orders.id; alter sequence P.n increment 2")]
    [InlineData("set local work_mem = '64MB'; update store.orders set a = 1", "set local work_mem = '64MB'; update P.orders set a = 1")]
    public void What_is_the_tenants_runs_in_its_place(string text, string wanted)
    {
        var script = Rewrite(text);
        Assert.Empty(script.Refused);
        Assert.Empty(script.Left);
        Assert.Equal(wanted, script.In(Place).Replace($"\"{Place}\"", "P", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("create extension pg_trgm", "home's")]
    [InlineData("create schema more", "home's")]
    [InlineData("create type store.mood as enum ('a')", "home's")]
    [InlineData("create role r", "server's")]
    [InlineData("grant a to b", "server's")]
    [InlineData("grant select on store.orders to store_backup", "no application's role")]
    [InlineData("grant usage on schema store to store_app", "no tenant's table")]
    [InlineData("create table store.regions (r text)", "shared")]
    [InlineData("alter table store.regions add x int", "shared")]
    [InlineData("update store.regions set x = (select count(*) from store.orders)", "shared")]
    [InlineData("insert into store.regions values ('a')", "shared")]
    [InlineData("insert into store.orders values (1), (2)", "loaded at home")]
    [InlineData("insert into store.orders (id) select g from generate_series(1, 10) g", "loaded at home")]
    [InlineData("create table store.audit (a int)", "no tenant's table")]
    [InlineData("create view store.v as select * from store.orders", "views are home's")]
    [InlineData("create function store.touch() returns trigger language plpgsql as $$ begin return new; end $$", "functions are home's")]
    [InlineData("create policy p on store.orders using (true)", "policies")]
    [InlineData("alter table store.orders enable row level security", "policies")]
    [InlineData("drop table store.regions", "shared")]
    [InlineData("set search_path = store", "own")]
    [InlineData("do $$ begin perform 1; end $$", "no tenant's table")]
    [InlineData("call store.refresh()", "ran there")]
    [InlineData("alter default privileges in schema store grant select on tables to store_app", "table by table")]
    [InlineData("create sequence store.n", "no tenant's table")]
    public void What_is_not_the_tenants_is_left_out(string text, string why)
    {
        var script = Rewrite(text);
        Assert.Empty(script.Refused);
        Assert.Contains(why, Assert.Single(script.Left).Why, StringComparison.Ordinal);
        Assert.False(script.HasWork);
    }

    [Theory]
    [InlineData("create function store.f() returns int language sql as 'select 1 from store.orders'", "body names store.orders")]
    [InlineData("create function store.f() returns int begin atomic select 1 from store.orders; end", "body names store.orders")]
    [InlineData("do $$ begin execute 'alter table store.orders add x int'; end $$", "in a text")]
    [InlineData("do $$ begin update store.orders set a = 1; execute $x$ drop table store.lines $x$; end $$", "in a text")]
    [InlineData("drop table store.orders, store.regions", "two statements")]
    [InlineData("grant select on store.orders, store.regions to store_app", "two statements")]
    [InlineData("alter table store.orders set schema more", "out of its schema")]
    [InlineData("alter table store.orders alter id set default nextval('store.orders_id_seq')", "in a text")]
    [InlineData("select 'store.orders'::pg_catalog.regclass, 1 from store.orders", "in a text")]
    [InlineData("insert into store.orders select * from store.legacy union select * from store.lines", "neither a tenant's nor shared")]
    [InlineData("listen x", "no rule")]
    [InlineData("( select 1 )", "no word")]
    public void What_could_not_be_done_rightly_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Single(Rewrite(text).Refused).Why, StringComparison.Ordinal);

    [Fact]
    public void Lines_stay_where_they_were()
    {
        var script = Rewrite("-- a\ncreate type store.t as\n  enum ('a;b');\n\nalter table store.orders\n  add x int;\n");
        var at = script.In(Place).Split('\n').ToList().FindIndex(static line => line.StartsWith("alter table", StringComparison.Ordinal));
        Assert.Equal(4, at);
        Assert.Equal(2, Assert.Single(script.Left).Line);
    }

    [Fact]
    public void In_a_database_the_file_runs_as_it_is_but_for_roles_loads_and_policies()
    {
        const string Text = "create extension hstore; create type store.t as enum ('a'); alter table store.orders add x store.t; "
            + "create function store.f() returns int language sql as 'select 1 from store.orders'; "
            + "insert into store.regions values ('a'); ";
        Assert.Equal(Text, Rewrite(Text, schemas: false).In(Place));
        Assert.Equal("grant select on store.orders to \"" + Place + "\"",
            Rewrite("grant select on store.orders to store_app, store_backup", schemas: false).In(Place));
        foreach (var left in (string[])["create role r", "insert into store.orders values (1)",
            "create policy p on store.orders using (true)",
            "grant connect on database d to store_app"])
            Assert.False(Rewrite(left, schemas: false).HasWork, left);
    }

    [Fact]
    public void A_file_for_home_alone_says_so()
    {
        var script = Rewrite("-- howdah: home-only\nalter table store.orders add x int");
        Assert.False(script.HasWork);
        Assert.Single(script.Left);
    }

    [Fact]
    public void What_is_built_outside_a_transaction_is_known_by_name()
    {
        var script = Rewrite("-- howdah: no-transaction\ncreate index concurrently i on store.orders (a);");
        Assert.Equal([new QName("store", "i")], script.Builds);
        Assert.Single(Rewrite("-- howdah: no-transaction\ncreate index concurrently on store.orders (a);").Refused);
        Assert.Single(Rewrite("-- howdah: no-transaction\nvacuum store.orders").Refused);
        Assert.Equal([new QName("store", "orders_idx")],
            Rewrite("-- howdah: no-transaction\ndrop index concurrently if exists store.orders_idx").Removes);
    }

    static Gen<string> OneOf(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]);

    static PlacedMigration Rewrite(string text, bool schemas = true)
    {
        var names = new TenantNames([new("store", "orders"), new("store", "lines")], [new("store", "regions")],
            [new("store", "orders_idx"), new("store", "orders_id_seq")], [new("store", "legacy"), new("store", "orders")]);
        return new PlaceRewriter(names, schemas, new HashSet<string> { "store_app" }, "tenant_id").Rewrite(new("0001_x", text, ""));
    }
}
