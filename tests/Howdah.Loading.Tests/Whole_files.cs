using System.IO.Compression;
using System.Text;
using Xunit;

namespace Howdah.Loading.Tests;

/// <summary>Files that are refused as a whole, and files that are larger than memory may be. Nothing is sent: no server is
/// needed.</summary>
public sealed class Whole_files
{
    static readonly CopyTarget Target = new("t", [new("a", "int4", "integer", -1, false, false, []), new("b", "text", "text", -1, false,
        false, [])]);
    static readonly LoadJob Job = new(Target, [new("a"), new("b")], new());

    static async Task<(LoadCounts Counts, List<RejectedRow> Rejects)> CheckAsync(LoadInput input, Reading? reading = null)
    {
        var rejects = new List<RejectedRow>();
        var counts = await CopyLoad.CheckAsync(input, Job with { Reading = reading ?? new() }, (batch, _) =>
        {
            rejects.AddRange(batch.Rows);
            return default;
        });
        Assert.Equal(counts.Records, counts.Sent + counts.Rejected + counts.Skipped);
        return (counts, rejects);
    }

    static Task<(LoadCounts Counts, List<RejectedRow> Rejects)> CheckAsync(string text, Reading? reading = null,
        Encoding? encoding = null) =>
        CheckAsync(LoadHome.Input((encoding ?? Encoding.UTF8).GetBytes(text)), reading);

    [Theory]
    [InlineData("", "test.csv is empty")]
    [InlineData("a,b\n", "holds no records")]
    [InlineData("a,c\n1,2\n", "there is no column \"b\": the header has \"a\", \"c\"")]
    [InlineData("a,b\u00a0\n1,2\n", "there is no column \"b\", but \"b\\u00a0\"")]
    [InlineData("a,A \n1,2\n", "there is no column \"b\"")]
    [InlineData("a,b,a\n1,2,3\n", "the header has \"a\" 2 times")]
    [InlineData("a,\"b\n1,2\n", "the header is no record")]
    [InlineData("\u00ff\n", "is no text in the encoding utf-8", true)]
    public async Task A_file_that_cannot_be_meant_is_refused(string text, string said, bool latin = false)
    {
        var refused = await Assert.ThrowsAsync<LoadException>(() => CheckAsync(text, null, latin ? Encoding.Latin1 : null));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_declared_is_allowed()
    {
        Assert.Equal(0, (await CheckAsync("", new() { MayBeEmpty = true })).Counts.Records);
        Assert.Equal(0, (await CheckAsync("b,a\n", new() { MayBeEmpty = true })).Counts.Records);
        var (counts, _) = await CheckAsync("b\ta\n\nx\t1\nb\ta\ny\t2\n\n", new()
        {
            Delimiter = '\t', BlankLines = BlankLines.Skip, HeaderMayRepeat = true,
        });
        Assert.Equal((5, 2, 3), (counts.Records, counts.Sent, counts.Skipped));
        Assert.Equal(2, (await CheckAsync("1;x\r2;y", new() { Delimiter = ';', Header = false, Columns = ["a", "b"],
            LoneCarriageReturns = true }))
            .Counts.Sent);
        (counts, var rejects) = await CheckAsync("a,b\n1,'x\\'y, \\n'\n2,'z\n", new() { Quote = '\'', Escape = '\\' });
        Assert.Equal((1, Rules.OpenQuote), (counts.Sent, Assert.Single(rejects).Rule));
    }

    [Fact]
    public async Task Other_encodings_are_read_as_declared_and_never_guessed()
    {
        const string Text = "a,b\n1,zwölf €\n2,😀\n";
        Assert.Equal(2, (await CheckAsync(LoadHome.Input([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Text)]),
            new() { Encoding = "utf-16" })).Counts.Sent);
        Assert.Equal(2, (await CheckAsync(Text, new() { Encoding = "utf-16be" }, Encoding.BigEndianUnicode)).Counts.Sent);
        var refused = await Assert.ThrowsAsync<LoadException>(() => CheckAsync(LoadHome.Input([0xFF, 0xFE,
            .. Encoding.Unicode.GetBytes(Text)])));
        Assert.Contains("declare encoding: utf-16", refused.Message, StringComparison.Ordinal);
        // Half of a pair is a fault of its field only; 0x81 is no character of windows-1252, 0x80 is the euro.
        var (counts, rejects) = await CheckAsync(LoadHome.Input(
            [.. Encoding.Unicode.GetBytes("a,b\n1,x"), 0x3D, 0xD8, .. Encoding.Unicode.GetBytes("y\n2,z\n")]),
                new() { Encoding = "utf-16" });
        Assert.Equal((1, Rules.Encoding), (counts.Sent, Assert.Single(rejects).Rule));
        (counts, rejects) = await CheckAsync(LoadHome.Input([.. "a,b\n1,"u8, 0x80, .. "\n2,"u8, 0x81, .. "\n3,c\n"u8]),
            new() { Encoding = "windows-1252" });
        Assert.Equal((2, Rules.Encoding, 3), (counts.Sent, Assert.Single(rejects).Rule, (int)rejects[0].Line));
    }

    [Fact]
    public async Task Bombs_cut_files_and_broken_ones_are_refused()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Encoding.ASCII.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("1,\n", 8_000_000))));
        var bytes = packed.ToArray();
        var bomb = await Assert.ThrowsAsync<LoadException>(() => CheckAsync(LoadHome.Input(bytes), new() { MaxCompressionRatio = 100 }));
        Assert.Contains("past the limits of decompression", bomb.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LoadException>(() => CheckAsync(LoadHome.Input(bytes[..^2000])));
        var cut = new LoadInput("cut.csv", _ => new(new OpenedInput(new MemoryStream([.. "a,b\n1,2\n"u8]), 100)));
        Assert.Contains("ended after 8", (await Assert.ThrowsAsync<LoadException>(() => CheckAsync(cut))).Message,
            StringComparison.Ordinal);
    }
}
