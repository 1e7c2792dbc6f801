using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Testing;
using Xunit;
using Codes = Howdah.Patterns.Pipelines.Codes;

namespace Howdah.Patterns.Tests.Pipelines;

public sealed class Wrong_pipelines
{
    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { "events:", "quarantine:", Codes.Name, "cannot name a pipeline" },
        { "files: events.csv,", "files: events.csv, url: https://example.com/a.csv,", Codes.Source, "needs one source" },
        { "files: events.csv,", "files: events.csv, query: { connection: \"${env:HOME}\", sql: select 1 },", Codes.Source,
            "needs one source" },
        { "files: orders.csv\n", "query: { connection: \"${env:HOME}\", sql: select 1 }\n", Codes.Format, "its rows come from a query" },
        { "files: events.csv,", "url: ftp://example.com/a.csv,", Codes.Source, "no http or https" },
        { "call: dw.load_customer", "call: dw.load_customer\n        into: dw.customer", Codes.Target, "needs one target" },
        { "call: dw.load_customer", "call: dw.load_customer\n        mode: append", Codes.Target, "decides itself" },
        { "mode: upsert\n        key: [id]", "mode: upsert", Codes.Key, "not by which key" },
        { "duplicates: last, empty: allowed", "duplicates: last, empty: allowed, after: [nobody]", Codes.Unknown, "no pipeline `nobody`" },
        { "key: [id]\n        after: [lines]", "key: [ids]\n        after: [lines]", Codes.Unknown, "no column of the target `ids`" },
        { "batch_column: batch", "batch_column: batch\n        after: [orders]", Codes.Cycle, "wait for each other: lines, orders" },
        { "batch_column: batch", "batch_column: words", Codes.Column, "the loader fills itself" },
        { "share: { value:", "share: { from: x, value:", Codes.Column, "more than one origin" },
        { "by: { name: region }", "by: { name: regin }", Codes.Unknown, "no staged column `regin`" },
        { "files: here/e.csv", "files: here/*.csv", Codes.Source, "fetches one file" },
        { "format: { zone: UTC }", "format: { type: parquet, decimal: \",\" }", Codes.Format, "Parquet files say it themselves" },
        { "max_age: 1d", "every: 1h\n        schedule: \"30 2 * * *\"", Codes.Schedule, "times and an interval" },
        { "max_age: 1d", "schedule: \"0 0 30 2 *\"", Codes.Schedule, "never comes" },
        { "max_age: 1d", "schedule: { cron: \"30 2 * * *\", zone: Europe/Madird }", Codes.Schedule, "no time zone" },
        { "max_age: 1d", "missed: skip", Codes.Schedule, "no times that could be missed" },
        { "max_age: 1d", "timeout: 1h", Codes.Schedule, "timeout is for runs by serve" },
        { "max_age: 1d", "every: 1h\n        timeout: 25d", Engine.Files.Codes.WrongType, "at most 24d" },
        { "files: events.csv,", "query: { connection: \"${env:HOME}\", sql: select 1, timeout: 700h },", Engine.Files.Codes.WrongType,
            "at most 24d" },
        { "format: { zone: UTC }", "format: { zone: Europe/Madird }", Codes.Unknown, "no time zone" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Are_told(string right, string wrong, string code, string says)
    {
        Assert.Contains(right, Harbor.Yaml, StringComparison.Ordinal);
        using var folder = new TempFolder();
        folder.Write("estate.yaml", Harbor.Yaml.Replace("SERVERS", "servers: { main: { connection: \"${env:HOME}\" } }",
            StringComparison.Ordinal).Replace(right, wrong, StringComparison.Ordinal));
        var told = new EstateEngine(Builtin.All).Load(folder.Path).Diagnostics;
        // A wrong type says in its sentence what is wanted.
        Assert.True(told.Any(each => each.Code == code && each.Severity == Severity.Error && each.Message.Contains(says,
            StringComparison.Ordinal) && (each.Hint is not null || code == Engine.Files.Codes.WrongType)), string.Join('\n', told));
    }
}
