using System.Globalization;
using System.Text;
using Xunit;

namespace Howdah.Loading.Tests;

/// <summary>What is sent for a text is what the server itself reads from it; what is no value is rejected, and the column named.</summary>
public sealed class Types_on_a_server
{
    const string Ddl = """
        create type mood as enum ('sad', 'happy "x"'); create domain small as int check (value < 1000); create domain code as varchar(5);
        """;

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Every_value_is_the_servers_own_reading_of_the_same_text(int major)
    {
        var random = new Random(42);
        string Digits(int most) => string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => (char)('0' + random.Next(10))));
        string Sign() => random.Next(2) == 0 ? "-" : "";
        string Day() => new DateTime(1, 1, 1).AddDays(random.Next(3_652_058)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string Clock() => $"{random.Next(24):00}:{random.Next(60):00}:{random.Next(60):00}.{random.Next(1_000_000):000000}";
        (string Type, Func<string> Text)[] types =
        [
            ("int2", () => random.Next(short.MinValue, short.MaxValue + 1).ToString(CultureInfo.InvariantCulture)),
            ("int4", () => random.Next().ToString(CultureInfo.InvariantCulture)),
            ("int8", () => Sign() + random.NextInt64().ToString(CultureInfo.InvariantCulture)),
            ("float4", () => ((float)random.NextDouble() * 1e7f).ToString("R", CultureInfo.InvariantCulture)),
            ("float8", () => (random.NextDouble() * Math.Pow(10, random.Next(-300, 300))).ToString("R", CultureInfo.InvariantCulture)),
            ("numeric", () => $"{Sign()}{Digits(40)}.{Digits(30)}"),
            ("numeric(12,3)", () => $"{Sign()}{Digits(9)}.{Digits(3)}"),
            ("numeric(2,4)", () => $"0.00{random.Next(100):00}"),
            ("numeric(3,-2)", () => $"{random.Next(1, 900)}00"),
            ("bool", () => random.Next(2) == 0 ? "true" : "F"),
            ("text", () => string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => new Rune(random.Next(1, 0xD800))))),
            ("varchar(3)", () => "äöü"[..random.Next(1, 4)]),
            ("char(4)", () => "ab€"[..random.Next(1, 4)]),
            ("date", Day),
            ("time", Clock),
            ("timestamp", () => $"{Day()} {Clock()}"),
            ("timestamptz", () => $"{Day()}T{Clock()}{(random.Next(2) == 0 ? "Z" : $"+{random.Next(14):00}:{random.Next(60):00}")}"),
            ("uuid", () => new Guid([.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(256))]).ToString()),
            ("jsonb", () => $$"""{"a": [{{random.Next()}}, "\u00e4", null], "b": {"{{Digits(5)}}": 1.50 } }"""),
            ("json", () => $"[{random.Next()}, \"\\u0000\"]"),
            ("bytea", () => "\\x" + Convert.ToHexString([.. Enumerable.Range(0, random.Next(9)).Select(_ => (byte)random.Next(256))])),
            ("mood", () => random.Next(2) == 0 ? "sad" : "happy \"x\""),
            ("small", () => random.Next(1000).ToString(CultureInfo.InvariantCulture)),
            ("code", () => Digits(6)),
        ];
        var columns = string.Join(", ", types.Select(static (each, i) => $"c{i} {each.Type}, s{i} text"));
        var home = await LoadHome.MakeAsync(major, $"{Ddl} create table t ({columns})");
        var file = new StringBuilder(string.Join(',', types.Select(static (_, i) => $"c{i},s{i}"))).Append('\n');
        for (var row = 0; row < 500; row++)
        {
            file.AppendJoin(',', types.Select(each => $"\"{each.Text().Replace("\"", "\"\"", StringComparison.Ordinal)}\"")
                .Select(static text => $"{text},{text}")).Append('\n');
        }

        var counts = await home.LoadAsync(file.ToString());

        Assert.Empty(home.Rejects.Select(static row => row.Message));
        Assert.Equal(500, counts.Sent);
        for (var i = 0; i < types.Length; i++)
        {
            var same = types[i].Type == "json" ? $"c{i}::text = s{i}" : $"c{i} = s{i}::{types[i].Type}";
            // The server's own text shows the scale and the sign of zero, too.
            Assert.Empty(await home.RowsAsync(
                $"select s{i} || ' became ' || c{i}::text from t where ({same} and c{i}::text = s{i}::{types[i].Type}::text) is not true"));
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_is_no_value_is_rejected_and_the_column_named(int major)
    {
        (string Type, string Text, string Rule)[] wrong =
        [
            ("int4", " 42", Rules.Syntax), ("int4", "0x1A", Rules.Syntax), ("int4", "1_000", Rules.Syntax), ("int4", "1e3", Rules.Syntax),
            ("int4", "", Rules.Syntax), ("int2", "32768", Rules.Range), ("int8", "9223372036854775808", Rules.Range),
            ("int8", "99999999999999999999999", Rules.Range), ("numeric(10,2)", "1.005", Rules.Scale), ("numeric(4,2)", "100", Rules.Range),
            ("numeric(2,4)", "0.01", Rules.Range), ("numeric(3,-2)", "150", Rules.Scale), ("numeric", "NaN", Rules.Syntax),
            ("numeric", "Infinity", Rules.Syntax), ("numeric", "1,5", Rules.Syntax), ("numeric", ".", Rules.Syntax),
            ("float8", "1e999", Rules.Range), ("float8", "1e-999", Rules.Range), ("float8", "NaN", Rules.Syntax),
            ("float4", "1e39", Rules.Range), ("bool", "yes", Rules.Syntax), ("bool", "1", Rules.Syntax), ("date", "20260304", Rules.Syntax),
            ("date", "now", Rules.Syntax), ("date", "03/04/2026", Rules.Syntax), ("date", "2026-02-29", Rules.Syntax),
            ("time", "24:00:00", Rules.Syntax), ("time", "23:59:60", Rules.Syntax), ("timestamp", "2026-01-01 12:00+02", Rules.Syntax),
            ("timestamp", "2026-01-01 12:00:00.1234567", Rules.Syntax), ("timestamp", "infinity", Rules.Syntax),
            ("timestamptz", "2026-01-01 12:00", Rules.NoOffset), ("timestamptz", "2026-01-01 12:00+16:00", Rules.Syntax),
            ("varchar(2)", "abc", Rules.TextLength), ("varchar(2)", "ab ", Rules.TextLength), ("code", "123456", Rules.TextLength),
            ("uuid", "123", Rules.Syntax), ("json", "{a:1}", Rules.Syntax), ("jsonb", "[\"\\u0000\"]", Rules.ZeroByte),
            ("jsonb", "[\"\\ud800\"]", Rules.Encoding), ("bytea", "\\x0", Rules.Syntax), ("bytea", "abc", Rules.Syntax),
            ("mood", "angry", Rules.EnumLabel), ("small", "12a", Rules.Syntax),
        ];
        var types = wrong.Select(static each => each.Type).Distinct().ToList();
        var home = await LoadHome.MakeAsync(major,
            $"{Ddl} create table t ({string.Join(", ", types.Select(static (type, i) => $"c{i} {type}"))})");
        var file = new StringBuilder(string.Join(',', types.Select(static (_, i) => $"c{i}"))).Append('\n');
        foreach (var (type, text, _) in wrong)
        {
            file.AppendJoin(',', types.Select(each => each == type ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : ""))
                .Append('\n');
        }

        var counts = await home.LoadAsync(file.ToString());

        Assert.Equal(wrong.Select(each => ($"c{types.IndexOf(each.Type)}", each.Text, each.Rule)),
            home.Rejects.Select((row, i) => (row.Column!, wrong[i].Text, row.Rule)));
        Assert.Equal(0, counts.Sent);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Times_dates_words_and_numbers_are_read_as_declared(int major)
    {
        var home = await LoadHome.MakeAsync(major, "create table t (at timestamptz, day date, price numeric(8,2), ok bool, note text)");
        // Madrid set its clocks forward on 29 March 2026 at 2, and back on 25 October at 3.
        const string File = "at;day;price;ok;note\n29.03.2026 01:59;4.3.2026;1,50;ja; a \n29.03.2026 02:30;13.04.2026;;nein;-\n"
            + "25.10.2026 02:30;1.1.2026;-0,5;JA;\n";
        var reading = new Reading
        {
            Delimiter = ';', DecimalSeparator = ',', TimestampFormat = "dd.MM.yyyy HH:mm", DateFormat = "d.M.yyyy", True = ["ja"],
            False = ["nein"], Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Madrid"),
        };
        LoadField[] fields = [new("at"), new("day"), new("price", Default: "9,99"), new("ok"), new("note", Nulls: ["-"], Trim: true)];
        const string Rows = "select (at at time zone 'UTC', day, price, ok, note)::text from t order by at";

        await home.LoadAsync(File, reading, fields);
        Assert.Equal(["(\"2026-03-29 00:59:00\",2026-03-04,1.50,t,a)"], await home.RowsAsync(Rows));
        Assert.Equal([Rules.LocalTime, Rules.LocalTime], home.Rejects.Select(static row => row.Rule));

        foreach (var (doubled, hour) in ((DoubledHour, string)[])[(DoubledHour.Earlier, "00"), (DoubledHour.Later, "01")])
        {
            await home.RowsAsync("truncate t; select 'x'");
            await home.LoadAsync(File, reading with { DoubledHour = doubled, MissingHour = MissingHour.Later }, fields);
            Assert.Equal(["(\"2026-03-29 00:59:00\",2026-03-04,1.50,t,a)", "(\"2026-03-29 01:30:00\",2026-04-13,9.99,f,)",
                $"(\"2026-10-25 {hour}:30:00\",2026-01-01,-0.50,t,\"\")"], await home.RowsAsync(Rows));
        }
    }
}
