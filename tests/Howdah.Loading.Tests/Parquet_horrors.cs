using System.IO.Compression;
using Howdah.Loading.Parquet;
using Howdah.Testing;
using ParquetSharp;
using Xunit;
using Encoding = System.Text.Encoding;

namespace Howdah.Loading.Tests;

/// <summary>What Parquet files can be: each is told in one sentence, whatever is broken, and none of its rows is there.</summary>
public sealed class Parquet_horrors
{
    static readonly Reading Typed = new() { Reader = ParquetFiles.Reader };

    static readonly CopyColumn Name = new("name", "text", "text", -1, false, false, []);

    static readonly MadeColumn[] Good = [MadeColumn.Int("id", [.. Enumerable.Range(0, 3000).Select(static i => (int?)i)]),
        MadeColumn.Text("name", [.. Enumerable.Range(0, 3000).Select(static i => i % 7 == 0 ? null : $"name {i}")])];

    static byte[] Lists()
    {
        using var stream = new MemoryStream();
        using (var file = new ParquetFileWriter(stream, [new Column<int>("id"), new Column<int[]>("name")], leaveOpen: true))
        {
            using var rows = file.AppendRowGroup();
            using (var ids = rows.NextColumn().LogicalWriter<int>())
                ids.WriteBatch([1]);
            using (var lists = rows.NextColumn().LogicalWriter<int[]>())
                lists.WriteBatch([[1, 2]]);
            file.Close();
        }
        return stream.ToArray();
    }

    static byte[] Encrypted(bool footer)
    {
        using var builder = new FileEncryptionPropertiesBuilder(new byte[16]);
        using var secret = (footer ? builder : builder.SetPlaintextFooter()).Build();
        return ParquetMaker.Write(Good, with: with => with.Encryption(secret));
    }

    static byte[] Gzipped(byte[] file)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(file);
        return packed.ToArray();
    }

    [Fact]
    public async Task Each_is_refused_in_one_sentence()
    {
        var home = await LoadHome.MakeAsync(18, "create table t (id int, name text, day date)");
        var good = ParquetMaker.Write(Good, 1000);
        byte[] broken = [.. good];
        // Inside the second row group's pages, which a checksum covers.
        var summed = ParquetMaker.Write(Good, 1000, static with => with.EnablePageChecksum().Compression(Compression.Uncompressed));
        summed[summed.Length / 2] ^= 0x40;
        broken.AsSpan(good.Length - 60, 40).Fill(0xff);
        (byte[] File, string[] Fields, string Sentence)[] horrors =
        [
            (good, ["id", "nam"], "there is no column \"nam\": the file has \"id\", \"name\""),
            (good, ["id", "Name"], "there is no column \"Name\", but \"name\": write the source exactly as the file has it"),
            ([], ["id"], "is no Parquet file: it does not begin with PAR1"),
            ("id,name\n1,a\n"u8.ToArray(), ["id"], "is no Parquet file: it does not begin with PAR1"),
            (good[..^100], ["id"], "does not end as Parquet files do: it was cut or is being written; get it again"),
            ("PAR1PAR1"u8.ToArray(), ["id"], "does not end as Parquet files do"),
            ("PAR1abcdefghPAR1"u8.ToArray(), ["id"], "its last part, which describes it, cannot be read ("),
            (broken, ["id"], "the file is broken or was cut; get it again"),
            (summed, ["id", "name"], "row group 2 cannot be read"),
            (Gzipped(good), ["id"], "is compressed as a whole, and Parquet is compressed inside: decompress it first"),
            (Encrypted(true), ["id"], "is encrypted, and no keys are known here"),
            (Encrypted(false), ["id"], "cannot be"),
            (Lists(), ["id", "name"], "the column name is nested (a list), and a table's column takes one value"),
            (good, ["id", "name", "day"], "there is no column \"day\""),
            (ParquetMaker.Write([MadeColumn.Int("day", 1)]), ["day"], "the column day holds int32, which is no date: declare the column as "
                + "what it is"),
            (ParquetMaker.Write([MadeColumn.Int("id", 1), MadeColumn.Int("id", 2)]), ["id"], "the file has \"id\" 2 times"),
            (ParquetMaker.Write([new("id", PhysicalType.FixedLenByteArray, LogicalType.Interval(), [new byte[12]], 12)]), ["id"],
                "the column id has the type Interval over FixedLenByteArray, which is not read"),
            (ParquetMaker.Write([MadeColumn.Int("id")]), ["id"], "holds no records"),
        ];
        foreach (var (file, fields, sentence) in horrors)
        {
            var wrong = await Assert.ThrowsAsync<LoadException>(() => home.LoadAsync(LoadHome.Input(file, "x.parquet"), Typed, 1,
                static job => job, [.. fields.Select(static field => new LoadField(field is "nam" or "Name" ? "name" : field, field))]));
            Assert.Contains(sentence, wrong.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', wrong.Message);
            Assert.Contains("x.parquet", wrong.Message, StringComparison.Ordinal);
        }
        Assert.Equal(["0"], await home.RowsAsync("select count(*)::text from t"));

        // Nothing that is nested is in the way where nobody wants it; a column that may be missing may be; nor are keys needed for a list.
        var counts = await home.LoadAsync(LoadHome.Input(Lists()), Typed, 1, static job => job, new LoadField("id"),
            new LoadField("day", Optional: true));
        Assert.Equal(["name"], counts.Unused);
        Assert.Equal(["(1,,)"], await home.RowsAsync());
        var unseekable = new LoadInput("-", _ => new(new OpenedInput(new GZipStream(new MemoryStream(Gzipped(good)),
            CompressionMode.Decompress), null)));
        Assert.Contains("keep it in a file first", (await Assert.ThrowsAsync<LoadException>(() =>
            home.LoadAsync(unseekable, Typed, 1, static job => job, new LoadField("id")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_broken_byte_is_an_error_or_harmless_and_never_the_end_of_the_process()
    {
        var good = ParquetMaker.Write(Good, 1000, static with => with.EnablePageChecksum());
        var random = new Random(7);
        var (refused, read) = (0, 0);
        var target = new CopyTarget("t", [new("id", "int4", "integer", -1, false, false, []), Name]);
        for (var round = 0; round < (Campaign.Full ? 20_000 : 400); round++)
        {
            byte[] file = [.. good];
            // Half of them in the last part, which is a tenth of the file and says where everything is.
            for (var i = 0; i <= round % 3; i++)
                file[round % 2 == 0 ? random.Next(file.Length) : file.Length - 9 - random.Next(900)] = (byte)random.Next(256);
            if (round % 5 == 0)
                file = [.. file[..random.Next(file.Length / 2)], .. file[(file.Length / 2)..]];
            try
            {
                var counts = await CopyLoad.CheckAsync(LoadHome.Input(file), new(target, [new("id"), new("name")], Typed),
                    static (_, _) => ValueTask.CompletedTask);
                Assert.Equal(counts.Records, counts.Sent + counts.Rejected);
                read++;
            }
            catch (LoadException)
            {
                refused++;
            }
        }
        Assert.True(refused > 100 && read > 5, $"{refused} were refused, {read} were read");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Rows_that_only_the_server_can_refuse_are_found_and_read_again(int major)
    {
        var home = await LoadHome.MakeAsync(major, "create table t (id int primary key, name text check (name <> 'name 2222'))");
        var ids = MadeColumn.Int("id", [.. Enumerable.Range(0, 3000).Select(static i => (int?)(i == 700 ? 699 : i))]);
        var file = ParquetMaker.Write([ids, Good[1]], 1000);

        var counts = await home.LoadAsync(LoadHome.Input(file), Typed, 1, static job => job with { FindRefused = true });

        Assert.Equal((3000, 2998, 2), (counts.Records, counts.Sent, counts.Rejected));
        Assert.Equal([(700L, "23505"), (2222L, "23514")], home.Rejects.Select(static row => (row.ByteOffset, row.SqlState)));
        var job = new LoadJob(new("t", [new("id", "int4", "integer", -1, true, false, []), Name]), [new("id"), new("name")], Typed);
        var rows = await ParquetFiles.RowsAsync(LoadHome.Input(file), job, [2222, 700, 701, 2999, 3000]);
        Assert.Equal([(700L, "{\"id\":699,\"name\":null}", "row group 1, row 701"),
            (701L, "{\"id\":701,\"name\":\"name 701\"}", "row group 1, row 702"),
            (2222L, "{\"id\":2222,\"name\":\"name 2222\"}", "row group 3, row 223"), (2999L, "{\"id\":2999,\"name\":\"name 2999\"}",
            "row group 3, row 1000")], rows.OrderBy(static row => row.Key).Select(static row => (row.Key,
                Encoding.UTF8.GetString(row.Value.Json), row.Value.Place)));
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_refused()
    {
        using var folder = new Howdah.Testing.TempFolder();
        var path = Path.Combine(folder.Path, "x.parquet");
        await File.WriteAllBytesAsync(path, ParquetMaker.Write(Good, 1000));
        var job = new LoadJob(new("t", [Name]), [new("name")], Typed);
        Task<LoadCounts> Load(Action meanwhile) =>
            CopyLoad.CheckAsync(LoadInput.File(path), job, static (_, _) => ValueTask.CompletedTask, new Progress(meanwhile));
        Assert.Equal(3000, (await Load(static () => { })).Sent);
        var wrong = await Assert.ThrowsAsync<LoadException>(() =>
            Load(() => File.SetLastWriteTimeUtc(path, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc))));
        Assert.EndsWith("x.parquet was changed while it was read: load it when it is whole", wrong.Message, StringComparison.Ordinal);
    }

    sealed class Progress(Action report) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => report();
    }
}
