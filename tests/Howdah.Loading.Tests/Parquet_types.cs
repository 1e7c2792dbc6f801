using System.Globalization;
using System.Numerics;
using System.Text;
using Howdah.Loading.Parquet;
using ParquetSharp;
using Xunit;
using Encoding = System.Text.Encoding;

namespace Howdah.Loading.Tests;

/// <summary>What is sent for a typed value is what the server itself reads from its text; what does not fit is rejected, and where it is.
/// </summary>
public sealed class Parquet_types
{
    const int Rows = 700;
    static readonly Reading Typed = new() { Reader = ParquetFiles.Reader };

    /// <summary>A column of values and how the server would be told the same.</summary>
    sealed record Sort(string Target, PhysicalType Physical, LogicalType Logical, Func<(object Value, string Text)> Make, int Length = -1);

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static byte[] BigEndian(BigInteger value, int length)
    {
        var bytes = Enumerable.Repeat(value.Sign < 0 ? (byte)0xff : (byte)0, length).ToArray();
        var own = value.ToByteArray(isUnsigned: false, isBigEndian: true);
        own.CopyTo(bytes, length - own.Length);
        return bytes;
    }

    static string Point(BigInteger value, int scale)
    {
        var digits = BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(value.Sign < 0 ? "-" : "")}{digits[..^scale]}.{digits[^scale..]}";
    }

    static string When(DateTime when) => when.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    static Sort[] Sorts(Random random)
    {
        BigInteger Digits(int most) => BigInteger.Parse(string.Concat(Enumerable.Range(0, random.Next(1, most + 1))
            .Select(_ => (char)('0' + random.Next(10)))), CultureInfo.InvariantCulture) * (random.Next(2) == 0 ? 1 : -1);
        // In whole microseconds, all the years there are.
        DateTime Moment() => new(random.NextInt64(DateTime.MaxValue.Ticks / 10) * 10);
        long Micros(DateTime when) => (when.Ticks - DateTime.UnixEpoch.Ticks) / 10;
        (object, string) Of<T>(T value, string? text = null) where T : notnull => (value, text ?? Invariant($"{value}"));
        (object, string) Time(long perSecond, bool wide)
        {
            var value = random.NextInt64(86_400 * Math.Min(perSecond, 1_000_000));
            var text = new DateTime(value * (10_000_000 / Math.Min(perSecond, 1_000_000)))
                .ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
            return (wide ? value * (perSecond > 1_000_000 ? 1000 : 1) : (object)(int)value, text);
        }
        string Word() => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => new Rune(random.Next(1, 0xD800))));
        byte[] Any(int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(256))];
        var none = LogicalType.None();
        return
        [
            new("bool", PhysicalType.Boolean, none, () => Of(random.Next(2) == 0)),
            new("int2", PhysicalType.Int32, LogicalType.Int(16, true), () => Of(random.Next(short.MinValue, short.MaxValue + 1))),
            new("int4", PhysicalType.Int32, none, () => Of(random.Next(int.MinValue, int.MaxValue))),
            new("int4", PhysicalType.Int64, none, () => Of(random.NextInt64(int.MinValue, int.MaxValue + 1L))),
            new("int8", PhysicalType.Int64, none, () => Of(random.NextInt64(long.MinValue, long.MaxValue))),
            new("int8", PhysicalType.Int32, LogicalType.Int(32, false), () =>
            {
                var value = unchecked((int)random.NextInt64(uint.MaxValue + 1L));
                return (value, Invariant($"{(uint)value}"));
            }),
            new("numeric", PhysicalType.Int64, LogicalType.Int(64, false), () =>
            {
                var value = random.NextInt64(long.MinValue, long.MaxValue);
                return (value, Invariant($"{(ulong)value}"));
            }),
            new("float8", PhysicalType.Int32, none, () => Of(random.Next(int.MinValue, int.MaxValue))),
            new("text", PhysicalType.Int64, none, () => Of(random.NextInt64(long.MinValue, long.MaxValue))),
            new("float4", PhysicalType.Float, none, () => Of((float)(random.NextDouble() * Math.Pow(10, random.Next(-30, 30))))),
            new("float8", PhysicalType.Double, none, () => Of(random.NextDouble() * Math.Pow(10, random.Next(-300, 300)))),
            new("numeric", PhysicalType.Double, none, () => Of(random.NextDouble() * Math.Pow(10, random.Next(-20, 25)))),
            new("numeric", PhysicalType.Float, none, () => Of((float)random.NextDouble() * 1e9f)),
            new("int4", PhysicalType.Double, none, () => Of((double)random.Next(int.MinValue, int.MaxValue))),
            new("float4", PhysicalType.FixedLenByteArray, LogicalType.Float16(), () =>
            {
                var bits = (ushort)random.Next(0x7c00);
                return (BitConverter.GetBytes(bits), Invariant($"{(float)BitConverter.UInt16BitsToHalf(bits):R}"));
            }, 2),
            new("numeric", PhysicalType.Int32, LogicalType.Decimal(9, 3), () =>
                Digits(9) is var value ? ((int)value, Point(value, 3)) : default),
            new("numeric(18,6)", PhysicalType.Int64, LogicalType.Decimal(18, 4), () =>
                Digits(16) is var value ? ((long)value, Point(value, 4)) : default),
            // More decimals than the column has, all of them zeros.
            new("numeric(12,2)", PhysicalType.Int64, LogicalType.Decimal(18, 5), () =>
                Digits(12) * 1000 is var value ? ((long)value, Point(value, 5)) : default),
            new("numeric", PhysicalType.FixedLenByteArray, LogicalType.Decimal(38, 7), () =>
                Digits(38) is var value ? (BigEndian(value, 16), Point(value, 7)) : default, 16),
            new("numeric(30,10)", PhysicalType.FixedLenByteArray, LogicalType.Decimal(28, 10), () =>
                Digits(28) is var value ? (BigEndian(value, 12), Point(value, 10)) : default, 12),
            new("numeric", PhysicalType.ByteArray, LogicalType.Decimal(76, 20), () =>
                Digits(76) is var value ? (value.ToByteArray(false, true), Point(value, 20)) : default),
            new("numeric(3,-2)", PhysicalType.Int32, LogicalType.Decimal(9, 1), () =>
                new BigInteger(random.Next(-900, 900)) * 1000 is var value ? ((int)value, Point(value, 1)) : default),
            new("int8", PhysicalType.Int64, LogicalType.Decimal(18, 2), () =>
                Digits(16) is var value ? ((long)(value * 100), Invariant($"{value}")) : default),
            new("date", PhysicalType.Int32, LogicalType.Date(), () =>
                Moment().Date is var day ? ((int)(day - DateTime.UnixEpoch).TotalDays, $"{day:yyyy-MM-dd}") : default),
            new("timestamp", PhysicalType.Int32, LogicalType.Date(), () =>
                Moment().Date is var day ? ((int)(day - DateTime.UnixEpoch).TotalDays, $"{day:yyyy-MM-dd}") : default),
            new("time", PhysicalType.Int32, LogicalType.Time(true, TimeUnit.Millis), () => Time(1000, false)),
            new("time", PhysicalType.Int64, LogicalType.Time(false, TimeUnit.Micros), () => Time(1_000_000, true)),
            new("time", PhysicalType.Int64, LogicalType.Time(true, TimeUnit.Nanos), () => Time(1_000_000_000, true)),
            new("timestamp", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Micros), () =>
                Moment() is var when ? (Micros(when), When(when)) : default),
            new("timestamp", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Millis), () =>
            {
                var when = new DateTime(random.NextInt64(DateTime.MaxValue.Ticks / 10_000) * 10_000);
                return (Micros(when) / 1000, When(when));
            }),
            new("timestamptz", PhysicalType.Int64, LogicalType.Timestamp(true, TimeUnit.Nanos), () =>
            {
                var when = new DateTime(1700, 1, 1).AddTicks(random.NextInt64(TimeSpan.FromDays(500 * 365).Ticks) / 10 * 10);
                return ((when.Ticks - DateTime.UnixEpoch.Ticks) * 100, When(when) + "Z");
            }),
            new("timestamptz", PhysicalType.Int64, LogicalType.Timestamp(true, TimeUnit.Micros), () =>
                Moment() is var when ? (Micros(when), When(when) + "Z") : default),
            new("date", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Millis), () =>
                Moment().Date is var when ? (Micros(when) / 1000, $"{when:yyyy-MM-dd}") : default),
            new("timestamp", PhysicalType.Int96, none, () =>
            {
                var when = Moment();
                var nanos = (when.Ticks - when.Date.Ticks) * 100;
                return (new Int96((int)nanos, (int)(nanos >> 32), (int)(when.Date - DateTime.UnixEpoch).TotalDays + 2_440_588), When(when));
            }),
            new("text", PhysicalType.ByteArray, LogicalType.String(), () =>
                Word() is var word ? (Encoding.UTF8.GetBytes(word), word) : default),
            new("varchar(12)", PhysicalType.ByteArray, none, () => Word() is var word ? (Encoding.UTF8.GetBytes(word), word) : default),
            new("mood", PhysicalType.ByteArray, LogicalType.Enum(), () => random.Next(2) == 0 ? ("sad"u8.ToArray(), "sad")
                : ("happy"u8.ToArray(), "happy")),
            new("date", PhysicalType.ByteArray, LogicalType.String(), () =>
                $"{Moment():yyyy-MM-dd}" is var day ? (Encoding.UTF8.GetBytes(day), day) : default),
            new("jsonb", PhysicalType.ByteArray, LogicalType.Json(), () =>
                Invariant($$"""{"a": [{{random.Next()}}, null]}""") is var json ? (Encoding.UTF8.GetBytes(json), json) : default),
            new("bytea", PhysicalType.ByteArray, none, () =>
                Any(random.Next(40)) is var bytes ? (bytes, "\\x" + Convert.ToHexString(bytes)) : default),
            new("bytea", PhysicalType.FixedLenByteArray, none, () =>
                Any(5) is var bytes ? (bytes, "\\x" + Convert.ToHexString(bytes)) : default, 5),
            new("uuid", PhysicalType.FixedLenByteArray, LogicalType.Uuid(), () =>
                Any(16) is var bytes ? (bytes, Convert.ToHexString(bytes)) : default, 16),
            new("text", PhysicalType.FixedLenByteArray, LogicalType.Uuid(), () =>
                Any(16) is var bytes ? (bytes, new Guid(bytes, bigEndian: true).ToString()) : default, 16),
        ];
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Every_value_is_the_servers_own_reading_of_its_text(int major)
    {
        var random = new Random(43);
        var sorts = Sorts(random);
        var home = await LoadHome.MakeAsync(major, "create type mood as enum ('sad', 'happy'); create table t ("
            + string.Join(", ", sorts.Select(static (each, i) => $"c{i} {each.Target}, s{i} text")) + ", line bigint)");
        var columns = new List<MadeColumn>();
        foreach (var (each, i) in sorts.Select(static (each, i) => (each, i)))
        {
            // Each third column says that it has no gaps; of the others a fifth is missing.
            var values = Enumerable.Range(0, Rows)
                .Select(_ => i % 3 > 0 && random.Next(5) == 0 ? ((object, string)?)null : each.Make()).ToList();
            columns.Add(new($"c{i}", each.Physical, each.Logical, [.. values.Select(static value => value?.Item1)], each.Length,
                i % 3 == 0));
            columns.Add(MadeColumn.Text($"s{i}", [.. values.Select(static value => value?.Item2)]));
        }
        // Old and new pages, small ones, several codecs, with and without dictionaries.
        var file = ParquetMaker.Write(columns, 256, with => with.Compression(major == 15 ? Compression.Snappy : Compression.Brotli)
            .Compression("c1", Compression.Zstd).Compression("c2", Compression.Gzip).Compression("c3", Compression.Lz4)
            .DataPageVersion(major == 15 ? ParquetDataPageVersion.V1 : ParquetDataPageVersion.V2).DataPagesize(600).DisableDictionary("c9")
            .EnablePageChecksum());

        var counts = await home.LoadAsync(LoadHome.Input(file), Typed, 1, static job => job,
            [.. columns.Select(static column => new LoadField(column.Name)), LoadField.Counted("line", Filling.Line)]);

        Assert.Empty(home.Rejects.Select(static row => row.Message));
        Assert.Equal((Rows, Rows, 0, file.Length), (counts.Records, counts.Sent, counts.Lines, counts.Bytes));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)), counts.Sha256);
        Assert.Equal([$"1 {Rows} {Rows}"],
            await home.RowsAsync("select concat_ws(' ', min(line), max(line), count(distinct line)) from t"));
        for (var i = 0; i < sorts.Length; i++)
        {
            var what = $"{sorts[i].Physical} {sorts[i].Logical} into {sorts[i].Target}: ";
            Assert.Empty((await home.RowsAsync($"select coalesce(s{i}, 'NULL') || ' became ' || coalesce(c{i}::text, 'NULL') from t "
                + $"where c{i}::text is distinct from s{i}::{sorts[i].Target}::text"
                // The file's numbers of fixed scale keep their zeros, as the server's do.
                + (sorts[i].Target == "float8" ? $" and c{i} is distinct from s{i}::float8" : ""))).Select(row => what + row));
            Assert.NotEqual(["0"], await home.RowsAsync($"select count(c{i})::text from t"));
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_does_not_fit_is_rejected_with_its_place_and_can_be_read_again(int major)
    {
        var none = LogicalType.None();
        (string Target, PhysicalType Physical, LogicalType Logical, object Value, int Length, string Rule, string Json)[] wrong =
        [
            ("int2", PhysicalType.Int32, none, 32768, -1, Rules.Range, "32768"),
            ("int4", PhysicalType.Int64, none, 1L << 31, -1, Rules.Range, "2147483648"),
            ("int8", PhysicalType.Int64, LogicalType.Int(64, false), -1L, -1, Rules.Range, "18446744073709551615"),
            ("int4", PhysicalType.Double, none, 1.5, -1, Rules.Scale, "1.5"),
            ("int8", PhysicalType.Double, none, 1e300, -1, Rules.Range, "1" + new string('0', 300)),
            ("float8", PhysicalType.Double, none, double.NaN, -1, Rules.Syntax, "\"NaN\""),
            ("float4", PhysicalType.Double, none, 1e39, -1, Rules.Range, "1" + new string('0', 39)),
            ("float4", PhysicalType.Float, none, float.NegativeInfinity, -1, Rules.Syntax, "\"-Infinity\""),
            ("numeric(6,2)", PhysicalType.Int32, LogicalType.Decimal(9, 3), 1005, -1, Rules.Scale, "1.005"),
            ("numeric(4,2)", PhysicalType.Int64, LogicalType.Decimal(18, 2), 10_000L, -1, Rules.Range, "100.00"),
            ("numeric(4,2)", PhysicalType.Int32, none, 100, -1, Rules.Range, "100"),
            ("numeric(4,2)", PhysicalType.Double, none, 0.125, -1, Rules.Scale, "0.125"),
            ("date", PhysicalType.Int32, LogicalType.Date(), int.MaxValue, -1, Rules.Range, "\"2147483647 days since 1970\""),
            ("date", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Millis), 1000L, -1, Rules.Scale, "\"1970-01-01 00:00:01\""),
            ("time", PhysicalType.Int64, LogicalType.Time(false, TimeUnit.Micros), 86_400_000_000L, -1, Rules.Range,
                "\"86400000000 (1000000 a second)\""),
            ("time", PhysicalType.Int64, LogicalType.Time(false, TimeUnit.Nanos), 1L, -1, Rules.Scale, "\"00:00:00.000000001\""),
            ("timestamp", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Nanos), 1_500L, -1, Rules.Scale,
                "\"1970-01-01 00:00:00.0000015\""),
            ("timestamp", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Micros), long.MinValue, -1, Rules.Range,
                "\"-9223372036854775808 (1000000 a second) since 1970\""),
            ("timestamptz", PhysicalType.Int64, LogicalType.Timestamp(true, TimeUnit.Millis), long.MinValue, -1, Rules.Range,
                "\"-9223372036854775808 (1000 a second) since 1970\""),
            ("varchar(2)", PhysicalType.ByteArray, LogicalType.String(), "abc"u8.ToArray(), -1, Rules.TextLength, "\"abc\""),
            ("text", PhysicalType.ByteArray, LogicalType.String(), "a\0"u8.ToArray(), -1, Rules.ZeroByte, "\"a\\u0000\""),
            ("text", PhysicalType.ByteArray, LogicalType.String(), new byte[] { 0x61, 0xff }, -1, Rules.Encoding, "\"a\\udcff\""),
            ("jsonb", PhysicalType.ByteArray, LogicalType.Json(), "{a:1}"u8.ToArray(), -1, Rules.Syntax, "\"\\ud800{a:1}\""),
            ("text", PhysicalType.ByteArray, LogicalType.String(), new byte[200], -1, Rules.FieldLength, ""),
        ];
        var home = await LoadHome.MakeAsync(major,
            $"create table t ({string.Join(", ", wrong.Select(static (each, i) => $"c{i} {each.Target}"))}, must int not null)");
        var rows = wrong.Length + 1;
        List<MadeColumn> columns = [.. wrong.Select((each, i) => new MadeColumn($"c{i}", each.Physical, each.Logical,
            [.. Enumerable.Range(0, rows).Select(row => row == i ? each.Value : null)], each.Length)),
            MadeColumn.Int("must", [.. Enumerable.Range(0, rows).Select(row => row == rows - 1 ? (int?)null : row)])];

        var counts = await home.LoadAsync(LoadHome.Input(ParquetMaker.Write(columns, 10)), Typed with { MaxFieldBytes = 100 }, 1,
            static job => job);

        Assert.Equal((rows, 0, rows), (counts.Records, counts.Sent, counts.Rejected));
        Assert.Equal([.. wrong.Select(static (each, i) => ($"c{i}", each.Rule)), ("must", Rules.NotNull)],
            home.Rejects.Select(static row => (row.Column!, row.Rule)));
        Assert.Equal(
            Enumerable.Range(0, rows).Select(static row => (row + 1L, (long)row, $"(row group {(row / 10) + 1}, row {(row % 10) + 1})")),
            home.Rejects.Select(static row => (row.Line, row.ByteOffset, row.Message[row.Message.LastIndexOf('(')..])));
        foreach (var (each, i) in wrong.Select(static (each, i) => (each, i)).Where(static each => each.each.Json.Length > 0))
            Assert.Contains($"\"c{i}\":{each.Json},", Encoding.UTF8.GetString(home.Rejects[i].Raw), StringComparison.Ordinal);
        Assert.True(home.Rejects[wrong.Length - 1].Length > 200);
        // The same rows as lines of JSON are refused again: none slips in because it was kept as text.
        var lines = string.Join('\n', home.Rejects.Where(static row => row.Rule != Rules.FieldLength)
            .Select(static row => Encoding.UTF8.GetString(row.Raw)));
        var again = await home.LoadAsync(lines, new() { Format = FileFormat.Ndjson });
        Assert.Equal((rows - 1, 0), (again.Records, again.Sent));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Moments_become_local_times_and_back_by_a_declared_zone_alone(int major)
    {
        // Madrid set its clocks back on 25 October 2026 at 3, which was 1 in UTC.
        var night = new DateTime(2026, 10, 25, 0, 30, 0, DateTimeKind.Utc);
        object[] values = [.. Enumerable.Range(0, 3)
            .Select(hour => (object)((night.AddHours(hour).Ticks - DateTime.UnixEpoch.Ticks) / 10_000))];
        MadeColumn moments = new("moment", PhysicalType.Int64, LogicalType.Timestamp(true, TimeUnit.Millis), values);
        MadeColumn locals = new("here", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Millis), values);
        var file = LoadHome.Input(ParquetMaker.Write([moments, locals]));
        var home = await LoadHome.MakeAsync(major, "create table t (moment timestamp, here timestamptz)");
        var madrid = Typed with { Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Madrid") };

        await home.LoadAsync(file, madrid, 1, static job => job);

        // 2:30 was shown twice; 0:30 and 1:30 were not.
        Assert.Equal(["(\"2026-10-25 02:30:00\",\"2026-10-24 22:30:00\")", "(\"2026-10-25 02:30:00\",\"2026-10-24 23:30:00\")"],
            await home.RowsAsync("select (moment, here at time zone 'UTC')::text from t order by here"));
        Assert.Equal([("here", Rules.LocalTime)], home.Rejects.Select(static row => (row.Column!, row.Rule)));
        Assert.Contains("\"moment\":\"2026-10-25 03:30:00\",\"here\":\"2026-10-25 02:30:00\"", Encoding.UTF8.GetString(home.Rejects[0].Raw),
            StringComparison.Ordinal);
        Task Refused(string field) => home.LoadAsync(file, Typed, 1, static job => job, new LoadField(field));
        Assert.Contains("the column moment holds moments (UTC), and moment has no time zone: declare the zone",
            (await Assert.ThrowsAsync<LoadException>(() => Refused("moment"))).Message, StringComparison.Ordinal);
        Assert.Contains("the column here holds a local time, and here has a time zone: declare the zone",
            (await Assert.ThrowsAsync<LoadException>(() => Refused("here"))).Message, StringComparison.Ordinal);
    }
}
