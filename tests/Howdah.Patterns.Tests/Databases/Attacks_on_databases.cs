using Howdah.Engine;
using Howdah.Engine.Proving;
using Howdah.Patterns.Databases;
using Howdah.Patterns.Roles;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Databases;

public sealed class Attacks_on_databases
{
    static readonly IReadOnlyList<Pattern> Mine = [RolesPattern.Value, DatabasesPattern.Value];

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Hold_on_what_apply_made_and_break_by_each_sabotage(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, """
            howdah: 1
            estate: shop
            SERVERS
            roles: { shop_owner: {}, shop_app: { login: true, password: "${generated}" } }
            databases: { shop: { owner: shop_owner } }
            """, Mine);
        await estate.ConvergeAsync();
        var first = await estate.ProveAsync();
        Assert.All(first, static finding => Assert.True(finding.Verdict == Verdict.Held, finding.ToString()));
        Assert.All(DatabaseAttacks.All, attack => Assert.Contains(first, finding => finding.Attack == attack));
        (string Sabotage, string Undo, string In, string Attack)[] sabotages =
        [
            ("grant connect, create on database shop to shop_app", "revoke connect, create on database shop from shop_app", "postgres",
                "ACC-D01"),
            ("grant connect on database shop to shop_app; alter database shop owner to shop_app",
                "alter database shop owner to shop_owner; revoke all on database shop from shop_app", "postgres", "ACC-D01"),
            ("grant create on schema public to public", "revoke create on schema public from public", "template1", "ACC-D02"),
            ("grant create on database postgres to shop_app", "revoke create on database postgres from shop_app", "postgres", "ACC-D02"),
            ("alter database shop owner to howdah_admin", "alter database shop owner to shop_owner", "postgres", "ACC-D03"),
        ];
        foreach (var (sabotage, undo, database, attack) in sabotages)
        {
            await server.ExecuteAsync(sabotage, database);
            var findings = await estate.ProveAsync();
            Assert.True(findings.Any(finding => finding.Attack.Id == attack && finding.Verdict == Verdict.Broken
                && finding.Fix is not null),
                $"{attack} did not notice: {sabotage}\n{string.Join('\n', findings)}");
            await server.ExecuteAsync(undo, database);
            Assert.All(await estate.ProveAsync(), finding => Assert.True(finding.Verdict == Verdict.Held, $"after {undo}: {finding}"));
        }
    }
}
