using System.Globalization;
using System.Text.Json.Nodes;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>The verbs, in one life of one database; what they do is tested where it is done, on all versions.</summary>
public sealed class Partitions_of_the_tool
{
    const string Yaml = """
        howdah: 1
        estate: parted
        SERVERS
        roles: { parted_owner: {} }
        databases:
          parted:
            owner: parted_owner
            schemas: [app]
            migrations: migrations/
            partitions:
              app.events: { by: day, every: month, premake: 1RETAIN }
              app.orders: { by: country, lists: { iberia: [ES, PT] }, rest: true }
        """;

    [Fact]
    public async Task Are_converted_listed_retired_and_restored()
    {
        using var estate = new EstateHarness(await TestServer.GetAsync(18), "");
        void Write(string retain) => estate.Write(Yaml.Replace("RETAIN", retain, StringComparison.Ordinal));
        Write("");
        estate.Write("migrations/0001_tables.sql", """
            create table app.events (id bigint generated always as identity, day date not null, primary key (id));
            create table app.orders (country text) partition by list (country);
            """);
        async Task<(string Out, string Error)> RunAsync(int expected, params string[] words)
        {
            var (exit, told, error) = await Tool.RunAsync(["partition", .. words, "--dir", estate.Folder]);
            Assert.True(exit == expected, $"{exit}: {told}{error}");
            return (told, error);
        }
        // A migration makes the table plain: it is the verb that divides it.
        await estate.ApplyAsync();
        await estate.ApplyAsync();
        await estate.Server.ExecuteAsync("insert into app.events (day) "
            + "select date_trunc('month', current_date) - make_interval(months => n % 5) from generate_series(1, 50) n", "parted");
        Assert.Contains("the primary key becomes (id, day)", (await RunAsync(0, "convert", "app.events", "--dry-run")).Out,
            StringComparison.Ordinal);
        Assert.Contains("50 rows were copied", (await RunAsync(0, "convert", "parted.app.events", "--drop-old")).Error,
            StringComparison.Ordinal);
        await estate.ConvergeAsync();

        static string Month(int back) => "app.events_p" + DateTime.UtcNow.AddDays(1 - DateTime.UtcNow.Day).AddMonths(-back)
            .ToString("yyyyMM", CultureInfo.InvariantCulture);
        Write(", retain: 3 months, then: archive, archive: { to: archive/ }");
        await estate.ConvergeAsync();
        var tables = JsonNode.Parse((await RunAsync(0, "list", "--json")).Out)!.AsArray();
        Assert.Equal([$"{Month(4)} due", $"{Month(3)} past", $"{Month(2)} past", $"{Month(1)} past", $"{Month(0)} current",
            $"{Month(-1)} ahead"],
            tables[0]!["partitions"]!.AsArray().Select(static part => $"{part!["partition"]} {part["state"]}"));
        Assert.All(tables[0]!["partitions"]!.AsArray().Take(5), static part => Assert.True((long)part!["bytes"]! > 8000));
        Assert.True((int)tables[0]!["partitions"]![0]!["days"]! > 80);
        Assert.Equal(["ES, PT in use", "what no other partition takes default"],
            tables[1]!["partitions"]!.AsArray().Select(static part => $"{part!["holds"]} {part["state"]}"));

        Assert.Contains($"partition {Month(4)}: archived and dropped, 10 rows", (await RunAsync(0, "upkeep", "app.events")).Error,
            StringComparison.Ordinal);
        Assert.Contains("Nothing to do.", (await RunAsync(0, "upkeep")).Error, StringComparison.Ordinal);
        var listed = (await RunAsync(0, "list", "app.events")).Out;
        Assert.StartsWith("app.events, by range of day\npartition ", listed, StringComparison.Ordinal);
        Assert.Matches($@"{Month(4)} +from .* 10 +archived \(parted/", listed);
        Assert.Contains("known are app.events_p", (await RunAsync(1, "restore", "app.events", "app.nothing")).Error,
            StringComparison.Ordinal);
        Assert.Contains($"as a table beside app.events.", (await RunAsync(0, "restore", "app.events", Month(4), "--beside")).Error,
            StringComparison.Ordinal);
        await estate.Server.ExecuteAsync($"drop table {Month(4)}", "parted");
        Assert.Contains("\"rows\":10,\"attached\":true", (await RunAsync(0, "restore", "app.events", Month(4), "--json")).Out,
            StringComparison.Ordinal);
        Assert.Equal(50L, await estate.Server.ScalarAsync<long>("select count(*) from app.events", "parted"));
    }
}
