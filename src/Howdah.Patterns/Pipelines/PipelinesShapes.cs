using System.Globalization;
using System.Text.RegularExpressions;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Upkeep;
using Howdah.Patterns.Pipelines.Querying;

namespace Howdah.Patterns.Pipelines;

/// <summary>How pipelines stand in the file.</summary>
static partial class PipelinesShapes
{
    static Shape<string> Type { get; } = Shapes.Parsed(ColumnTypes.Wants, ColumnTypes.Parse);

    // Minutes as text, since a shape reads classes.
    static Shape<string> Span { get; } = Shapes.Parsed("a span such as 15m, 6h or 2d", static text => Minutes(text) > 0 ? text : null,
        "^[1-9][0-9]{0,4}[mhd]$");

    static Shape<LookupWish> Lookup { get; } = Shapes.Object<LookupWish>("a lookup", keys =>
    {
        var table = keys.Required("table", Shapes.QName, "The table.", "store.regions");
        var by = keys.Required("by", Shapes.Map(Shapes.Name), "Its columns, each with the staged column that holds the value.",
            "{ name: region }");
        var take = keys.Required("take", Shapes.Name, "The column whose value is taken.", "region_id");
        var missing = keys.Optional("missing", Shapes.Choice(("refused", true), ("null", false)), true,
            "What a row without a match is: refused, or loaded with NULL.", "refused");
        return values => new(values.Get(table), values.Get(by), values.Get(take), values.Get(missing));
    });

    static Shape<ColumnWish> Column { get; } = Shapes.ScalarOr(
        Shapes.Parsed<ColumnWish>(ColumnTypes.Wants, static text => ColumnTypes.Parse(text) is { } type
            ? new(null, type, false, null, null, null, false) : null),
        Shapes.Object<ColumnWish>("a column", keys =>
        {
            var from = keys.Optional<string?>("from", Shapes.Text!, null, "Its name in the source; its own where left out.",
                example: "Customer ID");
            var type = keys.Optional("type", Type, "text", "Its type.", "text", "numeric(12,2)");
            var required = keys.Optional("required", Shapes.Bool, false, "Whether a row without a value is refused.", "false");
            var fallback = keys.Optional<string?>("default", Shapes.Setting!, null, "What stands for a missing value.", example: "unknown");
            var value = keys.Optional<string?>("value", Shapes.Text!, null,
                "SQL over the staged columns that makes it, for all rows at once.", example: "upper(region)");
            var lookup = keys.Optional<LookupWish?>("lookup", Lookup!, null, "Where its value is looked up.",
                example: "{ table: store.regions, by: { name: region }, take: region_id }");
            var only = keys.Optional("stage_only", Shapes.Bool, false,
                "Whether it is for expressions and lookups alone, and not a column of the target.", "false");
            return values => new(values.Get(from), values.Get(type), values.Get(required), values.Get(fallback), values.Get(value),
                values.Get(lookup), values.Get(only));
        }));

    internal static readonly FormatWish Plain = new(null, ",", "\"", "utf-8", true, [""], "yyyy-MM-dd", "iso", null, ".", null);

    static Shape<FormatWish> Format { get; } = Shapes.Object<FormatWish>("a format", keys =>
    {
        var type = keys.Optional<string?>("type", Shapes.Choice<string?>(("csv", "csv"), ("ndjson", "ndjson"),
            ("parquet", "parquet")), null,
            "What the source is; by the file's name, and Parquet by its first and last bytes, where left out.", example: "csv");
        var delimiter = keys.Optional("delimiter", Shapes.Parsed("one character", static text => text.Length == 1 ? text : null), ",",
            "What stands between fields.", "\",\"", "\";\"");
        var quote = keys.Optional("quote", Shapes.Parsed("one character", static text => text.Length == 1 ? text : null), "\"",
            "What fields are quoted with.", "'\"'");
        var encoding = keys.Optional("encoding", Shapes.Choice(("utf-8", "utf-8"), ("latin-1", "latin-1"),
            ("windows-1252", "windows-1252")), "utf-8", "How characters are written as bytes.", "utf-8");
        var header = keys.Optional("header", Shapes.Bool, true, "Whether the first line names the columns.", "true");
        var nulls = keys.Optional<IReadOnlyList<string>>("nulls", Shapes.List(Shapes.Text), [""], "Texts without quotes that are NULL.",
            "[\"\"]", "[\"\", NULL]");
        var date = keys.Optional("date", Shapes.Text, "yyyy-MM-dd", "How dates are written: yyyy, MM, dd and what is between.",
            "yyyy-MM-dd", "dd.MM.yyyy");
        var timestamp = keys.Optional("timestamp", Shapes.Text, "iso", "How times are written; iso is 2024-02-29 13:05:00.",
            "iso", "dd/MM/yyyy HH:mm");
        var zone = keys.Optional<string?>("zone", Shapes.Text!, null, "The zone of times that name none.", example: "Europe/Madrid");
        var point = keys.Optional("decimal", Shapes.Choice((".", "."), (",", ",")), ".", "What stands before the fraction.", "\".\"");
        var compression = keys.Optional<string?>("compression", Shapes.Choice<string?>(("none", "none"), ("gzip", "gzip"),
            ("zstd", "zstd")), null, "How it is compressed; by its first bytes where left out.", example: "gzip");
        return values => new(values.Get(type), values.Get(delimiter), values.Get(quote), values.Get(encoding), values.Get(header),
            values.Get(nulls), values.Get(date), values.Get(timestamp), values.Get(zone), values.Get(point), values.Get(compression));
    });

    static Shape<LimitWish> Limit { get; } = Shapes.Object<LimitWish>("a limit", keys =>
    {
        var rows = keys.Optional("rows", Shapes.Int(0, 1_000_000), LimitWish.Usual.Rows, "So many rows at most.", "1000");
        var percent = keys.Optional("percent", Shapes.Int(0, 100), LimitWish.Usual.Percent, "So many of a hundred rows at most.", "100");
        return values => new(values.Get(rows), values.Get(percent));
    });

    static Shape<UsualWish> Usual { get; } = Shapes.Object<UsualWish>("what is usual", keys =>
    {
        var least = keys.Optional("at_least", Shapes.Int(0, 100), 50, "Of a hundred rows that are usual, so many at least.", "50");
        var most = keys.Optional("at_most", Shapes.Int(100, 100_000), 200, "Of a hundred rows that are usual, so many at most.", "200");
        return values => new(values.Get(least), values.Get(most));
    });

    static Shape<FetchWish> Fetch { get; } = Shapes.Object<FetchWish>("a file to fetch", keys =>
    {
        var package = keys.Required("npm", Shapes.Parsed("an npm package with its version, as vega-datasets@3.2.1, or file: and a folder",
            static text => PackageText().IsMatch(text) ? text : null), "The npm package; nothing of it is run.", "vega-datasets@3.2.1");
        var file = keys.Required("file", Shapes.Text, "The file in the package.", "data/flights-3m.parquet");
        var hash = keys.Required("sha256", Shapes.Parsed("64 hexadecimal digits in small letters",
            static text => HashText().IsMatch(text) ? text : null), "The file's SHA-256: another file is refused.",
            "dbeb920c90f59b6ccaff823dcc3d08f25a97fa1ce128d93f40be4e931f5900b0");
        return values => new(values.Get(package), values.Get(file), values.Get(hash));
    });

    static Shape<PipelineWish> Pipeline { get; } = Shapes.Object<PipelineWish>("a pipeline", keys =>
    {
        var files = keys.Optional<string?>("files", Shapes.Text!, null, "A file, or several by * and ?, relative to the estate.",
            example: "data/sales-*.csv");
        var fetch = keys.Optional<FetchWish?>("fetch", Fetch!, null,
            "Where the file is taken from if it is not there: an npm package, once.",
            example: "{ npm: vega-datasets@3.2.1, file: data/airports.csv, sha256: \"903c…\" }");
        var url = keys.Optional<string?>("url", Shapes.Text!, null, "An http or https address.", example: "https://example.com/a.csv");
        var query = keys.Optional<QueryWish?>("query", QueryWish.Shape!, null, "A query on another PostgreSQL.",
            example: "{ connection: \"${env:CRM_URL}\", sql: \"select id, name from customers\" }");
        var format = keys.Optional("format", Format, Plain, "How its bytes are read.", example: "{ delimiter: \";\" }");
        var columns = keys.Required("columns", Shapes.Map(Column), "Its columns by the target's names.",
            "{ order_id: text, amount: { from: Sales, type: \"numeric(12,4)\" } }");
        var into = keys.Optional<string?>("into", Table!, null, "The table it fills.", example: "store.orders");
        var call = keys.Optional<string?>("call", Table!, null, "The procedure (staging regclass, batch bigint) that takes the rows on.",
            example: "dw.load_sales", sql: "CALL p(staging, batch)");
        var mode = keys.Optional("mode", Shapes.Choice(("insert", LoadMode.Insert), ("upsert", LoadMode.Upsert),
            ("append", LoadMode.Append)), LoadMode.Insert,
            "What happens with a row that is there: insert refuses it, upsert takes its place, append leaves what is there.", "insert");
        var key = keys.Optional<IReadOnlyList<string>>("key", Shapes.List(Shapes.Name), [], "The columns of a unique key.",
            example: "[order_id, line]");
        var last = keys.Optional("duplicates", Shapes.Choice(("refused", false), ("last", true)), false,
            "What rows of one source that differ in one key are: refused all, or the last one counts.", "refused");
        var batch = keys.Optional<string?>("batch_column", Shapes.Name!, null, "The target's column that takes the number of the batch.",
            example: "batch");
        var limit = keys.Optional("max_rejected", Limit, LimitWish.Usual, "How much may be refused before the whole batch is.",
            example: "{ rows: 1000, percent: 1 }");
        var empty = keys.Optional("empty", Shapes.Choice(("refused", false), ("allowed", true)), false,
            "What a source without rows is.", "refused");
        var after = keys.Optional<IReadOnlyList<string>>("after", Shapes.List(Shapes.Name), [], "Pipelines that come before it.",
            example: "[customers]");
        var every = keys.Optional<string?>("every", Interval.Shape!, null, "How often `howdah serve` runs it, from begin to begin.",
            example: "1h");
        var schedule = keys.Optional<ScheduleWish?>("schedule", ScheduleWish.Shape!, null,
            "When `howdah serve` runs it: a cron expression, in UTC where no zone is named.",
            example: "{ cron: \"30 2 * * *\", zone: Europe/Madrid }");
        var missed = keys.Optional("missed", Shapes.Choice(("once", false), ("skip", true)), false,
            "What becomes of times of its schedule at which nobody served: once makes up for the last, skip waits for the next.", "once");
        var timeout = keys.Optional<string?>("timeout", Interval.Limit!, null,
            "How long a run by `howdah serve` may take; what takes longer is rolled back, has failed, and is tried again.", example: "2h");
        var age = keys.Optional<string?>("max_age", Span!, null, "How old its newest batch may be, which the proof asks.", example: "26h");
        var streams = keys.Optional("streams", Shapes.Int(1, Streaming.LoadStreams.Most), 1,
            "Over how many connections a source is copied at once, before one transaction takes its rows.", "1", "4");
        var usual = keys.Optional<UsualWish?>("usual", Usual!, null, "How far the rows of a day may be from the median of the same "
            + "weekday, which the proof asks once there are four such days.", example: "{ at_least: 50, at_most: 200 }");
        var up = keys.Optional("with_up", Shapes.Bool, false, "Whether `howdah up` loads it, too.", "false");
        return values => new(values.Get(files), values.Get(url), values.Get(format), values.Get(columns),
            values.Get(into) is { } table ? QName.Parse(table) : null, values.Get(call) is { } routine ? QName.Parse(routine) : null,
            values.Get(mode), values.Get(key), values.Get(last), values.Get(batch), values.Get(limit), values.Get(empty),
            values.Get(after), Interval.Parse(values.Get(every) ?? ""), Minutes(values.Get(age) ?? ""))
            {
                Schedule = values.Get(schedule), Fetch = values.Get(fetch), WithUp = values.Get(up), Query = values.Get(query),
                Streams = values.Get(streams), Usual = values.Get(usual), SkipsMissed = values.Get(missed),
                Timeout = values.Get(timeout) is { } span ? Interval.Parse(span) : null,
            };
    });

    static Shape<string> Table => Shapes.Parsed("a qualified name: schema.name", static text => QName.Parse(text) is null ? null : text);

    internal static Section<IReadOnlyDictionary<string, PipelineWish>> Section { get; } = new(SectionScope.Database, PipelinesSpec.Key,
        "Pipelines: what `howdah load` loads, from where, into what; each content exactly once, what is wrong in a quarantine.",
        Shapes.Map(Pipeline));

    internal static Section<LoadingWish> Loading { get; } = new(SectionScope.Database, "loading", "Who may load, and who may see what was "
        + "refused: rows as the source sent them.", Shapes.Object<LoadingWish>("loading", keys =>
        {
            var loaders = keys.Optional<IReadOnlyList<string>>("loaders", Shapes.List(Shapes.Ref("role")), [],
                "Roles that load beside the owner; what they may do in the targets stands under `grants`.", example: "[etl]");
            var readers = keys.Optional<IReadOnlyList<string>>("quarantine_readers", Shapes.List(Shapes.Ref("role")), [],
                "Roles that may read what was refused, and settle it.", example: "[steward]",
                sql: "GRANT SELECT ON howdah.quarantine TO r");
            return values => new(values.Get(loaders), values.Get(readers));
        }));

    /// <summary>The minutes of a span such as <c>6h</c>; 0 for what is none.</summary>
    internal static int Minutes(string text) => SpanText().Match(text) is { Success: true } match
        ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            * match.Groups[2].Value switch { "m" => 1, "h" => 60, _ => 1440 }
        : 0;

    [GeneratedRegex("^((@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*@[0-9]+\\.[0-9]+\\.[0-9]+[a-z0-9.+-]*|file:.+)$")]
    private static partial Regex PackageText();

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex HashText();

    [GeneratedRegex("^([1-9][0-9]{0,4})([mhd])$")]
    private static partial Regex SpanText();
}
