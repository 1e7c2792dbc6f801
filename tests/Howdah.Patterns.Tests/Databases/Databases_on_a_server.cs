using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Patterns.Databases;
using Howdah.Patterns.Roles;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Databases;

public sealed class Databases_on_a_server
{
    static readonly IReadOnlyList<Pattern> Mine = [RolesPattern.Value, DatabasesPattern.Value];

    const string File = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {}, other: {}, guest: { login: true, password: "${generated}" } }
        databases:
          shop:
            owner: shop_owner
            encoding: utf-8
            locale: { provider: icu, name: en-US }
            connection_limit: 50
            settings: { timezone: UTC, search_path: [public] }
          plain: { owner: shop_owner }
        """;

    public static TheoryData<int> Versions => [18, 15];

    // As an apply to another database of the server has it for as long as its CREATE DATABASE takes, and one that was killed leaves it.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_somebody_is_just_making_stands_in_no_plans_way(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        await server.ExecuteAsync("insert into howdah.owned (identity, classid, objid, object_names, object_args, step) "
            + "values ('database \"theirs\"', 0, 0, '{theirs}', '{}', 'databases/main/theirs/create')");
        var plan = await estate.PlanAsync();
        Assert.Empty(plan.Steps);
        Assert.Empty(plan.Notes);
    }

    // All other tests lean on it: to them, done is what apply says is done.
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_apply_after_which_something_is_left_has_failed(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        var result = await estate.ApplyAsync(new()
        {
            Fault = point =>
            {
                if (point == "before looking again")
                    server.ExecuteAsync("alter database shop connection limit 3").GetAwaiter().GetResult();
            },
        });
        Assert.Equal(ApplyOutcome.Failed, result.Outcome);
        Assert.Contains("yet 1 would change again (databases/main/shop/limit)", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_drift_is_mended_by_exactly_its_step(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        Assert.Equal("i", await server.ScalarAsync<string>("select datlocprovider::text from pg_database where datname = 'shop'"));
        (string Drift, string Step)[] drifts =
        [
            ("alter database shop owner to other", "databases/main/shop/owner"),
            ("alter database shop connection limit 3", "databases/main/shop/limit"),
            ("alter database shop set timezone = 'Europe/Paris'", "databases/main/shop/setting/timezone"),
            ("alter database shop reset search_path", "databases/main/shop/setting/search_path"),
            ("alter database plain set row_security = off", "databases/main/plain/setting/row_security"),
        ];
        foreach (var (drift, step) in drifts)
        {
            await server.ExecuteAsync(drift);
            Assert.Equal([step], (await estate.PlanAsync()).Steps.Select(static each => each.Id));
            await estate.ConvergeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Nobody_else_can_ever_connect_even_when_apply_is_cut_short(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        var cut = await Assert.ThrowsAsync<InvalidOperationException>(() => estate.ApplyAsync(new()
        {
            Fault = static point =>
            {
                if (point.Contains("databases/main/shop/close", StringComparison.Ordinal))
                    throw new InvalidOperationException("cut");
            },
        }));
        Assert.Equal("cut", cut.Message);
        Assert.Equal("(f,)", await server.ScalarAsync<string>("select row(datallowconn, datacl)::text from pg_database where datname = "
            + "'shop'"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => server.OpenAsync("shop"));
        Assert.Equal(PostgresErrorCodes.ObjectNotInPrerequisiteState, refused.SqlState);
        Assert.Contains((await estate.PlanAsync()).Steps, static step => step.Id == "databases/main/shop/close");
        await estate.ConvergeAsync();
        var session = await estate.OpenAsync();
        await session.Servers["main"].ProbeAsync(TestContext.Current.CancellationToken);
        refused = await Assert.ThrowsAsync<PostgresException>(() =>
            session.Servers["main"].OpenLoginAsync("guest", "shop", TestContext.Current.CancellationToken));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_is_chosen_for_good_is_not_changed_but_told(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        estate.Write(File.Replace("encoding: utf-8", "encoding: LATIN1", StringComparison.Ordinal)
            .Replace("en-US", "sv-SE", StringComparison.Ordinal));
        var plan = await estate.PlanAsync();
        Assert.Empty(plan.Steps);
        Assert.Equal(["databases.shop.encoding", "databases.shop.locale"],
            plan.Notes.Where(static note => note is { Code: DatabaseCodes.Fixed, Severity: Severity.Error })
                .Select(static note => note.Path));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_stranger_is_told_and_left_alone_until_adopted(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync("create database plain connection limit 7");
        using var estate = new EstateHarness(server, File, Mine);
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note is { Code: Codes.Stranger, Path: "databases.plain" });
        Assert.Equal(ApplyOutcome.Refused, (await estate.ApplyAsync()).Outcome);
        Assert.Equal(7, await server.ScalarAsync<int>("select datconnlimit from pg_database where datname = 'plain'"));
        estate.Write(File.Replace("plain: { owner: shop_owner }", "plain: { owner: shop_owner, adopt: true }", StringComparison.Ordinal));
        Assert.Equal(["adopt", "owner", "limit"], (await estate.PlanAsync()).Steps.Where(static step => step.Object == "database plain")
            .Select(static step => step.Id.Split('/')[^1]));
        await estate.ConvergeAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_a_drop_cut_short_left_is_dropped_and_made_anew(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File, Mine);
        await estate.ConvergeAsync();
        await server.ExecuteAsync("update pg_database set datconnlimit = -2 where datname = 'plain'");
        Assert.Equal(["databases/main/plain/drop-leftover", "databases/main/plain/create", "databases/main/plain/close"],
            (await estate.PlanAsync()).Steps.Where(static step => step.Pattern == "databases").Select(static step => step.Id));
        await estate.ConvergeAsync();
        Assert.Equal(-1, await server.ScalarAsync<int>("select datconnlimit from pg_database where datname = 'plain'"));
        // Closed by hand: somebody's wish, so it is told and not undone.
        await server.ExecuteAsync("alter database plain allow_connections false");
        Assert.Contains((await estate.PlanAsync()).Notes, static note => note is { Code: DatabaseCodes.Closed, Severity: Severity.Error });
    }

    [Fact]
    public async Task A_provider_that_the_server_lacks_is_told_before()
    {
        var server = await TestServer.GetAsync(15);
        using var estate = new EstateHarness(server,
            "howdah: 1\nestate: e\nSERVERS\nroles: { o_built: {} }\ndatabases: { built: { owner: o_built, locale: { provider: builtin, "
                + "name: C.UTF-8 } } }\n", Mine);
        Assert.Contains((await estate.PlanAsync()).Notes, static note =>
            note is { Code: Codes.CannotServe, Path: "databases.built.locale" });
    }
}
