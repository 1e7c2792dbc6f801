using System.Text.Json.Nodes;
using Howdah.Testing;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_warehouse_of_the_tool
{
    const string Yaml = """
        howdah: 1
        estate: sales
        SERVERS
        roles:
          sales_owner: {}
          sales_reader: { login: true, password: "${generated}" }
        databases:
          sales:
            owner: sales_owner
            grants: [{ to: sales_reader, on: { database: true }, privileges: [connect] }]
            partitions: { dw.sales: { by: day, every: month, from: 2026-01-01 } }
            warehouse:
              readers: [sales_reader]
              dimensions: { customer: { key: { customer_id: text }, attributes: { segment: { change: 2, about: how it buys } } } }
              facts:
                sales: { grain: [number, day], dates: [day], partition_by: day, degenerate: { number: integer },
                  dimensions: { customer: customer }, measures: { amount: { type: "numeric(12,2)" } } }
              rollups: { by_segment: { fact: sales, date: day, by: [customer.segment], measures: { amount: sum } } }
        """;

    const string Load = """
        create table dw.staged_customer as select 'c' as customer_id, 'home' as segment, timestamptz '2026-01-01' as effective_at;
        create table dw.staged as select g as number, date '2026-01-10' + g * 20 as day, 'c' as customer_id, 1.25 as amount
        from generate_series(1, 4) g;
        alter table dw.staged owner to sales_owner;
        alter table dw.staged_customer owner to sales_owner;
        call dw.load_customer('dw.staged_customer', 1);
        call dw.load_sales('dw.staged', 2);
        """;

    [Fact]
    public async Task is_drawn_and_told_without_a_server()
    {
        using var estate = new EstateHarness(await TestServer.GetAsync(18), Yaml);
        var (exit, drawn, _) = await Tool.RunAsync("warehouse", "diagram", estate.Folder);
        Assert.Equal(0, exit);
        Assert.StartsWith("erDiagram\n  customer ||--o{ sales : customer\n", drawn, StringComparison.Ordinal);
        Assert.EndsWith("}\n", drawn, StringComparison.Ordinal);
        (exit, var told, _) = await Tool.RunAsync("warehouse", "docs", estate.Folder);
        Assert.Equal(0, exit);
        foreach (var line in (string[])["## Fact `dw.sales`", "| `amount` | numeric(12,2) |", "## Dimension `dw.customer`", "by_segment"])
            Assert.Contains(line, told, StringComparison.Ordinal);
        estate.Write("estate.yaml", "howdah: 1\nestate: bare\nservers: { main: { embedded: 18 } }\nroles: { o: {} }\n"
            + "databases: { d: { owner: o } }\n");
        (exit, _, var error) = await Tool.RunAsync("warehouse", "docs", estate.Folder);
        Assert.Equal((1, "error: database d declares no warehouse\n"), (exit, error));
    }

    [Fact]
    public async Task is_drawn_as_the_guide_shows_it()
    {
        var (exit, drawn, _) = await Tool.RunAsync("warehouse", "diagram", Path.Combine(Approved.Root, "samples/superstore"),
            "--format", "svg");
        Assert.Equal(0, exit);
        var file = Path.Combine(Approved.Root, "docs/warehouse.svg");
        if (Environment.GetEnvironmentVariable("HOWDAH_APPROVE") == "1")
            await File.WriteAllTextAsync(file, drawn);
        Assert.Equal(await File.ReadAllTextAsync(file), drawn);
    }

    [Fact]
    public async Task is_drawn_as_xml_and_the_same_each_time()
    {
        using var estate = new EstateHarness(await TestServer.GetAsync(18), Yaml.Replace("numeric(12,2)\" } } }",
            "numeric(12,2)\" } } }\n        back: { kind: periodic, grain: [day], dates: [day], "
            + "dimensions: { payer: { dimension: customer } }, bridges: [house], degenerate: { household: text },\n"
            + "          measures: { rate: { type: integer, additivity: semi } } }\n"
            + "      bridges: { house: { group: { household: text }, dimension: customer } }", StringComparison.Ordinal));
        var (exit, drawn, error) = await Tool.RunAsync("warehouse", "diagram", estate.Folder, "--format", "svg");
        Assert.True(exit == 0, error);
        var texts = System.Xml.Linq.XDocument.Parse(drawn).Descendants().Where(static each => each.Name.LocalName == "text")
            .Select(static each => each.Value).ToList();
        foreach (var text in (string[])["sales", "back", "payer (customer)", "integer Σ but over time", "house", "● household",
            "share of 1", "rollup by_segment: month, customer.segment"])
            Assert.Contains(text, texts);
        Assert.Equal(drawn, (await Tool.RunAsync("warehouse", "diagram", estate.Folder, "--format", "svg")).Out);
        Assert.Contains("prefers-color-scheme: dark", drawn, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Campaign.On), 0, MemberType = typeof(Campaign))]
    public async Task is_refreshed_and_says_what_it_did_not_compare(int major)
    {
        var server = await TestServer.StartOwnAsync(major);
        using var estate = new EstateHarness(server, Yaml);
        await DoneAsync("apply", estate.Folder);
        await server.ExecuteAsync(Load, "sales");
        Assert.Equal(("inconclusive", "all buckets (3) wait for their refresh, so none was compared"), await RollupAsync(estate));
        await DoneAsync("rollup", "refresh", "--dir", estate.Folder);
        Assert.Equal(("held", "no row offends"), await RollupAsync(estate));
        Assert.Equal("home,5.00\n", await DoneAsync("sql", estate.Folder, "--as", "sales_reader",
            "select customer_segment, sum(sum_amount) from dw.by_segment group by 1"));
        await server.ExecuteAsync("delete from dw.sales where number = 1", "sales");
        Assert.Equal(("held", "no row offends in 2 buckets; 1 wait for their refresh and were not compared"), await RollupAsync(estate));
        await DoneAsync("rollup", "refresh", "by_segment", "--dir", estate.Folder);
        Assert.Equal(("held", "no row offends"), await RollupAsync(estate));
        var (exit, _, error) = await Tool.RunAsync("rollup", "refresh", "by_region", "--dir", estate.Folder);
        Assert.Equal((1, "error: there is no rollup `by_region`; there are by_segment\n"), (exit, error));
    }

    static async Task<(string Verdict, string Evidence)> RollupAsync(EstateHarness estate)
    {
        var (_, proof, _) = await Tool.RunAsync("prove", estate.Folder, "--json");
        var finding = JsonNode.Parse(proof)!["findings"]!.AsArray().Single(static each => (string)each!["id"]! == "WAR-18")!;
        return ((string)finding["verdict"]!, (string)finding["evidence"]!);
    }

    static async Task<string> DoneAsync(params string[] words)
    {
        var (exit, output, error) = await Tool.RunAsync(words);
        Assert.True(exit == 0, $"{string.Join(' ', words)}: {exit}\n{error}");
        return output;
    }
}
