using System.IO.Compression;
using System.Text;
using Npgsql;
using Xunit;
using ZstdSharp;

namespace Howdah.Loading.Tests;

/// <summary>Several streams, large and compressed files, and rows that only the server can refuse.</summary>
public sealed class Streams_and_refusals
{
    /// <summary>30,000 records of some MB, each fourth with line ends in quotes, each thousandth bad.</summary>
    static string File()
    {
        var text = new StringBuilder("id,name,price\n");
        for (var i = 0; i < 30_000; i++)
        {
            text.Append(i % 1000 == 999 ? $"x{i}" : $"{i}")
                .Append(i % 4 == 0 ? $",\"a\n\"\"{i}\"\",b\r\n{new string('y', i % 300)}\"" : $",name {i}")
                .Append($",{i}.25\n");
        }
        return text.ToString();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Two_streams_load_what_one_does_and_so_do_compressed_files(int major)
    {
        var home = await LoadHome.MakeAsync(major, "create table t (id int, name text, price numeric(9,2), line bigint)");
        var bytes = Encoding.UTF8.GetBytes(File());
        LoadField[] fields = [new("id"), new("name"), new("price"), LoadField.Counted("line", Filling.Line)];
        const string Digest = "select count(*) || ' ' || md5(string_agg(t::text, ',' order by id)) from t";
        byte[] Gzip()
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
                gzip.Write(bytes);
            return packed.ToArray();
        }
        using var compressor = new Compressor();
        var seen = new List<string>();
        foreach (var (content, streams) in ((byte[], int)[])[(bytes, 1), (bytes, 2), (Gzip(), 3), (compressor.Wrap(bytes).ToArray(), 1)])
        {
            await home.RowsAsync("truncate t; select 'x'");
            var counts = await home.LoadAsync(LoadHome.Input(content), null, streams, static job => job with { RejectedBatch = 7 }, fields);
            Assert.Equal((30_000, 30, content.Length, bytes.Length), (counts.Records, counts.Rejected, counts.Bytes,
                counts.DecompressedBytes));
            seen.Add((await home.RowsAsync(Digest))[0] + string.Join(',', home.Rejects.Select(static row => (row.Line,
                row.ByteOffset)).Order()));
        }
        Assert.StartsWith("29970 ", seen[0], StringComparison.Ordinal);
        Assert.Single(seen.Distinct());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Rows_that_only_the_server_can_refuse_are_found_one_by_one(int major)
    {
        var home = await LoadHome.MakeAsync(major, """
            create domain even as int check (value % 2 = 0);
            create table t (id int primary key, two even, price int check (price < 100));
            """);
        var text = new StringBuilder("id,two,price\n");
        for (var i = 0; i < 5000; i++)
            text.Append(i == 700 ? 699 : i).Append(i == 1234 ? ",3" : ",2").Append(i == 4999 ? ",100\n" : ",1\n");
        // Both at once: a record the loader rejects beside those the server does.
        text.Append("x,2,1\n");

        var counts = await home.LoadAsync(LoadHome.Input(Encoding.UTF8.GetBytes(text.ToString())), null, 1,
            static job => job with { FindRefused = true });

        Assert.Equal((5001, 4997, 4), (counts.Records, counts.Sent, counts.Rejected));
        Assert.Equal(["4997"], await home.RowsAsync("select count(*)::text from t"));
        Assert.Equal([(702, "23505", "699,2,1"), (1236, "23514", "1234,3,1"), (5001, "23514", "4999,2,100"), (5002, "22P02", "x,2,1")],
            home.Rejects.OrderBy(static row => row.Line).Select(static row => ((int)row.Line, row.SqlState,
                Encoding.UTF8.GetString(row.Raw))));
        // Without being told to look for it, the load fails as a whole.
        var failed = await Assert.ThrowsAsync<PostgresException>(() => home.LoadAsync(text.ToString()));
        Assert.StartsWith("23", failed.SqlState, StringComparison.Ordinal);
        Assert.Equal(["4997"], await home.RowsAsync("select count(*)::text from t"));
    }
}
