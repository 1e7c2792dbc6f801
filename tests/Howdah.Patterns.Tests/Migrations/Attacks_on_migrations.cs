using Howdah.Engine.Proving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Migrations;

public sealed class Attacks_on_migrations
{
    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Hold_on_what_apply_made_and_break_by_each_sabotage(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, ShopYaml.With(
            "schemas: [shop], migrations: migrations, grants: [{ to: shop_app, on: { database: true }, privileges: [connect] }]",
            "shop_app: { login: true, password: \"${generated}\" }"));
        estate.Write("migrations/0001_tables.sql", "create table shop.t (id integer);\n");
        await estate.ConvergeAsync();
        await Is(Verdict.Held, "as applied");
        foreach (var (sabotage, undo) in ((string, string)[])
        [
            ("grant usage on schema howdah to shop_app; grant select, update on howdah.migrations to shop_app",
                "revoke all on schema howdah from shop_app; revoke all on howdah.migrations from shop_app"),
            ("grant usage on schema howdah to public; grant select, update (checksum) on howdah.migrations to public",
                "revoke all on schema howdah from public; revoke all on howdah.migrations from public"),
            ("grant usage on schema howdah to shop_app; alter table howdah.migrations owner to shop_app",
                "alter table howdah.migrations owner to howdah_admin; revoke all on schema howdah from shop_app"),
            ("alter role shop_app superuser", "alter role shop_app nosuperuser"),
        ])
        {
            await server.ExecuteAsync(sabotage, "shop");
            await Is(Verdict.Broken, sabotage);
            await server.ExecuteAsync(undo, "shop");
            await Is(Verdict.Held, undo);
        }
        Assert.NotEqual("", await server.ScalarAsync<string>("select checksum from howdah.migrations", "shop"));

        async Task Is(Verdict verdict, string after)
        {
            var finding = Assert.Single(await estate.ProveAsync(), static finding => finding.Attack.Id == "MIG-01");
            Assert.True(finding.Verdict == verdict && (verdict == Verdict.Held || finding.Fix is not null), $"after {after}: {finding}");
        }
    }
}
