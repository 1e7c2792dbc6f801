using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class Queries_of_the_tool
{
    const string Yaml = """
        howdah: 1
        estate: asked
        SERVERS
        roles: { asked_owner: {}, asked_reader: { login: true, password: "${generated}" } }
        databases:
          asked:
            owner: asked_owner
            grants: [{ to: asked_reader, on: { database: true }, privileges: [connect] }]
            queries:
              doubled:
                sql: select @word as word, n * @factor as n from generate_series(1, 3) n
                as: asked_reader
                parameters: { word: text, factor: { type: integer, default: 2 } }
                about: a word with numbers
              who: { sql: select current_user::text as role, as: asked_reader }
        """;

    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task Run_as_their_role_with_values_that_stay_values(int major)
    {
        using var estate = new EstateHarness(await TestServer.GetAsync(major), Yaml);
        await estate.ConvergeAsync();
        async Task<string> AskAsync(int expected, params string[] words)
        {
            var (exit, told, error) = await Tool.RunAsync(["query", estate.Folder, .. words]);
            Assert.True(exit == expected, $"{exit}: {told}{error}");
            return expected == 0 ? told : error;
        }
        const string Word = "o'; drop table x; --";
        Assert.Equal($"word,n\n{Word},2\n{Word},4\n{Word},6\n", await AskAsync(0, "doubled", "--set", $"word={Word}"));
        Assert.StartsWith("    n\nh   5  ███", await AskAsync(0, "doubled", "--set", "word=h", "--set", "factor=5", "--format", "chart"),
            StringComparison.Ordinal);
        Assert.Contains("\"role\": \"asked_reader\"", await AskAsync(0, "who", "--json"), StringComparison.Ordinal);
        Assert.Equal("query,about\ndoubled,a word with numbers\nwho,\"\"\n", await AskAsync(0));
        Assert.Contains("needs --set word=… (text)", await AskAsync(1, "doubled"), StringComparison.Ordinal);
        Assert.Contains("22P02", await AskAsync(1, "doubled", "--set", "word=h", "--set", "factor=x"), StringComparison.Ordinal);
        Assert.Contains("25006", await AskAsync(1, "create table stray ()"), StringComparison.Ordinal);
        Assert.Contains("one statement", await AskAsync(1, "commit; create table stray ()"), StringComparison.Ordinal);
        Assert.Equal("sum\n7\n", await AskAsync(0, "select @a::int + 3 as sum", "--set", "a=4"));
        Assert.Contains("there are doubled, who", await AskAsync(1, "doubles"), StringComparison.Ordinal);
    }
}
