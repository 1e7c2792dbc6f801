using System.Text;
using CsCheck;
using Howdah.Loading.Csv;
using Howdah.Loading.Inputs;
using Xunit;

namespace Howdah.Loading.Tests;

/// <summary>The scanner, which looks at 32 bytes at a time and goes on across blocks, finds what a plain reader finds that has all in
/// memory and
/// looks at one character after the other.</summary>
public sealed class Any_bytes
{
    static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    static readonly Gen<string> Soup = Gen.OneOf(OneOf("a", ",", "\"", "\"\"", "\n", "\r\n", "\r", "\",\"", "\"\n\"", "bc\n"),
        Gen.Int[1, 70].Select(static length => new string('x', length))).List[0, 60].Select(static parts => string.Concat(parts));

    [Fact]
    public void Are_read_alike_by_the_scanner_and_by_a_plain_reader() =>
        Gen.Select(Soup, Gen.Int[2, 300], Gen.Int[1, 80], Gen.Bool).Sample((text, block, piece, lone) =>
        {
            var reading = new Reading { LoneCarriageReturns = lone, MaxLinesInRecord = 3, Header = false };
            Assert.Equal(Plain(text, reading), Scanned(text, reading, block, piece));
        }, iter: 20_000, seed: "0000KOIPe036");

    [Fact]
    public void That_were_written_as_CSV_are_read_back()
    {
        var field = OneOf('a', ',', '"', '\n', '\r', 'é', '\\', '.').Array[0, 40].Select(static each => new string(each));
        Gen.Select(field.Array[3].List[1, 20], Gen.Int[2, 300], Gen.Int[1, 80], Gen.Bool).Sample((rows, block, piece, crlf) =>
        {
            var text = string.Concat(rows.Select(row => string.Join(',', row.Select(static each =>
                $"\"{each.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + (crlf ? "\r\n" : "\n")));
            var expected = rows.Select(static row => string.Join('|', row.Select(static each => "q" + each))).ToList();
            Assert.Equal(expected, Scanned(text, new() { Header = false }, block, piece)
                .Select(static record => record[(record.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }, iter: 3_000, seed: "0000KOIPe036");
    }

    static List<string> Scanned(string text, Reading reading, int size, int piece)
    {
        var input = LoadHome.Input(Encoding.UTF8.GetBytes(text));
        using var source = ByteSource.OpenAsync(input with
        {
            OpenAsync = _ => new(new OpenedInput(new Pieces(Encoding.UTF8.GetBytes(text), piece), null)),
        }, reading, default).AsTask().GetAwaiter().GetResult();
        var blocks = new CsvBlocks(source, reading);
        var block = new RecordBlock(size);
        var records = new List<string>();
        while (blocks.Fill(block))
        {
            for (var i = 0; i < block.RecordCount; i++)
            {
                var record = block.Records[i];
                var fields = Enumerable.Range(record.FirstField, record.Fault == RecordFault.None ? record.Fields : 0).Select(at =>
                {
                    var field = block.Fields[at];
                    var bytes = block.Data.AsSpan(field.Start, field.End - field.Start);
                    return (field.Quoted ? "q" : "")
                        + Encoding.UTF8.GetString(field.Escaped ? CsvBlocks.Unescape(bytes, reading) : bytes);
                });
                records.Add($"{record.Line}:{block.Offset + record.Start}:{record.Number}{(record.Fault == 0 ? "" : record.Fault)} "
                    + string.Join('|', fields));
            }
        }
        return records;
    }

    static List<string> Plain(string text, Reading reading)
    {
        var records = new List<string>();
        var line = 1;
        for (var start = 0; start < text.Length;)
        {
            var (fault, next, fields) = Record(text, start, reading);
            records.Add($"{line}:{start}:{records.Count + 1}{(fault == 0 ? "" : fault)} {(fault == 0 ? string.Join('|', fields) : "")}");
            // A carriage return that ends a record ends a line.
            line += text[start..next].Count(static each => each == '\n')
                + ((fault is RecordFault.None or RecordFault.Blank) && text[next - 1] == '\r' ? 1 : 0);
            start = next;
        }
        return records;
    }

    static (RecordFault Fault, int Next, List<string> Fields) Record(string text, int start, Reading reading)
    {
        var (fields, field, at, lines) = (new List<string>(), new StringBuilder(), start, 0);
        (RecordFault, int, List<string>) Fault(RecordFault fault, int seek)
        {
            var end = text.IndexOf('\n', seek);
            return (fault, end < 0 ? text.Length : end + 1, fields);
        }
        while (true)
        {
            if (at < text.Length && text[at] == '"')
            {
                var open = at++;
                for (field.Append('q'); ; at++)
                {
                    if (at >= text.Length || (text[at] == '\n' && ++lines > reading.MaxLinesInRecord))
                        return Fault(RecordFault.OpenQuote, open);
                    if (text[at] == '"' && !(at + 1 < text.Length && text[at + 1] == '"'))
                        break;
                    if (text[at] == '"')
                        at++;
                    field.Append(text[at]);
                }
                if (++at < text.Length && text[at] is not (',' or '\n' or '\r'))
                    return Fault(RecordFault.AfterQuote, open);
            }
            while (at < text.Length && text[at] is not (',' or '\n' or '\r'))
            {
                if (text[at] == '"')
                    return Fault(RecordFault.StrayQuote, at);
                field.Append(text[at++]);
            }
            fields.Add(field.ToString());
            field.Clear();
            if (at >= text.Length)
                return (RecordFault.None, text.Length, fields);
            var crlf = text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n';
            if (text[at] == '\r' && !crlf && !reading.LoneCarriageReturns)
                return Fault(RecordFault.LoneCarriageReturn, at);
            if (text[at] != ',')
                return (at == start ? RecordFault.Blank : RecordFault.None, at + (crlf ? 2 : 1), fields);
            at++;
        }
    }

    /// <summary>Gives few bytes at a time.</summary>
    sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, most)]);
    }
}
