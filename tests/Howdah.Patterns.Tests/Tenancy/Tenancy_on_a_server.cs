using Howdah.Engine.Applying;
using Howdah.Engine.Proving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy;

public sealed class Tenancy_on_a_server
{
    // 63 bytes, the most that PostgreSQL keeps.
    static readonly string Long = new('ü', 31);

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Finds_nothing_to_do_after_apply_whatever_the_columns_type_and_name(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        var shapes = new (string Type, string Column, string In, string Values)[]
        {
            ("uuid", "tenant_id", "uuid", "gen_random_uuid()"), ("integer", "group", "integer", "n"),
            ("bigint", "Mandant", "bigint", "n * 5000000000"), ("text", "a\"b'é c", "text", "'t' || n"),
            ("uuid", $"x{Long}", "key_uuid", "gen_random_uuid()"), ("text", "1st", "key_text", "'t' || n"),
            ("integer", "nullif", "key_integer", "n"),
        };
        foreach (var i in Campaign.Of(Enumerable.Range(0, shapes.Length), major))
        {
            var (type, column, made, values) = shapes[i];
            using var shop = new EstateHarness(server, Estate($"d{i}", $"{{ model: rows, roles: [shop_app], tables: [app.t], type: {type}, "
                + $"context: app.who_is_it, column: {Yaml(column)} }}"));
            shop.Write("migrations/0001_t.sql", $"""
                create domain app.key_uuid as uuid;
                create domain app.text_under as text;
                create domain app.key_text as app.text_under check (value <> '');
                create domain app.key_integer as integer;
                create table app.t ({Quoted(column)} {(made[0] == 'k' ? $"app.{made}" : made)} not null, id integer);
                """);
            await shop.ConvergeAsync();
            await server.ExecuteAsync($"insert into app.t select {values}, n from generate_series(1, 2) n; "
                + "insert into howdah.tenants (id, name) select t::text::uuid, t::text from "
                + $"(select {Quoted(column)} from app.t where '{type}' = 'uuid') r(t)", $"d{i}");
            // Another expression, though it means the same, is drift.
            await server.ExecuteAsync("alter policy howdah_floor on app.t using (false)", $"d{i}");
            Assert.Single((await shop.PlanAsync()).Steps);
            await shop.ConvergeAsync();
            var findings = (await shop.ProveAsync()).Where(static finding => finding.Pattern == "tenancy").ToList();
            Assert.NotEmpty(findings);
            Assert.All(findings, static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Lays_the_floor_on_tables_of_any_name(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        string[] names = ["o'clock \"x\"", "Größe; drop table t", "select", $"t{Long}", "a.b", "$1", " "];
        using var shop = new EstateHarness(server, Estate("names", "{ model: rows, roles: [shop_app], tables: [" + string.Join(", ",
            names.Select(static name => Yaml($"app.{Quoted(name)}"))) + "] }"));
        shop.Write("migrations/0001_t.sql", string.Concat(names.Select(static name =>
            $"create table app.{Quoted(name)} (tenant_id uuid not null, id integer, primary key (tenant_id, id));\n")));
        await shop.ConvergeAsync();
        await server.ExecuteAsync("insert into howdah.tenants (name) values ('a'), ('b');" + string.Concat(names.Select(static name =>
            $"insert into app.{Quoted(name)} select id, 1 from howdah.tenants;")), "names");
        Assert.All((await shop.ProveAsync()).Where(static finding => finding.Pattern == "tenancy"),
            static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Closes_partitions_and_children_whenever_and_wherever_they_are_made(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var shop = new EstateHarness(server, Estate("parts",
            "{ model: rows, roles: [shop_app], tables: [app.events, app.papers] }"));
        shop.Write("migrations/0001_t.sql", """
            create schema elsewhere;
            create table app.events (tenant_id uuid not null, year integer not null, primary key (tenant_id, year))
              partition by list (year);
            create table elsewhere.events_1 partition of app.events for values in (1);
            create table app.events_2 partition of app.events for values in (2) partition by list (tenant_id);
            create table elsewhere.events_22 partition of app.events_2 default;
            create table app.papers (tenant_id uuid not null, id integer);
            create table app.letters (stamp integer) inherits (app.papers);
            """);
        await shop.ConvergeAsync();
        await server.ExecuteAsync("""
            insert into howdah.tenants (name) values ('a'), ('b');
            insert into app.events select id, n from howdah.tenants, generate_series(1, 2) n;
            insert into app.papers select id, n from howdah.tenants, generate_series(1, 2) n;
            insert into app.letters select id, n, 1 from howdah.tenants, generate_series(1, 2) n;
            set role shop_owner;
            create table app.events_3 partition of app.events for values in (3);
            create table app.cards () inherits (app.papers);
            reset role;
            insert into app.events select id, 3 from howdah.tenants;
            insert into app.cards select id, 3 from howdah.tenants;
            grant usage on schema elsewhere to shop_app;
            grant select on all tables in schema app, elsewhere to shop_app
            """, "parts");
        // Born closed, before anybody applies again.
        Assert.Equal(0L, await server.ScalarAsync<long>("""
            select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname in ('app', 'elsewhere') and c.relkind in ('r', 'p') and not c.relrowsecurity
            """, "parts"));
        var before = await shop.ProveAsync();
        Assert.Equal(Verdict.Held, before.Single(static finding => finding.Attack.Id == "TEN-C01").Verdict);
        await shop.ConvergeAsync();
        var plan = await shop.PlanAsync();
        Assert.DoesNotContain(plan.Notes, static note => note.Code == "HOW0608");
        var findings = (await shop.ProveAsync()).Where(static finding => finding.Pattern == "tenancy").ToList();
        Assert.All(findings, static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));

        await server.ExecuteAsync("alter table elsewhere.events_1 disable row level security; grant usage on schema elsewhere to shop_app; "
            + "grant select on elsewhere.events_1 to shop_app", "parts");
        findings = await shop.ProveAsync();
        Assert.Equal(["TEN-C01", "TEN-C19"], findings.Where(static finding => finding is { Pattern: "tenancy", Verdict: Verdict.Broken })
            .Select(static finding => finding.Attack.Id).Order(StringComparer.Ordinal));
        await shop.ConvergeAsync();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Keeps_the_floor_of_a_table_that_is_renamed(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        const string Wish = "{ model: rows, roles: [shop_app], tables: [app.TABLE] }";
        using var shop = new EstateHarness(server, Estate("renamed", Wish.Replace("TABLE", "old", StringComparison.Ordinal)));
        shop.Write("migrations/0001_t.sql", "create table app.old (tenant_id uuid not null, id integer, primary key (tenant_id, id));");
        await shop.ConvergeAsync();
        shop.Write("migrations/0002_t.sql", "alter table app.old rename to new;");
        shop.Write(Estate("renamed", Wish.Replace("TABLE", "new", StringComparison.Ordinal)));
        var result = await shop.ApplyAsync();
        Assert.True(result.Outcome == ApplyOutcome.Done, result.Message);
        await shop.ConvergeAsync();
        Assert.Equal(2L, await server.ScalarAsync<long>("select count(*) from pg_policy where polrelid = 'app.new'::regclass", "renamed"));

        // By hand, and the file not told: the protection stays, and the next apply says what it misses and changes nothing.
        await server.ExecuteAsync("alter table app.new rename to newer", "renamed");
        var failed = await shop.ApplyAsync();
        Assert.True(failed.Outcome is ApplyOutcome.Failed or ApplyOutcome.Refused, failed.Message);
        Assert.Contains("new", failed.Message, StringComparison.Ordinal);
        Assert.True(await server.ScalarAsync<bool>(
            "select relrowsecurity and relforcerowsecurity from pg_class where oid = 'app.newer'::regclass", "renamed"));
        shop.Write(Estate("renamed", Wish.Replace("TABLE", "newer", StringComparison.Ordinal)));
        await shop.ConvergeAsync();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Tells_of_every_key_that_tells(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var shop = new EstateHarness(server, Estate("keys", "{ model: rows, roles: [shop_app], tables: [app.a, app.b] }"));
        shop.Write("migrations/0001_t.sql", """
            create table app.a (tenant_id uuid not null, id integer, mail text, span int4range, primary key (tenant_id, id));
            create table app.b (tenant_id uuid not null, id integer, a_id integer, other uuid, primary key (tenant_id, id),
              constraint good foreign key (tenant_id, a_id) references app.a);
            alter table app.a add constraint key_mail unique (mail);
            alter table app.a add constraint key_span exclude using gist (span with &&);
            create unique index ix_mail on app.a (lower(mail)) where mail <> '';
            create unique index ix_id on app.a (id);
            create unique index ix_good on app.a (tenant_id, mail);
            create index ix_plain on app.a (mail);
            alter table app.b add constraint fk_bad foreign key (a_id) references app.a (id);
            alter table app.b add constraint fk_crossed foreign key (other, a_id) references app.a;
            """);
        await shop.ConvergeAsync();
        var told = (await shop.PlanAsync()).Notes.Where(static note => note.Code == "HOW0607").Select(static note => note.Message)
            .ToList();
        Assert.Collection(told,
            static note => Assert.StartsWith("the unique index ix_id of app.a does not", note, StringComparison.Ordinal),
            static note => Assert.StartsWith("the unique index ix_mail of app.a does not", note, StringComparison.Ordinal),
            static note => Assert.StartsWith("the key key_mail of app.a does not", note, StringComparison.Ordinal),
            static note => Assert.StartsWith("the key key_span of app.a does not", note, StringComparison.Ordinal),
            static note => Assert.StartsWith("the foreign key fk_bad of app.b can point at", note, StringComparison.Ordinal),
            static note => Assert.StartsWith("the foreign key fk_crossed of app.b can point at", note, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Is_applied_by_a_role_that_is_no_superuser(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync($"create role applier login createdb createrole password '{TestServer.Verifier("applier")}'; "
            + "grant create on database postgres to applier");
        using var shop = new EstateHarness(server, Estate("plain", "{ model: rows, roles: [shop_app], tables: [app.t] }"), user: "applier",
            password: "applier");
        shop.Write("migrations/0001_t.sql", "create table app.t (tenant_id uuid not null, id integer, primary key (tenant_id, id));");
        await shop.ConvergeAsync();
        Assert.Contains((await shop.PlanAsync()).Notes, static note => note.Code == "HOW0609");
        await server.ExecuteAsync("insert into howdah.tenants (name) values ('a'), ('b'); "
            + "insert into app.t select id, 1 from howdah.tenants", "plain");
        var findings = (await shop.ProveAsync()).Where(static finding => finding.Pattern == "tenancy").ToList();
        // No guard without a superuser; and what this role cannot stage is never held.
        Assert.DoesNotContain(findings, static finding => finding.Verdict == Verdict.Broken && finding.Attack.Id != "TEN-A08");
        Assert.NotEqual(Verdict.Held, findings.Single(static finding => finding.Attack.Id == "TEN-A08").Verdict);
        Assert.Equal(Verdict.Held, findings.Single(static finding => finding.Attack.Id == "TEN-B01").Verdict);
        Assert.Equal(Verdict.Held, findings.Single(static finding => finding.Attack.Id == "TEN-A01").Verdict);
    }

    static string Estate(string database, string tenancy) => $$"""
        howdah: 1
        estate: shop_{{database}}
        SERVERS
        roles:
          shop_owner: {}
          shop_app: { login: true, password: "${generated}" }
        databases:
          {{database}}:
            owner: shop_owner
            schemas: [app]
            migrations: migrations/
            grants:
              - { to: shop_app, on: { database: true }, privileges: [connect] }
              - { to: shop_app, on: { schema: app }, privileges: [usage] }
              - { to: shop_app, on: { all_tables: app }, privileges: [select, insert, update, delete] }
            tenancy: {{tenancy}}
        """;

    static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    static string Yaml(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
