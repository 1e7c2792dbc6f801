using Howdah.Patterns.Pipelines;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

public sealed class Loads_on_a_server
{
    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_content_is_loaded_once_and_what_is_wrong_is_kept(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        // A wrong number, a constraint of the server's, a day without a partition, a key that stands twice.
        const string File = "Line,day,words,amount\n1,2024-01-02,one,1.50\nx,2024-01-02,two,2\n3,2024-01-03,three,1000\n"
            + "4,2031-01-01,four,4\n1,2024-01-02,five,5\n6,2024-12-31,\"six\nand more\",6\n";
        harbor.Estate.Write("lines-1.csv", File);
        var tried = await harbor.LoadedAsync("lines", new() { DryRun = true });
        Assert.Equal("Tried 6 = 2 + 0 + 4 + 0", tried);
        Assert.Equal("", await harbor.TextAsync("select id from lines union all select id from howdah.load_batch "
            + "union all select id from howdah.quarantine"));
        var report = Assert.Single(await harbor.LoadAsync("lines"));
        Assert.Equal("Loaded 6 = 2 + 0 + 4 + 0", Harbor.Line(report));
        Assert.Equal($"(1,one,{report.Batch})\n(6,\"six\nand more\",{report.Batch})",
            await harbor.TextAsync("select id, words, batch from lines"));
        Assert.Equal("(3,id,syntax,22P02,\"x,2024-01-02,two,2\")\n(4,,server,23514,\"3,2024-01-03,three,1000\")\n"
            + "(5,,server,23514,\"4,2031-01-01,four,4\")\n(6,,server,23505,\"1,2024-01-02,five,5\")",
            await harbor.RefusedAsync(report.Batch));
        Assert.Equal($"Known: this content was loaded by batch {report.Batch}; nothing to do", await harbor.LoadedAsync("lines"));

        // Another name, a file that was corrected, a file again by force.
        harbor.Estate.Write("lines-2.csv", File);
        Assert.Equal($"Known: this content was loaded by batch {report.Batch}; nothing to do\n"
            + $"Refused: the same content was loaded as lines-1.csv by batch {report.Batch}; --force loads it again",
            await harbor.LoadedAsync("lines"));
        System.IO.File.Delete(Path.Combine(harbor.Estate.Folder, "lines-2.csv"));
        harbor.Estate.Write("lines-1.csv", "amount,Line,words,day\r\n7,7,\"se;ven\",2024-02-29\r\n");
        Assert.Equal("Loaded 1 = 1 + 0 + 0 + 0", await harbor.LoadedAsync("lines"));
        harbor.Estate.Write("bad.csv", "Line,day,words,amount\n" + string.Concat(Enumerable.Repeat("x,,,\n", 9)));
        Assert.Contains("more than the", await harbor.LoadedAsync("lines", new() { Files = [$"{harbor.Estate.Folder}/bad.csv"] }),
            StringComparison.Ordinal);
        Assert.Equal("(failed,0)", await harbor.TextAsync("select state, rows_loaded from howdah.load_batch where state = 'failed'"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Bytes_and_times_of_day_go_straight_into_the_table(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        await harbor.Server.ExecuteAsync("set role shop_owner; create table clocks (id integer, raw bytea, at time)", harbor.Database);
        harbor.Declare("clocks: { files: clocks.csv, columns: { id: integer, raw: bytea, at: time }, into: public.clocks }");
        harbor.Estate.Write("clocks.csv", "id,raw,at\n1,\\x00ff,23:59:59.5\n2,zz,08:00\n3,\\x,24:00\n4,,\n");
        Assert.Equal("Loaded 4 = 2 + 0 + 2 + 0", await harbor.LoadedAsync("clocks"));
        Assert.Equal("(1,\"\\\\x00ff\",23:59:59.5)\n(4,,)", await harbor.TextAsync("select * from clocks"));
        Assert.Equal("(3,raw,syntax)\n(4,at,syntax)", await harbor.TextAsync("select line, column_name, rule from howdah.quarantine"));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Rows_take_the_place_of_those_with_their_key(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        // Unknown and ambiguous regions, a division by zero, two contents for one key, one content twice.
        harbor.Estate.Write("orders.csv", "id;day;region;amount\n1;29.02.2024;North;12,50\n2;01.03.2024;Nowhere;1\n3;01.03.2024;Twin;1\n"
            + "4;01.03.2024;South;0\n5;01.03.2024;South;5\n5;01.03.2024;South;6\n6;01.03.2024;North;8\n6;01.03.2024;North;8\n"
            + ";01.03.2024;North;1\n");
        var report = Assert.Single(await harbor.LoadAsync("orders"));
        Assert.Equal("Loaded 9 = 2 + 0 + 6 + 1", Harbor.Line(report));
        Assert.Equal("(1,2024-02-29,12.50,1,8.00)\n(6,2024-03-01,8.00,1,12.50)", await harbor.TextAsync("select * from orders"));
        Assert.Equal("(10,id,not-null)\n(3,region_id,lookup)\n(4,region_id,lookup)\n(5,,server)\n(6,id,conflict)\n(7,id,conflict)",
            await harbor.TextAsync($"select line, column_name, rule from howdah.quarantine where batch = {report.Batch}"));
        Assert.Equal("(4;01.03.2024;South;0)",
            await harbor.TextAsync("select convert_from(raw, 'UTF8') from howdah.quarantine where line = 5"));
        harbor.Estate.Write("orders.csv", "id;day;region;amount\n1;29.02.2024;North;12,50\n6;01.03.2024;South;8\n7;01.03.2024;South;8\n");
        Assert.Equal("Loaded 3 = 2 + 1 + 0 + 0", await harbor.LoadedAsync("orders"));

        harbor.Estate.Write("orders.csv", "id,words\n1,a\n2,b\n1,c\n");
        Assert.Equal("Loaded 3 = 2 + 0 + 0 + 1", await harbor.LoadedAsync("replayed"));
        Assert.Equal("(1,c)\n(2,b)", await harbor.TextAsync("select * from replayed"));
        harbor.Estate.Write("orders.csv", "id,words\n");
        Assert.Equal("Loaded 0 = 0 + 0 + 0 + 0", await harbor.LoadedAsync("replayed"));
        harbor.Estate.Write("events.csv", "id,words\n1,a\n2,b\n1,c\n");
        Assert.Equal("Loaded 3 = 2 + 1 + 0 + 0", await harbor.LoadedAsync("events"));
        Assert.Equal("(1,a)\n(2,b)", await harbor.TextAsync("select * from events"));
        harbor.Estate.Write("events.csv", "id,words\n");
        Assert.StartsWith("Failed: ", await harbor.LoadedAsync("events"), StringComparison.Ordinal);
        await harbor.Server.ExecuteAsync("alter table replayed rename words to word", harbor.Database);
        Assert.Equal("Failed: public.replayed has no column words: correct the pipeline, or add it by a migration",
            await harbor.LoadedAsync("replayed", new() { Force = true }));
        harbor.Estate.Write("events.csv", "id,word\n1,a\n");
        Assert.Contains("words", await harbor.LoadedAsync("events"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_at_hand_is_taken_from_its_package_once()
    {
        using var harbor = await Harbor.OpenAsync(18);
        var session = await harbor.Estate.OpenAsync();
        Assert.Equal(["fetched"], PipelineLoad.Order(session.Estate.Databases[0], withUp: true));
        Assert.Contains("npm cannot fetch file:package", await harbor.LoadedAsync("fetched"), StringComparison.Ordinal);
        // A script of the package would leave a trace.
        harbor.Estate.Write("package/package.json",
            """{ "name": "trial", "version": "1.0.0", "scripts": { "prepack": "touch ../ran", "prepare": "touch ../ran" } }""");
        harbor.Estate.Write("package/data/e.csv", "id,words\n7,other\n");
        Assert.Contains("npm:file:package/data/e.csv is not the file that is declared", await harbor.LoadedAsync("fetched"),
            StringComparison.Ordinal);
        harbor.Estate.Write("package/data/e.csv", "id,words\n7,fetched\n");
        var report = Assert.Single(await harbor.LoadAsync("fetched"));
        Assert.Equal(("npm:file:package/data/e.csv", "Loaded 1 = 1 + 0 + 0 + 0"), (report.Source, Harbor.Line(report)));
        Directory.Delete(Path.Combine(harbor.Estate.Folder, "package"), recursive: true);
        Assert.StartsWith("Known: ", await harbor.LoadedAsync("fetched"), StringComparison.Ordinal);
        // At hand it is the same content; another one there is another source.
        harbor.Estate.Write("here/e.csv", "id,words\n7,fetched\n");
        Assert.StartsWith("Known: ", await harbor.LoadedAsync("fetched"), StringComparison.Ordinal);
        harbor.Estate.Write("here/e.csv", "id,words\n8,mended\n");
        report = Assert.Single(await harbor.LoadAsync("fetched"));
        Assert.Equal(("here/e.csv", "Loaded 1 = 1 + 0 + 0 + 0"), (report.Source, Harbor.Line(report)));
        Assert.False(File.Exists(Path.Combine(harbor.Estate.Folder, "ran")));
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(harbor.Estate.Folder, ".howdah/fetched")));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_dimension_is_loaded_and_its_bad_row_is_tried_again(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        harbor.Estate.Write("customers.csv", "Customer ID,name,segment,effective_at\nc1,Ada,home,2024-01-01 00:00\n"
            + ",Nobody,home,2024-01-01 00:00\nc2,\"Bob\nB.\",home,2024-01-01 00:00\nc3,Eve,home,2999-01-01 00:00\nc4,Zoe,home,soon\n");
        var report = Assert.Single(await harbor.LoadAsync("customers"));
        Assert.Equal("Loaded 5 = 2 + 0 + 3 + 0", Harbor.Line(report));
        Assert.Equal("(3,key,\",Nobody,home,2024-01-01 00:00\")\n"
            + "(6,future,\"c3,Eve,home,2999-01-01 00:00\")\n(7,syntax,\"c4,Zoe,home,soon\")",
            await harbor.TextAsync("select line, rule, convert_from(raw, 'UTF8') from howdah.quarantine"));
        Assert.Equal("(\"Bob\nB.\")\n(Ada)", await harbor.TextAsync("select name from dw.customer where sk > 0"));

        // As if the source had meant another day: then one of three is good.
        await harbor.Server.ExecuteAsync("update howdah.quarantine "
            + "set raw = convert_to('c3,Eve,home,2023-01-01 00:00', 'UTF8') where line = 6",
            harbor.Database);
        var session = await harbor.Estate.OpenAsync();
        var database = session.Estate.Databases[0];
        var retried = Assert.Single(await Quarantine.RetryAsync(session, database, "customers", null, new(), default));
        Assert.Equal("Loaded 3 = 1 + 0 + 2 + 0", Harbor.Line(retried));
        var open = await Quarantine.ListAsync(session, database, "customers", null, 10, default);
        Assert.Equal([3, 7], open.Select(static row => row.Line).Order());
        Assert.All(open, row => Assert.Equal(retried.Batch, row.Batch));
        Assert.Equal("(2,t)", await harbor.TextAsync($"""
            select count(*), bool_and(resolved_batch = {retried.Batch}) from howdah.quarantine where batch = {report.Batch} and line <> 6
            """));
        await Assert.ThrowsAsync<ArgumentException>(() => Quarantine.DiscardAsync(session, database, retried.Batch, null, " ", default));
        Assert.Equal(2, await Quarantine.DiscardAsync(session, database, retried.Batch, null, "not worth it", default));
        Assert.Empty(await Quarantine.ListAsync(session, database, null, null, 10, default));
        Assert.Equal("(t)\n(t)", await harbor.TextAsync("select raw is null from howdah.quarantine where resolved_why is not null"));
        Assert.Equal(2, (await Quarantine.BatchesAsync(session, database, "customers", 10, default)).Count);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_commit_whose_answer_is_lost_is_looked_up(int major)
    {
        using var other = await Harbor.OpenAsync(major);
        using var proxy = new CuttingProxy(other.Server.Port);
        using var harbor = await Harbor.OpenAsync(major, _ => proxy.Port);
        harbor.Estate.Write("events.csv", "id,words\n1,a\n");
        foreach (var (cut, again) in ((CuttingProxy.Cut, bool)[])[(CuttingProxy.Cut.Answer, false), (CuttingProxy.Cut.Before, true)])
        {
            var cuts = 0;
            proxy.Judge = said => said.Contains("COMMIT\0", StringComparison.Ordinal) && cuts++ == 0 ? cut : CuttingProxy.Cut.No;
            Assert.Equal("Loaded 1 = 1 + 0 + 0 + 0", await harbor.LoadedAsync("events"));
            Assert.Equal(again ? 2 : 1, cuts);
            proxy.Mend();
            harbor.Estate.Write("events.csv", "id,words\n2,b\n");
        }
        Assert.Equal("(1,a)\n(2,b)", await harbor.TextAsync("select * from events"));
        Assert.Equal("(2)", await harbor.TextAsync("select count(*) from howdah.load_batch where state = 'done'"));
    }
}
