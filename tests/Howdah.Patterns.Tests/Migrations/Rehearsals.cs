using Howdah.Engine.Files;
using Howdah.Patterns.Migrations;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Migrations;

public sealed class Rehearsals
{
    static readonly string File = ShopYaml.With("schemas: [shop], migrations: migrations/");

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Drop_what_killed_ones_left_and_nothing_else(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File);
        estate.Write("migrations/0001_tables.sql", "create table shop.t (id integer);\n");
        // Left by a backend that is gone; of one that lives; and two of somebody else.
        await using var living = await server.OpenAsync();
        string[] theirs = [$"{Scratch.Prefix}{living.ProcessID}", $"{Scratch.Prefix}mine", "other"];
        foreach (var name in (string[])[$"{Scratch.Prefix}4000000", .. theirs])
            await server.ExecuteAsync($"create database {name}");
        foreach (var name in (string[])[$"{Scratch.Prefix}4000000", theirs[0], "other"])
            await server.ExecuteAsync($"comment on database {name} is '{Scratch.Mark}'");
        await server.ExecuteAsync($"comment on database {theirs[1]} is 'my own'");
        Assert.DoesNotContain((await estate.PlanAsync()).Notes, static note => note.Code == "HOW0507");
        Assert.Equal(string.Join(' ', theirs.Order(StringComparer.Ordinal)), await server.ScalarAsync<string>(
            "select string_agg(datname, ' ' order by datname collate \"C\") from pg_database where oid >= 16384"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_left_out_with_a_word_where_no_scratch_database_is_to_be_had(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        await server.ExecuteAsync("create role shop_owner; create role deployer login password 'd' in role shop_owner; "
            + "grant create on database postgres to deployer");
        await server.ExecuteAsync("create database shop owner shop_owner");
        var file = File.Replace("shop_owner: {}", "shop_owner: { adopt: true }", StringComparison.Ordinal)
            .Replace("owner: shop_owner,", "owner: shop_owner, adopt: true,", StringComparison.Ordinal);
        using var estate = new EstateHarness(server, file, user: "deployer", password: "d");
        estate.Write("migrations/0001_tables.sql", "create table shop.t (id integer);\n");
        await ToldAsync(estate, "permission denied to create database");
        await server.ExecuteAsync("alter role deployer createdb");
        // Somebody sits in what every database is copied from.
        await server.ExecuteAsync("alter database template0 allow_connections true");
        await using (await server.OpenAsync("template0"))
            await ToldAsync(estate, "being accessed by other users");
    }

    static async Task ToldAsync(EstateHarness estate, string why)
    {
        var note = Assert.Single((await estate.PlanAsync()).Notes, static note => note.Code == "HOW0507");
        Assert.Equal(Severity.Warning, note.Severity);
        Assert.Contains(why, note.Message, StringComparison.Ordinal);
    }
}
