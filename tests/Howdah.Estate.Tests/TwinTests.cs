using System.Text.RegularExpressions;
using Howdah.Engine.Servers;
using Howdah.Testing;
using Npgsql;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>
/// The sample, applied, beside a twin that a hand-written script made on another server: the same database. What lies in the schema
/// <c>howdah</c> is left out on both sides: it is the tool's own memory and machinery, which an administrator without it would not have.
/// </summary>
public sealed partial class TwinTests
{
    const string Bin15 = "/usr/lib/postgresql/15/bin";

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task The_catalogs_are_those_of_a_script_written_by_hand(int major)
    {
        using var sample = await Sample.BareAsync(major);
        await sample.Harness.ConvergeAsync();
        var twin = await TwinAsync(major);

        Same(await CatalogDump.OfAsync(twin, "store", "howdah"), await CatalogDump.OfAsync(sample.Server, "store", "howdah"));
        // Howdah also works in the maintenance database; outside its own schema it leaves nothing there.
        Same(await CatalogDump.OfAsync(twin, "postgres", "howdah"), await CatalogDump.OfAsync(sample.Server, "postgres", "howdah"));
    }

    [Fact]
    public async Task Pg_dump_says_the_same_of_both()
    {
        using var sample = await Sample.BareAsync(15);
        await sample.Harness.ConvergeAsync();
        var twin = await TwinAsync(15);

        string[] database = ["--schema-only", "--create", "--exclude-schema=howdah"];
        foreach (var name in (string[])["store", "postgres"])
            Same(await RunAsync("pg_dump", twin, [.. database, name]), await RunAsync("pg_dump", sample.Server, [.. database, name]));
        string[] globals = ["--globals-only", "--no-role-passwords"];
        var roles = await RunAsync("pg_dumpall", twin, globals);
        Assert.Contains("CREATE ROLE store_backup;", roles, StringComparison.Ordinal);
        Same(roles, await RunAsync("pg_dumpall", sample.Server, globals));
    }

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task No_change_escapes_the_dump(int major)
    {
        var twin = await TwinAsync(major);
        var before = await CatalogDump.OfAsync(twin, "store", "howdah");
        foreach (var change in await File.ReadAllLinesAsync(Path.Combine(Sample.Root, "tests/Howdah.Estate.Tests/Twin/changes.sql")))
        {
            if (change.Length == 0 || change.StartsWith("--", StringComparison.Ordinal))
                continue;
            await twin.ExecuteAsync(change, "store");
            var after = await CatalogDump.OfAsync(twin, "store", "howdah");
            Assert.True(after != before, $"not seen: {change}");
            before = after;
        }
    }

    static async Task<TestServer> TwinAsync(int major)
    {
        var twin = await TestServer.StartOwnAsync(major);
        foreach (var (file, database) in ((string, string)[])[("server.sql", "postgres"), ("store.sql", "store")])
            await RunAsync("psql", twin, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f",
                Path.Combine(Sample.Root, "tests/Howdah.Estate.Tests/Twin", file), database]);
        return twin;
    }

    // A client of 15 may run a script on 18, but not dump it.
    static async Task<string> RunAsync(string program, TestServer server, string[] arguments)
    {
        var path = Path.Combine(Bin15, program);
        if (!File.Exists(path))
            Assert.Skip($"there is no {path}: install postgresql-client-15");
        var to = new NpgsqlConnectionStringBuilder(server.ConnectionString());
        var outcome = await Command.RunAsync("env", [$"PGPASSWORD={to.Password}", path, "-h", to.Host!, "-p", $"{to.Port}",
            "-U", to.Username!, .. arguments], null, CancellationToken.None);
        Assert.True(outcome.Code == 0, $"{program}: {outcome.Output}");
        return RandomKey().Replace(outcome.Output, "");
    }

    // Told by line: the whole would be thousands of lines.
    static void Same(string byHand, string howdah)
    {
        Assert.True(byHand.Length > 500, byHand);
        var (hand, applied) = (byHand.Split('\n'), howdah.Split('\n'));
        Assert.Empty(hand.Except(applied).Select(line => "only by hand: " + line));
        Assert.Empty(applied.Except(hand).Select(line => "only by Howdah: " + line));
        Assert.Equal(byHand, howdah);
    }

    // Newer pg_dumps put a random key around their text; nothing else need differ.
    [GeneratedRegex(@"^\\(un)?restrict \w+$", RegexOptions.Multiline)]
    private static partial Regex RandomKey();
}
