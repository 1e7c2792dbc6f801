using Howdah.Engine.Files;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Grants;

public sealed class Grants_on_a_server
{
    internal const string File = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}, app: {}, helper: {}, 'o"d\d é': {}, maker: {} }
        databases:
          shop:
            owner: shop_owner
            schemas: [app, 'S p"x']
            migrations: migrations
            grants:
              - { to: [app, 'o"d\d é'], on: { database: true }, privileges: [connect] }
              - { to: [app, 'o"d\d é'], on: { schema: [app, 'S p"x'] }, privileges: [usage] }
              - { to: [helper, maker], on: { schema: app }, privileges: [usage] }
              - { to: app, on: { tables: [app.t, app.v, '"S p""x"."T .t"'] }, privileges: [select, insert] }
              - { to: app, on: { tables: [app.passed] }, privileges: [select], grantable: true }
              - { to: 'o"d\d é', on: { columns: { app.t: [id, 'wh"at'] } }, privileges: [select, update] }
              - { to: 'o"d\d é', on: { all_sequences: app }, privileges: [usage] }
              - { to: helper, on: { sequences: [app.numbers] }, privileges: all }
              - to: app
                on: { functions: ["app.f(int)", "app.f(text, int[])", 'app."F ("("S p""x"."M d", "char")'] }
                privileges: [execute]
              - { to: [app, public], on: { types: [app.mood, app.amount] }, privileges: [usage] }
              - { to: app, on: { parameters: [log_statement, own.setting] }, privileges: [set, alter_system] }
              - { to: app, on: { tables: [app.all] }, privileges: all }
            default_privileges:
              - { to: app, on: tables, in: 'S p"x', privileges: [select] }
              - { for: [shop_owner, maker], to: [helper, maker], on: sequences, privileges: [usage], grantable: true }
        """;

    const string Things = """
        create table app.t (id integer, "wh""at" text);
        create table app.passed (id integer);
        create table app.all (id integer);
        create view app.v as select id from app.t;
        create table "S p""x"."T .t" (id integer);
        create sequence app.numbers;
        create type app.mood as enum ('a');
        create domain app.amount as numeric;
        create type "S p""x"."M d" as enum ('b');
        create function app.f(integer) returns integer language sql return 1;
        create function app.f(text, integer[]) returns integer language sql return 1;
        create function app.f() returns integer language sql return 1;
        create function app."F ("("S p""x"."M d", "char") returns integer language sql return 1;
        create procedure app.p() language sql as 'select 1';
        """;

    public static TheoryData<int> Versions => [18, 15];

    static async Task<EstateHarness> OpenAsync(TestServer server, string? file = null, string? user = null)
    {
        var estate = new EstateHarness(server, file ?? File, user: user, password: user is null ? null : "d");
        estate.Write("migrations/0001_things.sql", Things);
        await estate.ConvergeAsync();
        return estate;
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_given_as_declared_and_nothing_else(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = await OpenAsync(server);
        Assert.Equal(major >= 17, await server.ScalarAsync<bool>("select acl::text like '%app=arwdDxtm/%' from (select relacl::text acl "
            + "from pg_class where oid = 'app.all'::regclass) s", "shop"));
        foreach (var held in (string[])
        [
            "has_table_privilege('app', 'app.t', 'SELECT, INSERT')", "has_table_privilege('app', 'app.passed', 'SELECT WITH GRANT OPTION')",
            "has_column_privilege('o\"d\\d é', 'app.t', 'wh\"at', 'UPDATE')", "has_sequence_privilege('helper', 'app.numbers', 'UPDATE')",
            "has_function_privilege('app', 'app.f(text, int[])', 'EXECUTE')", "has_type_privilege('helper', 'app.mood', 'USAGE')",
            "has_parameter_privilege('app', 'own.setting', 'SET, ALTER SYSTEM')",
            "has_table_privilege('app', '\"S p\"\"x\".\"T .t\"', 'SELECT')",
            "has_sequence_privilege('helper', 'app.numbers', 'USAGE WITH GRANT OPTION')",
            "has_function_privilege('app', 'app.\"F (\"(\"S p\"\"x\".\"M d\", \"char\")', 'EXECUTE')",
            "not has_function_privilege('app', 'app.f()', 'EXECUTE')", "not has_function_privilege('app', 'app.p()', 'EXECUTE')",
            "not has_table_privilege('app', 'app.t', 'UPDATE')", "not has_type_privilege('helper', '\"S p\"\"x\".\"M d\"', 'USAGE')",
            "not has_database_privilege('helper', 'shop', 'CONNECT')", "not has_table_privilege('o\"d\\d é', 'app.t', 'SELECT')",
        ])
            Assert.True(await server.ScalarAsync<bool>("select " + held, "shop"), held);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_drift_is_mended_by_exactly_its_step(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = await OpenAsync(server);
        foreach (var (drift, steps) in Campaign.Of(Drifts(major), major))
        {
            await server.ExecuteAsync(drift, "shop");
            var plan = await estate.PlanAsync();
            Assert.True(plan.Steps.Select(static step => step.Id).SequenceEqual(steps),
                $"{drift}:\n{string.Join('\n', plan.Steps.Select(static step => $"{step.Id}: {step.SqlText}"))}");
            Assert.DoesNotContain(plan.Notes, static note => note.Severity == Severity.Error);
            await estate.ConvergeAsync();
        }
    }

    static IEnumerable<(string Drift, string[] Steps)> Drifts(int major)
    {
        yield return ("grant create on database shop to app", ["grants/shop/database shop/app"]);
        yield return ("grant create on schema app to helper", ["grants/shop/schema app/helper"]);
        yield return ("revoke usage on schema \"S p\"\"x\" from \"o\"\"d\\d é\"", ["grants/shop/schema S p\"x/o\"d\\d é"]);
        yield return ("grant update, truncate on app.t to app with grant option", ["grants/shop/table app.t/app"]);
        yield return ("revoke insert on app.t from app", ["grants/shop/table app.t/app"]);
        yield return ("grant insert on app.t to app with grant option", ["grants/shop/table app.t/app"]);
        yield return ("revoke grant option for select on app.passed from app", ["grants/shop/table app.passed/app"]);
        yield return ("grant select on app.v to public", ["grants/shop/table app.v/public"]);
        yield return ("grant update (id) on app.t to app", ["grants/shop/table app.t/app"]);
        yield return ("revoke update (id) on app.t from \"o\"\"d\\d é\"", ["grants/shop/table app.t/o\"d\\d é"]);
        // On the table it hides the same on the columns, and takes it along when it is taken back.
        yield return ("grant select, delete on app.t to \"o\"\"d\\d é\" with grant option", ["grants/shop/table app.t/o\"d\\d é"]);
        yield return ("grant select (id) on app.t to \"o\"\"d\\d é\" with grant option", ["grants/shop/table app.t/o\"d\\d é"]);
        yield return ("grant update on sequence app.numbers to \"o\"\"d\\d é\"", ["grants/shop/sequence app.numbers/o\"d\\d é"]);
        yield return ("grant execute on function app.f() to public", ["grants/shop/function app.f()/public"]);
        yield return ("revoke execute on function app.f(text, int[]) from app", ["grants/shop/function app.f(text, integer[])/app"]);
        yield return ("grant execute on procedure app.p() to helper", ["grants/shop/function app.p()/helper"]);
        yield return ("revoke usage on type app.mood from public", ["grants/shop/type app.mood/public"]);
        yield return ("grant usage on domain app.amount to helper", ["grants/shop/type app.amount/helper"]);
        yield return ("revoke set on parameter own.setting from app", ["grants/shop/parameter own.setting/app"]);
        yield return ("grant set on parameter log_statement to helper", ["grants/shop/parameter log_statement/helper"]);
        yield return ("revoke all on parameter own.setting, log_statement from app",
            ["grants/shop/parameter log_statement/app", "grants/shop/parameter own.setting/app"]);
        yield return ("alter default privileges for role maker grant select on tables to app",
            ["default_privileges/shop/maker//tables/app"]);
        yield return ("alter default privileges for role helper in schema app grant select on tables to app",
            ["default_privileges/shop/helper/app/tables/app"]);
        yield return ("alter default privileges for role shop_owner revoke usage on sequences from helper",
            ["default_privileges/shop/shop_owner//sequences/helper"]);
        // What the app may pass on it passed on, and so on.
        yield return (Pass("app", "helper", "select on app.passed") + Pass("helper", "public", "select on app.passed", option: false),
            ["grants/shop/table app.passed/passed on"]);
        yield return ("grant insert on app.passed to maker with grant option; "
            + Pass("maker", "helper", "insert on app.passed", option: false),
            ["grants/shop/table app.passed/maker", "grants/shop/table app.passed/passed on"]);
        yield return ("grant create on schema app to maker with grant option; " + Pass("maker", "helper", "create on schema app")
            + Pass("helper", "helper", "create on schema app", option: false),
            ["grants/shop/schema app/maker", "grants/shop/schema app/passed on"]);
        // Who may pass on a table may pass on its columns.
        yield return (Pass("app", "helper", "select (id) on app.passed", option: false), ["grants/shop/table app.passed/passed on"]);
        yield return ("grant update on app.t to helper with grant option; "
            + Pass("helper", "\"o\"\"d\\d é\"", "update (id), update (\"wh\"\"at\") on app.t", option: false)
            + "revoke update (id) on app.t from \"o\"\"d\\d é\"",
            ["grants/shop/table app.t/o\"d\\d é", "grants/shop/table app.t/helper", "grants/shop/table app.t/passed on"]);
        // Declared, but given by another: given by the owner, then taken back from who gave.
        yield return ("grant insert on app.t to helper with grant option; revoke insert on app.t from app; "
            + Pass("helper", "app", "insert on app.t", option: false),
            ["grants/shop/table app.t/app", "grants/shop/table app.t/helper", "grants/shop/table app.t/passed on"]);
        if (major >= 17)
            yield return ("grant maintain on app.t to app", ["grants/shop/table app.t/app"]);
    }

    static string Pass(string giver, string to, string what, bool option = true) =>
        $"set role {giver}; grant {what} to {to}{(option ? " with grant option" : "")}; reset role; ";

    // A member of the owner can always give: nothing falls when its own privilege ends.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_a_member_of_the_owner_gave_in_its_own_name_is_taken_back(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = await OpenAsync(server, File.Replace("maker: {}", "maker: { member_of: shop_owner }", StringComparison.Ordinal));
        await server.ExecuteAsync("grant update on app.t to maker with grant option; " + Pass("maker", "helper", "update on app.t")
            + Pass("helper", "public", "update on app.t", option: false), "shop");
        Assert.Equal("maker", await server.ScalarAsync<string>("select grantor::regrole::text from pg_class, aclexplode(relacl) where "
            + "oid = 'app.t'::regclass and grantee = 'helper'::regrole", "shop"));
        await estate.ConvergeAsync();
        Assert.False(await server.ScalarAsync<bool>("select has_table_privilege('helper', 'app.t', 'UPDATE')", "shop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_things_are_born_with_those_made_earlier_have_too(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = await OpenAsync(server);
        estate.Write(File + "\n      - { to: helper, on: [tables, functions, types, schemas], privileges: all }\n");
        estate.Write("migrations/0002_more.sql", "create table app.late (id integer);\ncreate function app.late() returns integer language "
            + "sql return 1;\n");
        await estate.ConvergeAsync();
        foreach (var held in (string[])["has_table_privilege('helper', 'app.late', 'SELECT')", "has_table_privilege('helper', 'app.t', "
            + "'SELECT')", "has_schema_privilege('helper', 'app', 'CREATE')", "has_function_privilege('helper', 'app.late()', 'EXECUTE')"])
            Assert.True(await server.ScalarAsync<bool>("select " + held, "shop"), held);
        estate.Write(File);
        await estate.ConvergeAsync();
        Assert.False(await server.ScalarAsync<bool>("select has_table_privilege('helper', 'app.late', 'SELECT') or "
            + "has_schema_privilege('helper', 'app', 'CREATE') or has_function_privilege('helper', 'app.late()', 'EXECUTE')", "shop"));
    }

    // Its rows would be seen by no inspection once the file no longer names the role that makes things.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_maker_that_is_no_longer_declared_one_gives_nothing_at_birth(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = await OpenAsync(server);
        estate.Write(File.Replace("for: [shop_owner, maker]", "for: shop_owner", StringComparison.Ordinal));
        await estate.ConvergeAsync();
        Assert.Equal(0, await server.ScalarAsync<long>("select count(*) from pg_default_acl, aclexplode(defaclacl) where "
            + "defaclrole = 'maker'::regrole and grantee <> defaclrole", "shop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_privilege_that_the_server_does_not_know_yet_is_told(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = await OpenAsync(server);
        estate.Write(File.Replace("privileges: all }\n    default_privileges:",
            "privileges: [select, maintain] }\n    default_privileges:\n"
            + "      - { to: app, on: tables, privileges: [maintain] }", StringComparison.Ordinal));
        var told = (await estate.PlanAsync()).Notes.Where(static note => note is { Code: "HOW0411", Severity: Severity.Error }).ToList();
        Assert.Equal(major >= 17 ? [] : ["databases.shop.default_privileges[0].privileges", "databases.shop.grants[11].privileges"],
            told.Select(static note => note.Path).Order(StringComparer.Ordinal));
        if (major >= 17)
            await estate.ConvergeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_strangers_things_are_told_and_left_alone(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = await OpenAsync(server);
        await server.ExecuteAsync("create table app.theirs (id integer); grant select on app.theirs to public; "
            + "create function app.theirs() returns integer language sql return 1; create table public.far (id integer); "
            + "grant select on public.far to public", "shop");
        var plan = await estate.PlanAsync();
        Assert.Empty(plan.Steps);
        Assert.Equal(2, plan.Notes.Count(static note => note.Code == Codes.Undeclared
            && note.Message.Contains("theirs", StringComparison.Ordinal)));
        Assert.DoesNotContain(plan.Notes, static note => note.Message.Contains("far", StringComparison.Ordinal));
    }

    // A member of the owner grants in the owner's name; nobody has to become who gave what is taken back.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_role_that_is_no_superuser_gives_and_takes(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync($"create role deployer login createrole createdb password '{TestServer.Verifier("d")}'; "
            + "grant create on database postgres to deployer");
        var file = string.Join('\n', File.Split('\n').Where(static line => !line.Contains("parameters", StringComparison.Ordinal)))
            .Replace("for: [shop_owner, maker], ", "", StringComparison.Ordinal);
        using var estate = await OpenAsync(server, file, "deployer");
        foreach (var (drift, _) in Drifts(major).Where(static each => !each.Drift.Contains("parameter", StringComparison.Ordinal)
            && !each.Drift.Contains("role maker", StringComparison.Ordinal)
            && !each.Drift.Contains("role helper ", StringComparison.Ordinal)))
        {
            await server.ExecuteAsync(drift, "shop");
            await estate.ConvergeAsync();
        }
        Assert.Equal("shop_owner", await server.ScalarAsync<string>("select string_agg(distinct grantor::regrole::text, ' ') "
            + "from pg_class, aclexplode(relacl) where relnamespace = 'app'::regnamespace", "shop"));
    }
}
