using CsCheck;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Patterns.Databases;
using Howdah.Patterns.Roles;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Roles;

public sealed class Roles_on_a_server
{
    static readonly IReadOnlyList<Pattern> Mine = [RolesPattern.Value, DatabasesPattern.Value];

    const string File = """
        howdah: 1
        estate: shop
        SERVERS
        roles:
          shop_owner: {}
          shop_reader: { comment: reads }
          shop_writer: { member_of: shop_reader }
          shop_app:
            login: true
            password: "${generated}"
            connection_limit: 20
            valid_until: 2040-01-31
            settings: { statement_timeout: 30s, search_path: ["$user", public], DateStyle: "ISO, DMY" }
            in_databases: { shop: { work_mem: 8MB } }
            member_of: [{ role: shop_writer, admin: false }]
          shop_backup: { bypass_rls: true, inherit: false }
        databases:
          shop: { owner: shop_owner, connection_limit: 50, settings: { timezone: UTC } }
        """;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_drift_is_mended_by_exactly_its_step(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        foreach (var (drift, step) in Campaign.Of(Drifts(major), major))
        {
            await server.ExecuteAsync(drift);
            var plan = await estate.PlanAsync();
            Assert.True(plan.Steps.Select(static each => each.Id)
                .SequenceEqual(step), $"{drift}:\n{string.Join('\n', plan.Steps.Select(static each => $"{each.Id}: {each.SqlText}"))}");
            Assert.DoesNotContain(plan.Notes, static note => note.Severity == Severity.Error);
            await estate.ConvergeAsync();
        }
    }

    static IEnumerable<(string Drift, string[] Steps)> Drifts(int major)
    {
        yield return ("alter role shop_app createdb createrole", ["roles/main/shop_app/alter"]);
        yield return ("alter role shop_app superuser", ["roles/main/shop_app/alter"]);
        yield return ("alter role shop_app replication bypassrls", ["roles/main/shop_app/alter"]);
        yield return ("alter role shop_owner login", ["roles/main/shop_owner/alter"]);
        yield return ("alter role shop_app connection limit -1", ["roles/main/shop_app/alter"]);
        yield return ("alter role shop_app valid until 'infinity'", ["roles/main/shop_app/alter"]);
        yield return ("alter role shop_backup inherit", ["roles/main/shop_backup/alter"]);
        yield return ("alter role shop_app password 'other'", ["roles/main/shop_app/password"]);
        yield return ("alter role shop_app password null", ["roles/main/shop_app/password"]);
        yield return ("set password_encryption = md5; alter role shop_app password 'other'", ["roles/main/shop_app/password"]);
        yield return ("alter role shop_app set statement_timeout = '31s'", ["roles/main/shop_app/setting/statement_timeout"]);
        yield return ("alter role shop_app set search_path = public, \"$user\"", ["roles/main/shop_app/setting/search_path"]);
        yield return ("alter role shop_app set row_security = off", ["roles/main/shop_app/setting/row_security"]);
        yield return ("alter role shop_app reset all",
            ["roles/main/shop_app/setting/statement_timeout", "roles/main/shop_app/setting/search_path",
                "roles/main/shop_app/setting/DateStyle"]);
        yield return ("alter role shop_app in database shop set work_mem = '9MB'", ["roles/main/shop_app/in/shop/work_mem"]);
        yield return ("alter role shop_owner in database shop set role = shop_backup", ["roles/main/shop_owner/in/shop/role"]);
        yield return ("comment on role shop_reader is null", ["roles/main/shop_reader/comment"]);
        yield return ("grant shop_owner to shop_app", ["roles/main/shop_app/member/shop_owner/revoke/howdah_admin"]);
        yield return ("grant pg_read_all_data to shop_app", ["roles/main/shop_app/member/pg_read_all_data/revoke/howdah_admin"]);
        yield return ("grant shop_writer to shop_app with admin option", ["roles/main/shop_app/member/shop_writer"]);
        yield return ("revoke shop_writer from shop_app", ["roles/main/shop_app/member/shop_writer"]);
        if (major >= 16)
        {
            yield return ("grant shop_writer to shop_app with set false", ["roles/main/shop_app/member/shop_writer"]);
            yield return ("grant shop_writer to shop_app with inherit false", ["roles/main/shop_app/member/shop_writer"]);
            yield return ("grant shop_owner to shop_app with admin true, inherit false, set false",
                ["roles/main/shop_app/member/shop_owner/revoke/howdah_admin"]);
            // Given in the name of another: revoked in that name.
            yield return ("grant shop_reader to shop_writer with admin option; grant shop_reader to shop_app granted by shop_writer",
                ["roles/main/shop_app/member/shop_reader/revoke/shop_writer", "roles/main/shop_writer/member/shop_reader"]);
        }
    }

    // Each wish is applied over what the last one left: roles stay, come back, and change in everything at once.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Any_wish_after_any_other_is_made_in_one_pass(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, "howdah: 1\nestate: random\nSERVERS\n", Mine);
        var wishes = new List<RolesSpec>();
        RandomRoles.Spec.Sample(wishes.Add, iter: 25, threads: 1);
        const string Database = "databases: { shop: { owner: base } }\n";
        foreach (var wish in wishes)
        {
            // What 15 cannot serve is another test's business.
            var served = major >= 16 ? wish : wish with
            {
                Roles = wish.Roles.ToDictionary(static role => role.Key, static role => role.Value with
                {
                    MemberOf = [.. role.Value.MemberOf.Select(static each => each with { Set = true, Inherit = null })],
                }),
            };
            var roles = served.Roles.Append(new("base", RoleSpec.Plain)).ToDictionary();
            estate.Write(RandomRoles.Yaml(served with { Roles = roles }) + Database);
            await estate.ConvergeAsync();
        }
        Assert.True(wishes.Count >= 25);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_member_that_gave_on_what_it_may_not_give_leaves_no_gap(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        await server.ExecuteAsync(major >= 16
            ? "revoke shop_writer from shop_app; grant shop_writer to shop_backup with admin option; grant shop_writer to shop_app "
                + "granted by shop_backup"
            : "grant shop_writer to shop_backup with admin option");
        await estate.ConvergeAsync();
        Assert.True(await server.ScalarAsync<bool>("select pg_has_role('shop_app', 'shop_writer', 'USAGE') and not "
            + "pg_has_role('shop_backup', 'shop_writer', 'MEMBER')"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_stranger_is_told_and_left_alone_until_adopted(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync("create role shop_app createdb login");
        const string Small = "howdah: 1\nestate: shop\nSERVERS\nroles: { shop_app: { login: true } }\n";
        using var estate = new EstateHarness(server, Small, Mine);
        var plan = await estate.PlanAsync();
        Assert.Contains(plan.Notes, static note => note is { Code: Codes.Stranger, Path: "roles.shop_app", Severity: Severity.Error });
        Assert.DoesNotContain(plan.Steps, static step => step.Pattern == "roles");
        Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);
        Assert.True(await server.ScalarAsync<bool>("select rolcreatedb from pg_roles where rolname = 'shop_app'"));
        estate.Write(Small.Replace("login: true", "login: true, adopt: true", StringComparison.Ordinal));
        Assert.Equal(["howdah/main/-/memory", "roles/main/shop_app/adopt", "roles/main/shop_app/alter"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Id));
        await estate.ConvergeAsync();
        Assert.False(await server.ScalarAsync<bool>("select rolcreatedb from pg_roles where rolname = 'shop_app'"));
        // Gone from the file: told, and left.
        estate.Write(Small.Replace("shop_app", "another", StringComparison.Ordinal));
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note.Code == Codes.Undeclared
            && note.Message.Contains("shop_app", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_member_from_outside_is_put_out_unless_it_is_welcome(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        await server.ExecuteAsync("create role alice login in role shop_reader; create role root superuser in role shop_reader");
        Assert.Equal(["roles/main/alice/member/shop_reader/revoke/howdah_admin"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Id));
        estate.Write(File.Replace("comment: reads", "comment: reads, foreign_members: true", StringComparison.Ordinal));
        Assert.Empty((await estate.PlanAsync()).Steps);
        estate.Write(File);
        await estate.ConvergeAsync();
        Assert.False(await server.ScalarAsync<bool>("select pg_has_role('alice', 'shop_reader', 'MEMBER')"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Any_name_that_the_server_takes_is_taken(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, $$"""
            howdah: 1
            estate: shop
            SERVERS
            roles:
              'a"b': { comment: "it's \\ a" }
              "a'b\\c": { member_of: ['a"b', select] }
              select: { login: true, password: "${generated}" }
              user: { settings: { search_path: ['a"b', 'A,B', ''] } }
              público.dot: {}
              "a b": { in_databases: { 'da"ta': { howdah.x: "it's" } } }
              🐘: {}
              {{new string('x', 63)}}: { login: true }
            databases:
              'da"ta': { owner: 'a"b' }
            """, Mine);
        await estate.ConvergeAsync();
        Assert.Equal(8, await server.ScalarAsync<long>("select count(*) from pg_roles where oid >= 16384"));
        Assert.Equal("{\"search_path=\\\"a\\\"\\\"b\\\", \\\"A,B\\\", \\\"\\\"\"}",
            await server.ScalarAsync<string>("select setconfig::text from pg_db_role_setting s join pg_roles r on r.oid = setrole where "
                + "rolname = 'user'"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_role_that_is_no_superuser_applies_what_it_may(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync($"create role deployer login createrole createdb password '{TestServer.Verifier("d")}'; "
            + "grant create on database postgres to deployer");
        using var estate = new EstateHarness(server, """
            howdah: 1
            estate: shop
            SERVERS
            roles:
              shop_owner: {}
              shop_reader: {}
              shop_app: { login: true, password: "${generated}", member_of: shop_reader, settings: { work_mem: 8MB } }
            databases:
              shop: { owner: shop_owner, connection_limit: 9, settings: { work_mem: 8MB } }
            """, Mine, "deployer", "d");
        await estate.ConvergeAsync();
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note.Code == "HOW0306");
        Assert.Equal("shop_owner", await server.ScalarAsync<string>("select pg_get_userbyid(datdba)::text from pg_database where datname "
            + "= 'shop'"));
        await server.ExecuteAsync("alter role deployer nocreaterole; alter role shop_app connection limit 3");
        var plan = await estate.PlanAsync();
        Assert.Contains(plan.Notes, static note => note is { Code: Codes.Privilege, Severity: Severity.Error });
    }
}
