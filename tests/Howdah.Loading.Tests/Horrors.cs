using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Howdah.Loading.Tests;

/// <summary>What files in CSV can be, each with its report. One bad record never costs the next.</summary>
public sealed class Horrors
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Each_bad_record_is_kept_with_its_place_and_reason_and_the_others_are_loaded(int major)
    {
        var home = await LoadHome.MakeAsync(major, "create table t (a int not null, b text, line bigint)");
        // A mark, columns in another order and one too many, line ends of both kinds, \. as plain data, no line end at the end.
        List<byte> file = [0xEF, 0xBB, 0xBF];
        var places = new Dictionary<string, (int Line, int Offset, string Raw)>();
        var line = 1;
        void Add(string record, string? rule = null, string end = "\n")
        {
            byte[] bytes = [.. record.SelectMany(static each =>
                each >= '\uf700' ? [(byte)(each - 0xf700)] : Encoding.UTF8.GetBytes([each]))];
            if (rule is not null)
                places.Add(rule, (line, file.Count, Encoding.Latin1.GetString(bytes)));
            file.AddRange([.. bytes, .. Encoding.UTF8.GetBytes(end)]);
            line += (record + end).Count(static each => each == '\n');
        }
        Add("b,unused,a");
        Add("one,,1", end: "\r\n");
        Add("\"two\nlines, and a \"\"quote\"\"\",,2");
        Add("\\.,,3");
        Add(",,4");
        Add("\"\",,5");
        Add("ragged,6", Rules.FieldCount);
        Add("x\"y,\"z\",7", Rules.StrayQuote);
        Add("\"a\"b,,8", Rules.AfterQuote);
        Add("zero\0byte,,9", Rules.ZeroByte);
        Add("\uf7ff\uf7fe,,10", Rules.Encoding);
        Add("lone\rreturn,,11", Rules.LoneCarriageReturn);
        Add("", Rules.BlankLine);
        Add("b,unused,a", Rules.RepeatedHeader);
        Add("word,,zwölf", Rules.Syntax);
        Add("much,,99999999999", Rules.Range);
        Add("none,,", Rules.NotNull);
        Add(" spaces ,,13", end: "\r\n");
        Add("\"open,,14", Rules.OpenQuote);
        Add("after,,15");
        Add("last,,16", end: "");

        var counts = await home.LoadAsync(file.ToArray(), null, new("a"), new("b"), LoadField.Counted("line", Filling.Line));

        Assert.Equal(["(1,one,2)", "(2,\"two\nlines, and a \"\"quote\"\"\",3)", "(3,\"\\\\.\",5)", "(4,,6)", "(5,\"\",7)",
            "(13,\" spaces \",19)", "(15,after,21)", "(16,last,22)"], await home.RowsAsync());
        Assert.Equal(places.Keys.Order(), home.Rejects.Select(static row => row.Rule).Order());
        foreach (var row in home.Rejects)
            Assert.Equal((places[row.Rule].Line, places[row.Rule].Offset, places[row.Rule].Raw), (row.Line, row.ByteOffset,
                Encoding.Latin1.GetString(row.Raw)));
        Assert.Contains(home.Rejects, static row => row.Message == "the record has 2 fields and the header 3");
        Assert.Contains(home.Rejects, row => row.Message == $"the quote at byte {places[Rules.OpenQuote].Offset} is never closed");
        Assert.Contains(home.Rejects, static row =>
            row is { Column: "a", SqlState: "22P02", Message: "column a: \"zwölf\" is no integer" });
        Assert.Equal((20, 8, 12, 0, file.Count), (counts.Records, counts.Sent, counts.Rejected, counts.Skipped, counts.Bytes));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file.ToArray())), counts.Sha256);
        Assert.Equal((true, false, 22), (counts.MixedLineEnds, counts.EndsInNewline, counts.Lines));
        Assert.Equal(["unused"], counts.Unused);
    }
}
