using Npgsql;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>The figures of the Superstore, computed once from the file in plain SQL, as the sample's warehouse must give them.</summary>
static class Star_of_the_sample
{
    static readonly (string Query, string Wanted)[] Figures =
    [
        ("select count(*), sum(amount), sum(profit), sum(quantity) from dw.sales", "(9994,2297200.8603,286397.0217,37873)"),
        ("select region, count(*), sum(amount) from dw.sales f join dw.place p on p.sk = f.place_sk group by region",
            "(Central,2323,501239.8908)\n(East,2848,678781.2400)\n(South,1620,391721.9050)\n(West,3203,725457.8245)"),
        ("select order_date_year, count(*), sum(amount) from dw.sales join dw.order_date using (order_date) group by order_date_year",
            "(2014,1993,484247.4981)\n(2015,2102,470532.5090)\n(2016,2587,609205.5980)\n(2017,3312,733215.2552)"),
        // Up the snowflaked branch: what is counted at its top is counted once.
        ("""
            select count(distinct s.sk), count(distinct c.sk), sum(f.amount) from dw.sales f join dw.product p on p.sk = f.product_sk
            join dw.sub_category s using (sub_category) join dw.category c using (category)
            """, "(17,3,2297200.8603)"),
        // The rollups say the same, and month by month what the facts say.
        ("select place_region, sum(row_count), sum(sum_amount), sum(sum_quantity) from dw.sales_by_region group by 1",
            "(Central,2323,501239.8908,8780)\n(East,2848,678781.2400,10618)\n(South,1620,391721.9050,6209)\n(West,3203,725457.8245,12266)"),
        ("select count(distinct product_sub_category), count(distinct bucket), sum(sum_amount), sum(sum_profit) "
            + "from dw.sales_by_sub_category", "(17,48,2297200.8603,286397.0217)"),
        // Eight pairs of order and product stand twice, and both lines are there.
        ("select count(*), sum(lines) from (select count(*) as lines from dw.sales group by order_id, product_id having count(*) > 1) t",
            "(8,16)"),
        ("select count(*) from dw.product where sk > 0", "(1862)"),
        ("select count(*) from (select product_id from dw.product_event group by product_id having count(distinct name) > 1) t", "(32)"),
        // Each of the 32 is called what it was called when it was last sold.
        ("""
            select count(*) from dw.product p join lateral (select e.name from dw.product_event e where e.product_id = p.product_id
              order by e.effective_at desc, e.version desc limit 1) last on true where p.name <> last.name
            """, "(0)"),
        ("select count(*) from dw.customer where sk > 0", "(793)"),
        ("select count(*) from dw.place where sk > 0 and postal_code like '0%'", "(52)"),
        ("select min(order_date), max(order_date), max(ship_date) from dw.sales", "(2014-01-03,2017-12-30,2018-01-05)"),
        ("select count(*) from dw.sales where customer_sk < 0 or product_sk < 0 or place_sk < 0 or shipping_sk < 0", "(0)"),
        ("select count(*) from pg_inherits where inhparent = 'dw.sales'::regclass", "(48)"),
        ("select holiday, fiscal_year, fiscal_quarter from dw.calendar where day = '2017-11-23'", "(\"Thanksgiving Day\",2018,4)"),
    ];

    internal static async Task HoldsAsync(Sample sample)
    {
        foreach (var (query, wanted) in Figures)
            Assert.Equal(wanted, await sample.Server.ScalarAsync<string>(
                $"select string_agg(q::text, E'\\n' order by q::text collate \"C\") from ({query}) q", "store"));
        // The analyst reads the star, and no franchise's table; a franchise's application does not even reach the star.
        var session = await sample.OpenAsync();
        await using var analyst = await session.Servers["main"].OpenLoginAsync("analyst", "store", CancellationToken.None);
        Assert.Equal(2001L, await AsAsync(analyst,
            "select count(*) from dw.sales f join dw.place p on p.sk = f.place_sk where p.state = 'California'"));
        await SourcesAsync(analyst);
        await RefusedAsync(analyst, "select count(*) from store.orders");
        await RefusedAsync(analyst, "select count(*) from dw.customer_event");
        await using var app = await session.Servers["main"].OpenLoginAsync("store_app", "store", CancellationToken.None);
        await RefusedAsync(app, "select count(*) from dw.sales");
    }

    // The sources that the guide gives dbt: each table has each column, and the analyst may read it.
    static async Task SourcesAsync(NpgsqlConnection analyst)
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Sample.Root, "docs/guide/schedulers.md"));
        var block = guide[guide.IndexOf("# models/sources.yml", StringComparison.Ordinal)..].Split("```")[0];
        Assert.Contains("    database: store\n    schema: dw\n", block, StringComparison.Ordinal);
        var tables = block.Split("\n      - name: ")[1..].Select(static table => (Name: table.Split('\n')[0],
            Columns: table.Split("\n          - name: ")[1..].Select(static column => column.Split('\n')[0].Trim()).ToList())).ToList();
        Assert.Equal(6, tables.Count);
        foreach (var (table, columns) in tables)
        {
            Assert.True(columns.Count > 3, table);
            await AsAsync(analyst, $"select {string.Join(", ", columns)} from dw.{table} limit 1");
        }
    }

    static async Task<object?> AsAsync(NpgsqlConnection connection, string query)
    {
        await using var command = new NpgsqlCommand(query, connection);
        return await command.ExecuteScalarAsync();
    }

    static async Task RefusedAsync(NpgsqlConnection connection, string query) => Assert.Equal(PostgresErrorCodes.InsufficientPrivilege,
        (await Assert.ThrowsAsync<PostgresException>(() => AsAsync(connection, query))).SqlState);
}
