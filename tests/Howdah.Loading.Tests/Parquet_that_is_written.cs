using Howdah.Loading.Parquet;
using Npgsql;
using ParquetSharp;
using Xunit;

namespace Howdah.Loading.Tests;

/// <summary>What a binary COPY sends, in a file and back again.</summary>
public sealed class Parquet_that_is_written
{
    public static TheoryData<int> Versions => [18, 15];

    static readonly WrittenColumn[] Columns =
    [
        new("id", WrittenType.BigInt), new("words", WrittenType.Text), new("amount", WrittenType.Numeric, 12, 2),
        new("at", WrittenType.TimestampTz),
    ];

    // Row groups end by their number of rows, and by their size: a text of 40 MB stands alone with what came before it.
    const string Table = """
        create table t (id bigint, words text, amount numeric(12,2), at timestamptz);
        insert into t select n, case when n = 200000 then repeat('x', 40000000) when n % 3 > 0 then 'w' || n end, n / 100.0 - 7,
          case when n % 5 > 0 then timestamptz '1900-01-01' + make_interval(hours => n) end
        from generate_series(1, 300000) n
        """;

    const string Digest = "select count(*) || ' ' || sum(hashtextextended(t::text, 0)) from t";

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Comes_back_as_it_was_whatever_its_size(int major)
    {
        var home = await LoadHome.MakeAsync(major, Table);
        await using var connection = await home.OpenAsync();
        async Task<object?> AskAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteScalarAsync();
        }
        var before = await AskAsync(Digest);
        var file = new MemoryStream();
        await using (var copy = await connection.BeginRawBinaryCopyAsync(
            "copy (select id, words, amount::text, at from t) to stdout (format binary)"))
            Assert.Equal(300_000, await ParquetWriting.WriteAsync(copy, Columns, file));
        Assert.Equal([131_072, 68_928, 100_000], Groups(file.ToArray()));
        await AskAsync("truncate t");

        var counts = await home.LoadAsync(file.ToArray(), new() { Reader = ParquetFiles.Reader, MaxFieldBytes = int.MaxValue });

        Assert.Equal((300_000L, 0L), (counts.Sent, counts.Rejected));
        Assert.Equal(before, await AskAsync(Digest));
        // What is no COPY, or is cut, is told.
        byte[] cut = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        foreach (var wrong in new byte[][] { [.. "PGCOPY and more of it"u8], cut })
            await Assert.ThrowsAsync<FormatException>(() =>
                ParquetWriting.WriteAsync(new MemoryStream(wrong), Columns, new MemoryStream()));
    }

    static List<long> Groups(byte[] file)
    {
        var rows = new List<long>();
        using var reader = new ParquetFileReader(new MemoryStream(file));
        for (var i = 0; i < reader.FileMetaData.NumRowGroups; i++)
        {
            using var group = reader.RowGroup(i);
            rows.Add(group.MetaData.NumRows);
        }
        return rows;
    }
}
