using Howdah.Patterns.Data.Loading;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Patterns.Tests.Data;

public sealed class Loading_data
{
    static readonly string File = ShopYaml.With(
        "schemas: [shop], migrations: migrations/, data: [{ file: lines.csv, steps: lines.sql }]");

    const string Insert = "insert into shop.lines select line_no::integer, words from staging;\n";

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Steps_cannot_commit_half_a_load_and_a_repaired_load_runs_once(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, File);
        estate.Write("migrations/0001_lines.sql", "create table shop.lines (line_no integer primary key, words text);\n");
        estate.Write("lines.csv", "Line No,Words\n1,\"a, \"\"b\"\"\nand c\"\n2,müde\n");
        estate.Write("lines.sql", Insert + "commit;\ncreate table shop.whose (a int);\n");
        await estate.ConvergeAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => LoadAsync(estate));
        Assert.Equal(PostgresErrorCodes.FeatureNotSupported, refused.SqlState);
        Assert.Equal(0L, await server.ScalarAsync<long>("select count(*) from shop.lines", "shop"));
        Assert.True(await server.ScalarAsync<bool>("select to_regclass('shop.whose') is null", "shop"));

        estate.Write("lines.sql", Insert);
        Assert.Equal(new Load("lines.csv", "lines.sql", 2, true), Assert.Single(await LoadAsync(estate)));
        Assert.Equal(new Load("lines.csv", "lines.sql", 2, false), Assert.Single(await LoadAsync(estate)));
        Assert.Equal("a, \"b\"\nand c|müde",
            await server.ScalarAsync<string>("select string_agg(words, '|' order by line_no) from shop.lines", "shop"));
    }

    static async Task<IReadOnlyList<Load>> LoadAsync(EstateHarness estate) =>
        await DataLoader.RunAsync(await estate.OpenAsync(), null, TestContext.Current.CancellationToken);
}
