using Howdah.Engine;
using Howdah.Engine.Proving;
using Howdah.Patterns.Databases;
using Howdah.Patterns.Roles;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Roles;

public sealed class Attacks_on_roles
{
    static readonly IReadOnlyList<Pattern> Mine = [RolesPattern.Value, DatabasesPattern.Value];

    const string File = """
        howdah: 1
        estate: shop
        SERVERS
        roles:
          shop_owner: {}
          shop_reader: {}
          shop_writer: { member_of: shop_reader }
          shop_app: { login: true, password: "${generated}", member_of: [shop_writer, pg_monitor] }
        databases:
          shop: { owner: shop_owner }
        """;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Hold_on_what_apply_made_and_break_by_each_sabotage(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        var first = await estate.ProveAsync();
        Assert.All(first, static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));
        Assert.Equal(RoleAttacks.All.Select(static attack => attack.Id).Order(StringComparer.Ordinal),
            first.Where(static finding => finding.Pattern == "roles").Select(static finding => finding.Attack.Id).Distinct()
                .Order(StringComparer.Ordinal));
        var noticed = new HashSet<string>();
        foreach (var (sabotage, undo, attack) in Sabotages(server))
        {
            await server.ExecuteAsync(sabotage);
            var findings = await estate.ProveAsync();
            Assert.True(findings.Any(finding => finding.Attack.Id == attack && finding.Verdict == Verdict.Broken
                && finding.Fix is not null),
                $"{attack} did not notice: {sabotage}\n{string.Join('\n', findings)}");
            noticed.Add(attack);
            await server.ExecuteAsync(undo);
            Assert.All(await estate.ProveAsync(), finding => Assert.True(finding.Verdict == Verdict.Held, $"after {undo}: {finding}"));
        }
        Assert.Equal(RoleAttacks.All.Select(static attack => attack.Id).Order(StringComparer.Ordinal),
            noticed.Order(StringComparer.Ordinal));
    }

    static IEnumerable<(string Sabotage, string Undo, string Attack)> Sabotages(TestServer server)
    {
        yield return ("grant shop_owner to shop_app", "revoke shop_owner from shop_app", "ACC-R01");
        yield return ("create role between; grant shop_owner to between; grant between to shop_writer", "drop role between", "ACC-R01");
        yield return ("grant pg_read_all_data to shop_writer", "revoke pg_read_all_data from shop_writer", "ACC-R02");
        yield return ("alter role shop_app createdb", "alter role shop_app nocreatedb", "ACC-R03");
        yield return ("alter role shop_app bypassrls", "alter role shop_app nobypassrls", "ACC-R03");
        yield return ("alter role shop_app replication", "alter role shop_app noreplication", "ACC-R03");
        yield return ("alter role shop_app superuser", "alter role shop_app nosuperuser", "ACC-R03");
        yield return ("alter role shop_app superuser", "alter role shop_app nosuperuser", "ACC-R04");
        if (server.Major < 16)
            yield return ("alter role shop_app createrole", "alter role shop_app nocreaterole", "ACC-R04");
        yield return ("grant pg_execute_server_program to shop_app", "revoke pg_execute_server_program from shop_app", "ACC-R05");
        yield return ("grant pg_read_server_files to shop_writer", "revoke pg_read_server_files from shop_writer", "ACC-R05");
        yield return ("grant execute on function pg_read_file(text) to public",
            "revoke execute on function pg_read_file(text) from public", "ACC-R05");
        yield return ("grant set on parameter session_replication_role to shop_reader", "revoke set on parameter "
            + "session_replication_role from shop_reader", "ACC-R06");
        yield return ("grant alter system on parameter work_mem to shop_app", "revoke alter system on parameter work_mem from shop_app",
            "ACC-R06");
        const string Hba = "do $$ begin execute format('copy (select %L) to program %L', 'host all shop_app all trust', "
            + "'cd ' || current_setting('data_directory') || ' && cp pg_hba.conf hba.kept && cat - hba.kept > pg_hba.conf'); perform "
                + "pg_reload_conf(); perform pg_sleep(0.5); end $$";
        const string Back = "do $$ begin execute format('copy (select 1) to program %L', "
            + "'cd ' || current_setting('data_directory') || ' && cp hba.kept pg_hba.conf && cat > /dev/null'); "
            + "perform pg_reload_conf(); perform pg_sleep(0.5); end $$";
        yield return (Hba, Back, "ACC-R07");
        // The verifier as it was is put back, so that the declared password goes on to work.
        yield return ("create table public.kept as select rolpassword p from pg_authid where rolname = 'shop_app'; "
                + "update pg_authid set rolpassword = 'md5' || repeat('a', 32) where rolname = 'shop_app'",
            "update pg_authid set rolpassword = (select p from public.kept) where rolname = 'shop_app'; drop table public.kept", "ACC-R08");
        yield return ("create role alice login in role shop_writer", "drop role alice", "ACC-R09");
        yield return ("alter role shop_owner login", "alter role shop_owner nologin", "ACC-R10");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Creating_roles_is_declared_and_dangerous_only_before_16(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, """
            howdah: 1
            estate: shop
            SERVERS
            roles: { hr: { login: true, password: "${generated}", create_role: true } }
            """, Mine);
        await estate.ConvergeAsync();
        var broken = (await estate.ProveAsync()).Where(static finding => finding.Verdict == Verdict.Broken)
            .Select(static finding => finding.Attack.Id);
        Assert.Equal(major < 16 ? ["ACC-R04"] : [], broken);
    }

    [Fact]
    public async Task Are_made_from_the_estates_database_where_the_maintenance_database_is_shut()
    {
        var server = await TestServer.StartOwnAsync(18);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        await server.ExecuteAsync("revoke connect on database postgres from public");
        Assert.Contains(await estate.ProveAsync(), static finding => finding is { Attack.Id: "ACC-R01", Verdict: Verdict.Held }
            && finding.Evidence.Contains("42501", StringComparison.Ordinal));
        await server.ExecuteAsync("grant connect on database shop to shop_app; grant shop_owner to shop_app");
        Assert.Contains(await estate.ProveAsync(), static finding => finding is { Attack.Id: "ACC-R01", Verdict: Verdict.Broken });
    }

    [Fact]
    public async Task Without_a_way_in_prove_nothing()
    {
        var server = await TestServer.StartOwnAsync(18);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        await server.ExecuteAsync("alter role shop_app password 'other'");
        var findings = (await estate.ProveAsync())
            .Where(static finding => finding.Pattern == "roles" && finding.Target.EndsWith("shop_app", StringComparison.Ordinal)).ToList();
        Assert.Equal(Verdict.Inconclusive, findings.Single(static finding => finding.Attack.Id == "ACC-R01").Verdict);
        Assert.Equal(Verdict.Inconclusive, findings.Single(static finding => finding.Attack.Id == "ACC-R05").Verdict);
    }
}
