using System.Diagnostics;
using Howdah.Loading.Parquet;
using ParquetSharp;
using Xunit;

namespace Howdah.Loading.Tests;

/// <summary>What is measured is the memory of the whole process, so no other test may run beside.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

/// <summary>A file may be larger than memory.</summary>
[Collection(typeof(Alone))]
public sealed class Memory_of_the_loader
{
    [Fact]
    public async Task Memory_stays_small_whatever_the_file()
    {
        // 400 MB: rows, a field of 100 MB in quotes with commas and doubled quotes inside, and rows again.
        CopyTarget target = new("t", [new("a", "int4", "integer", -1, false, false, []),
            new("b", "text", "text", -1, false, false, [])]);
        var before = GC.GetTotalMemory(true);
        var most = 0L;
        var input = new LoadInput("large.csv", _ => new(new OpenedInput(new Generated(), null)));
        var rejects = new List<RejectedRow>();
        var counts = await CopyLoad.CheckAsync(input, new(target, [new("a"), new("b")], new()), (batch, _) =>
        {
            rejects.AddRange(batch.Rows);
            return default;
        }, new Watch(() => most = Math.Max(most, GC.GetTotalMemory(false))));
        Assert.Equal(Rules.RecordLength, Assert.Single(rejects).Rule);
        Assert.Equal((Generated.Rows + 1, Generated.Rows), (counts.Records, counts.Sent));
        Assert.True(rejects[0].Length > 100_000_000 && rejects[0].Raw.Length == new Reading().MaxRawBytes);
        Assert.InRange(most - before, 0, 190 << 20);
    }

    [Fact]
    public async Task Memory_hangs_on_pages_and_not_on_row_groups_or_texts()
    {
        var home = await LoadHome.MakeAsync(18, "create unlogged table t (id int, name text)");
        // One row group of some 200 MB once decompressed: 400,000 rows, each hundredth with a text of 50 KB.
        var text = new string('x', 50_000);
        var file = ParquetMaker.Write([MadeColumn.Int("id", [.. Enumerable.Range(0, 400_000).Select(static i => (int?)i)]),
            MadeColumn.Text("name", [.. Enumerable.Range(0, 400_000).Select(i => i % 100 == 0 ? text : $"name {i}")])],
            with: static with => with.Compression(Compression.Zstd).DisableDictionary());
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        var most = 0L;
        var connection = await home.OpenAsync();
        await using var closing = connection;
        var target = await CopyTarget.ReadAsync(connection, "public", "t");

        var counts = await CopyLoad.RunAsync([connection], LoadHome.Input(file),
            new(target, [new("id"), new("name")], new() { Reader = ParquetFiles.Reader }), static (_, _) => ValueTask.CompletedTask,
            new Watch(() =>
            {
                process.Refresh();
                most = Math.Max(most, process.WorkingSet64);
            }));

        Assert.Equal((400_000, 400_000), (counts.Records, counts.Sent));
        Assert.Equal(["400000 204"], await home.RowsAsync("select count(*) || ' ' || sum(length(name)) / 1000000 from t"));
        Assert.True(most - before < 160 << 20, $"{(most - before) >> 20} MB more");
    }

    sealed class Watch(Action look) : IProgress<LoadProgress>
    {
        long calls;

        public void Report(LoadProgress value)
        {
            if (calls++ % 20 == 0)
                look();
        }
    }

    /// <summary>A file that is made while it is read.</summary>
    sealed class Generated : MemoryStream
    {
        internal const int Rows = 2 * 1_000_000;
        readonly byte[] row = 
            [.. "12345,\"some text, a \"\"quote\"\" and so on, until the line is a hundred bytes or so long; that will do\"\n"u8];
        readonly byte[] piece = [.. string.Concat(Enumerable.Repeat("word, \"\"x\"\" ", 1000)).Select(static each => (byte)each)];
        int part;
        ReadOnlyMemory<byte> now = "a,b\n"u8.ToArray();

        public override int Read(Span<byte> buffer)
        {
            if (now.IsEmpty)
                now = Next();
            var length = Math.Min(buffer.Length, now.Length);
            now.Span[..length].CopyTo(buffer);
            now = now[length..];
            return length;
        }

        ReadOnlyMemory<byte> Next()
        {
            var (half, pieces) = (Rows / 2000, 9000);
            var at = part++;
            if (at < half || (at > half + pieces + 1 && at <= (2 * half) + pieces + 1))
                return thousand ??= [.. Enumerable.Repeat(row, 1000).SelectMany(static each => each)];
            return at == half ? "1,\""u8.ToArray() : at == half + pieces + 1 ? "\"\n"u8.ToArray() : at <= half + pieces ? piece : default;
        }

        byte[]? thousand;
    }
}
