using Howdah.Loading.Tests;
using Howdah.Patterns.Pipelines;
using ParquetSharp;
using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

/// <summary>Pipelines read Parquet as they read any file: once, in balance, with every row that was refused.</summary>
public sealed class Parquet_loads
{
    public static TheoryData<int> Versions => [18, 15];

    static MadeColumn Days(string name, params string[] days) => new(name, PhysicalType.Int32, LogicalType.Date(),
        [.. days.Select(static day => (object)(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture).DayNumber
            - new DateOnly(1970, 1, 1).DayNumber))]);

    static MadeColumn Amounts(string name, params int?[] cents) => new(name, PhysicalType.Int64, LogicalType.Decimal(12, 2),
        [.. cents.Select(static each => each is { } value ? (object)(long)value : null)]);

    static string Put(Harbor harbor, string name, byte[] bytes)
    {
        var path = Path.Combine(harbor.Estate.Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Rows_go_straight_into_the_table_and_refused_ones_are_tried_again(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        // A number that is too large, a constraint of the server's, a day without a partition, a key that stands twice; three row groups.
        var bytes = ParquetMaker.Write([new("Line", PhysicalType.Int64, LogicalType.None(), [1L, 1L << 40, 3L, 4L, 1L, 6L]),
            Days("day", "2024-01-02", "2024-01-02", "2024-01-03", "2031-01-01", "2024-01-02", "2024-12-31"),
            MadeColumn.Text("words", "one", "two", "three", "four", "five", "six\nand more"),
            Amounts("amount", 150, 200, 100_000, 400, 500, null), MadeColumn.Text("unused", "a", "b", "c", "d", "e", "f")], 2);
        // By its first and last bytes, whatever it is called.
        var path = Put(harbor, "lines.bin", bytes);
        LoadOptions options = new() { Files = [path] };
        Assert.Equal("Tried 6 = 2 + 0 + 4 + 0", await harbor.LoadedAsync("lines", options with { DryRun = true }));
        var report = Assert.Single(await harbor.LoadAsync("lines", options));

        Assert.Equal("Loaded 6 = 2 + 0 + 4 + 0", Harbor.Line(report));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), report.Sha256);
        Assert.Equal($"(1,one,1.50,{report.Batch})\n(6,\"six\nand more\",,{report.Batch})",
            await harbor.TextAsync("select id, words, amount, batch from lines"));
        Assert.Equal("""
            (2,id,range,"{""Line"":1099511627776,""day"":""2024-01-02"",""words"":""two"",""amount"":2.00}","row group 1, row 2",)
            (3,,server,"{""Line"":3,""day"":""2024-01-03"",""words"":""three"",""amount"":1000.00}","row group 2, row 1",)
            (4,,server,"{""Line"":4,""day"":""2031-01-01"",""words"":""four"",""amount"":4.00}","row group 2, row 2",)
            (5,,server,"{""Line"":1,""day"":""2024-01-02"",""words"":""five"",""amount"":5.00}","row group 3, row 1",)
            """.ReplaceLineEndings("\n"), await harbor.TextAsync("select line, column_name, rule, convert_from(raw, 'UTF8'), "
            + $"substring(message from 'row group \\d+, row \\d+'), byte_offset from howdah.quarantine where batch = {report.Batch}"));
        Assert.Equal($"Known: this content was loaded by batch {report.Batch}; nothing to do", await harbor.LoadedAsync("lines", options));
        Put(harbor, "again.parquet", bytes);
        Assert.Equal($"Refused: the same content was loaded as {path} by batch {report.Batch}; --force loads it again",
            await harbor.LoadedAsync("lines", new() { Files = [Path.Combine(harbor.Estate.Folder, "again.parquet")] }));

        // One of the four is mended at the server, one in the quarantine; the file is gone.
        File.Delete(path);
        await harbor.Server.ExecuteAsync("create table lines_2031 partition of lines for values from ('2031-01-01') to ('2032-01-01'); "
            + "update howdah.quarantine set raw = convert_to(replace(convert_from(raw, 'UTF8'), '1099511627776', '2'), 'UTF8') "
            + "where line = 2", harbor.Database);
        var session = await harbor.Estate.OpenAsync();
        var retried = Assert.Single(await Quarantine.RetryAsync(session, session.Estate.Databases[0], "lines", null, new(), default));
        Assert.Equal("Loaded 4 = 2 + 0 + 2 + 0", Harbor.Line(retried));
        Assert.Equal("(1)\n(2)\n(4)\n(6)", await harbor.TextAsync("select id from lines"));
        // Those that were refused again can be tried once more, and would all be.
        retried = Assert.Single(await Quarantine.RetryAsync(session, session.Estate.Databases[0], "lines", null, new(), default));
        Assert.StartsWith("Failed: 2 of 2 rows are refused", Harbor.Line(retried), StringComparison.Ordinal);
        Assert.Equal("(3,1)\n(5,1)", await harbor.TextAsync("select line, count(resolved_at) from howdah.quarantine where line in (3, 5) "
            + "group by line"));
        await Everything_balances(harbor);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Rows_are_looked_up_and_take_the_place_of_those_with_their_key(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        // An unknown region, a division by zero, two contents for one key; the pipeline's format says how texts of other files are written.
        var path = Put(harbor, "orders.parquet", ParquetMaker.Write([MadeColumn.Int("id", 1, 2, 4, 5, 5, null),
            Days("day", "2024-02-29", "2024-03-01", "2024-03-01", "2024-03-01", "2024-03-01", "2024-03-01"),
            MadeColumn.Text("region", "North", "Nowhere", "South", "South", "South", "North"),
            Amounts("amount", 1250, 100, 0, 500, 600, 100)], 4));
        LoadOptions options = new() { Files = [path] };

        var report = Assert.Single(await harbor.LoadAsync("orders", options));

        Assert.Equal("Loaded 6 = 1 + 0 + 5 + 0", Harbor.Line(report));
        Assert.Equal("(1,2024-02-29,12.50,1,8.00)", await harbor.TextAsync("select * from orders"));
        Assert.Equal("(2,region_id,lookup,\"row group 1, row 2\")\n(3,,server,\"row group 1, row 3\")\n"
            + "(4,id,conflict,\"row group 1, row 4\")\n(5,id,conflict,\"row group 2, row 1\")\n(6,id,not-null,\"row group 2, row 2\")",
            await harbor.TextAsync("select line, column_name, rule, substring(message from 'row group \\d+, row \\d+') "
                + "from howdah.quarantine"));
        Assert.Equal("(\"{\"\"id\"\":2,\"\"day\"\":\"\"2024-03-01\"\",\"\"region\"\":\"\"Nowhere\"\",\"\"amount\"\":1.00}\")",
            await harbor.TextAsync("select convert_from(raw, 'UTF8') from howdah.quarantine where line = 2"));
        await harbor.Server.ExecuteAsync("insert into regions values (9, 'Nowhere')", harbor.Database);
        var session = await harbor.Estate.OpenAsync();
        var retried = Assert.Single(await Quarantine.RetryAsync(session, session.Estate.Databases[0], "orders", null, new(), default));
        Assert.Equal("Loaded 5 = 1 + 0 + 4 + 0", Harbor.Line(retried));
        Assert.Equal("(2,2024-03-01,1.00,9)", await harbor.TextAsync("select id, day, amount, region_id from orders where id = 2"));
        await Everything_balances(harbor);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_cannot_be_read_fails_in_one_sentence_and_leaves_no_row(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        var good = ParquetMaker.Write([MadeColumn.Int("id", 1), MadeColumn.Text("words", "one")]);
        async Task FailsAsync(byte[] bytes, string sentence) => Assert.Contains(sentence,
            await harbor.LoadedAsync("events", new() { Files = [Put(harbor, "events.parquet", bytes)] }), StringComparison.Ordinal);
        await FailsAsync(good[..^1], "does not end as Parquet files do");
        await FailsAsync("id,words\n1,one\n"u8.ToArray(), "events.parquet is no Parquet file");
        await FailsAsync(ParquetMaker.Write([MadeColumn.Int("id", 1)]), "there is no column \"words\": the file has \"id\"");
        await FailsAsync(ParquetMaker.Write([MadeColumn.Text("id", "1"), Days("words", "2024-01-01")]) is var typed
            ? typed.Take(typed.Length / 2).ToArray() : [], "does not end as");
        Assert.Equal("(failed,4)", await harbor.TextAsync("select state, count(*) from howdah.load_batch group by state"));
        Assert.Equal("Loaded 1 = 1 + 0 + 0 + 0", await harbor.LoadedAsync("events", new() { Files = [Put(harbor, "e.parquet", good)] }));
        // A date in a column of text is its text; what is said of texts alone counts for texts.
        var texts = ParquetMaker.Write([MadeColumn.Int("id", 2), Days("words", "2024-02-29")]);
        Assert.Equal("Loaded 1 = 1 + 0 + 0 + 0", await harbor.LoadedAsync("events", new() { Files = [Put(harbor, "t.parquet", texts)] }));
        Assert.Equal("(1,one)\n(2,2024-02-29)", await harbor.TextAsync("select * from events"));
    }

    static async Task Everything_balances(Harbor harbor) =>
        Assert.Equal("", await harbor.TextAsync("select b.id from howdah.load_batch b where b.state = 'done' and (rows_read <> rows_loaded "
            + "+ rows_unchanged + rows_quarantined + rows_skipped or rows_quarantined <> (select count(*) from howdah.quarantine q where "
            + "q.batch = b.id))"));
}
