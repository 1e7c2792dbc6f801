using System.Text.Json.Nodes;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_loads_of_the_tool
{
    const string Yaml = """
        howdah: 1
        estate: sales
        SERVERS
        roles: { sales_owner: {} }
        databases:
          sales:
            owner: sales_owner
            schemas: [store]
            migrations: migrations/
            pipelines:
              orders: { files: "in-*.csv", columns: { id: integer, words: text }, into: store.orders, after: [places] }
              places: { files: places.csv, columns: { name: text }, into: store.places }
        """;

    [Theory]
    [MemberData(nameof(Campaign.On), 1, MemberType = typeof(Campaign))]
    public async Task Are_made_seen_tried_again_and_given_up(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, Yaml);
        estate.Write("migrations/0001_tables.sql",
            "create table store.orders (id integer primary key, words text check (words <> 'bad'));\n"
            + "create table store.places (name text primary key);\n");
        estate.Write("places.csv", "name\nOslo\n");
        estate.Write("in-1.csv", "id,words\n1,good\n2,bad\nx,good\n");
        await estate.ConvergeAsync();
        Task<(int Exit, string Out, string Error)> Load(params string[] words) => Tool.RunAsync(["load", .. words, "--dir", estate.Folder]);

        Assert.Equal((0, "", "orders: in-1.csv: 3 read = 1 loaded + 0 unchanged + 2 refused + 0 skipped; tried; nothing was written\n"),
            await Load("orders", "--dry-run"));
        Assert.Equal((0, "", "places: places.csv: 1 read = 1 loaded + 0 unchanged + 0 refused + 0 skipped (batch 2)\n"
            + "orders: in-1.csv: 3 read = 1 loaded + 0 unchanged + 2 refused + 0 skipped (batch 3)\n"), await Load("--all"));
        var (exit, text, error) = await Load("orders", "--json");
        Assert.Equal((0, "orders: in-1.csv: this content was loaded by batch 3; nothing to do\n"), (exit, error));
        Assert.Equal("known", JsonNode.Parse(text)![0]!["outcome"]!.GetValue<string>());

        (exit, text, _) = await Load("list", "orders", "--json");
        Assert.Equal((0, "2"), (exit, JsonNode.Parse(text)![0]!["quarantined"]!.GetValue<string>()));
        (exit, text, _) = await Load("quarantine", "list", "orders", "--json");
        Assert.Equal(["2,bad", "x,good"], JsonNode.Parse(text)!.AsArray().Select(static row => row!["raw"]!.GetValue<string>()).Order());
        await server.ExecuteAsync("alter table store.orders drop constraint orders_words_check", "sales");
        Assert.Equal((0, "", "orders: quarantine of batch 3: 2 read = 1 loaded + 0 unchanged + 1 refused + 0 skipped (batch 4)\n"),
            await Load("quarantine", "retry", "orders"));
        Assert.Equal((0, "{ \"discarded\": 1 }\n", "Given up: 1 row.\n"),
            await Load("quarantine", "discard", "--batch", "4", "--reason", "a test", "--json"));
        Assert.Equal((0, "", "No row waits there.\n"), await Load("quarantine", "retry", "orders"));

        estate.Write("other.csv", "id,words\n1,good\n2,bad\nx,good\n");
        (exit, _, error) = await Load("orders", Path.Combine(estate.Folder, "other.csv"));
        Assert.Equal(3, exit);
        Assert.Contains("was loaded as in-1.csv by batch 3; --force loads it again", error, StringComparison.Ordinal);
        (exit, _, error) = await Load("orders", "nowhere.csv");
        Assert.Equal((1, "orders: nowhere.csv: there is no file nowhere.csv\n"), (exit, error));
        (exit, _, error) = await Load("order");
        Assert.Equal((1, "error: there is no pipeline `order` in database sales; did you mean `orders`?\n"), (exit, error));
        Assert.Equal((0, "", "orders: -: 1 read = 1 loaded + 0 unchanged + 0 refused + 0 skipped (batch 5)\n"),
            await Tool.FedAsync("words,id\npiped,7\n", "load", "orders", "-", "--dir", estate.Folder));
        Assert.Equal((0, "", "orders: -: 3 read = 2 loaded + 0 unchanged + 1 refused + 0 skipped (batch 6)\n"),
            await Tool.FedAsync("words,id\nmany,8\nx,y\nstreams,9\n", "load", "orders", "-", "--streams", "3", "--dir", estate.Folder));
        (exit, _, error) = await Load("orders", "--streams", "17");
        Assert.Equal((1, "error: a load goes over 1 to 16 streams, and not over 17\n"), (exit, error));
        Assert.Equal("1,2,7,8,9",
            await server.ScalarAsync<string>("select string_agg(id::text, ',' order by id) from store.orders", "sales"));
    }
}
