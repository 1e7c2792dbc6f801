using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Schemas;

public sealed class Schemas_on_a_server
{
    const string File = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}, shop_reader: {}, 'r"1': {} }
        databases:
          shop:
            owner: shop_owner
            schemas: { app: {}, 'S p"x.': { owner: 'r"1' }, tools: { owner: shop_reader } }
            extensions:
              citext: { version: "1.5" }
              hstore: { schema: 'S p"x.' }
              pg_trgm: {}
        """;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_made_where_they_belong_in_one_pass(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File);
        await estate.ConvergeAsync();
        Assert.Equal("S p\"x.=r\"1, app=shop_owner, tools=shop_reader", await server.ScalarAsync<string>("""
            select string_agg(nspname || '=' || pg_get_userbyid(nspowner), ', ' order by nspname collate "C") from pg_namespace
            where nspname !~ '^pg_' and nspname not in ('information_schema', 'howdah', 'public')
            """, "shop"));
        Assert.Equal("citext 1.5 public, hstore S p\"x., pg_trgm public", await server.ScalarAsync<string>("""
            select string_agg(concat_ws(' ', extname, case extname when 'citext' then extversion end, nspname), ', ' order by extname)
            from pg_extension e join pg_namespace n on n.oid = extnamespace where extname <> 'plpgsql'
            """, "shop"));
        Assert.False(await server.ScalarAsync<bool>("select has_schema_privilege('shop_reader', 'public', 'CREATE') or "
            + "has_schema_privilege('shop_reader', 'app', 'USAGE')", "shop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_drift_is_mended_by_exactly_its_step(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File);
        await estate.ConvergeAsync();
        (string Drift, string[] Steps)[] drifts =
        [
            ("alter schema app owner to shop_reader", ["schemas/shop/app/owner"]),
            ("alter schema \"S p\"\"x.\" owner to shop_owner", ["schemas/shop/S p\"x./owner"]),
            ("grant usage on schema app to shop_reader; alter schema app owner to shop_reader", ["schemas/shop/app/owner"]),
            ("drop schema tools", ["schemas/shop/tools/create"]),
            ("grant create on schema public to public", ["grants/shop/schema public/public"]),
            ("grant usage on schema app to public", ["grants/shop/schema app/public"]),
            ("alter extension hstore set schema app", ["schemas/shop/extension/hstore/move"]),
            ("drop extension pg_trgm", ["schemas/shop/extension/pg_trgm/create"]),
            ("drop extension citext; create extension citext version '1.4'", ["schemas/shop/extension/citext/adopt",
                "schemas/shop/extension/citext/update"]),
            // Where no place is declared any place is right.
            ("alter extension pg_trgm set schema app", []),
        ];
        foreach (var (drift, steps) in Campaign.Of(drifts, major))
        {
            await server.ExecuteAsync(drift, "shop");
            if (drift.Contains("create extension", StringComparison.Ordinal))
                estate.Write(File.Replace("version: \"1.5\"", "version: \"1.5\", adopt: true", StringComparison.Ordinal));
            var plan = await estate.PlanAsync();
            Assert.True(plan.Steps.Select(static step => step.Id).SequenceEqual(steps),
                $"{drift}:\n{string.Join('\n', plan.Steps.Select(static step => $"{step.Id}: {step.SqlText}"))}\n"
                + string.Join('\n', plan.Notes));
            await estate.ConvergeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_schema_made_anew_is_not_born_with_what_is_no_longer_declared(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        const string Born = "        default_privileges: [{ to: [shop_reader, public], on: schemas, privileges: all }]\n";
        var before = File + "\n" + Born.Replace("        ", "    ", StringComparison.Ordinal);
        using var estate = new EstateHarness(server, before);
        await estate.ConvergeAsync();
        Assert.True(await server.ScalarAsync<bool>("select has_schema_privilege('shop_reader', 'app', 'CREATE')", "shop"));
        await server.ExecuteAsync("drop schema app", "shop");
        estate.Write(File);
        await estate.ConvergeAsync();
        Assert.False(await server.ScalarAsync<bool>("select has_schema_privilege('shop_reader', 'app', 'CREATE')", "shop"));
        await server.ExecuteAsync("drop schema app", "shop");
        estate.Write(before);
        await estate.ConvergeAsync();
        Assert.True(await server.ScalarAsync<bool>("select has_schema_privilege('shop_reader', 'app', 'CREATE')", "shop"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Strangers_are_told_and_left_alone_until_adopted(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File.Replace("app: {}, ", "", StringComparison.Ordinal)
            .Replace("      pg_trgm: {}", "", StringComparison.Ordinal));
        await estate.ConvergeAsync();
        await server.ExecuteAsync("create schema app; create extension pg_trgm schema app", "shop");
        estate.Write(File);
        var plan = await estate.PlanAsync();
        Assert.Empty(plan.Steps);
        Assert.Equal(["databases.shop.extensions", "databases.shop.schemas"], plan.Notes
            .Where(static note => note is { Code: Codes.Stranger, Severity: Severity.Error }).Select(static note => note.Path).Order());
        Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);
        Assert.Equal("howdah_admin", await server.ScalarAsync<string>("select nspowner::regrole::text from pg_namespace where nspname = "
            + "'app'", "shop"));
        estate.Write(File.Replace("app: {}", "app: { adopt: true }", StringComparison.Ordinal)
            .Replace("pg_trgm: {}", "pg_trgm: { adopt: true, schema: tools }", StringComparison.Ordinal));
        Assert.Equal(["schemas/shop/app/adopt", "schemas/shop/extension/pg_trgm/adopt", "schemas/shop/extension/pg_trgm/move"],
            (await estate.PlanAsync()).Steps.Select(static step => step.Id));
        await estate.ConvergeAsync();
        Assert.Equal("shop_owner", await server.ScalarAsync<string>("select nspowner::regrole::text from pg_namespace where nspname = "
            + "'app'", "shop"));
        // Dropped and made anew by somebody, it is a stranger's again.
        await server.ExecuteAsync("drop schema tools cascade; create schema tools authorization shop_reader", "shop");
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note is { Code: Codes.Stranger, Severity: Severity.Error });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_the_server_cannot_do_is_told_before_anything_is_done(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File);
        await estate.ConvergeAsync();
        await server.ExecuteAsync("create extension xml2 schema public", "shop");
        foreach (var (extension, code) in ((string, string)[])
        [
            ("nowhere: {}", Howdah.Patterns.Schemas.Codes.Unavailable),
            ("cube: { version: \"99\" }", Howdah.Patterns.Schemas.Codes.Unavailable),
            ("xml2: { schema: app, adopt: true }", Howdah.Patterns.Schemas.Codes.Elsewhere),
            ("citext: { version: \"1.4\" }", Howdah.Patterns.Schemas.Codes.NoPath),
        ])
        {
            var name = extension.Split(':')[0];
            estate.Write(name == "citext" ? File.Replace("version: \"1.5\"", "version: \"1.4\"", StringComparison.Ordinal)
                : File.Replace("pg_trgm: {}", $"pg_trgm: {{}}\n      {extension}", StringComparison.Ordinal));
            Assert.Contains((await estate.PlanAsync()).Notes, note => note.Severity == Severity.Error && note.Code == code);
            Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_role_that_is_no_superuser_makes_them(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync($"create role deployer login createrole createdb password '{TestServer.Verifier("d")}'; "
            + "grant create on database postgres to deployer");
        using var estate = new EstateHarness(server, File, user: "deployer", password: "d");
        await estate.ConvergeAsync();
        await server.ExecuteAsync("alter schema tools owner to shop_owner", "shop");
        await estate.ConvergeAsync();
        Assert.Equal("shop_reader", await server.ScalarAsync<string>("select nspowner::regrole::text from pg_namespace where nspname = "
            + "'tools'", "shop"));
    }
}
