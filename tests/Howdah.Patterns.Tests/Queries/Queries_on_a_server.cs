using Howdah.Engine.Proving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Queries;

public sealed class Queries_on_a_server
{
    const string Migration = """
        create table app.events (at timestamptz not null, kind text, n int) partition by range (at);
        create table app.plain (n int);
        """;

    static string Yaml(string queries) => ShopYaml.With("schemas: [app], migrations: migrations/, "
        + "partitions: { app.events: { by: at, every: month, premake: 3, from: 2026-01-01 } }, "
        + "grants: [{ to: reader, on: { database: true }, privileges: [connect] }, "
        + "{ to: reader, on: { schema: app }, privileges: [usage] }, "
        + "{ to: reader, on: { tables: [app.events] }, privileges: [select] }], queries: { " + queries + " }",
        "reader: { login: true, password: \"${generated}\" }, stranger: { login: true, password: \"${generated}\" }");

    static string Query(string name, string condition, int most = 1, string role = "reader", string table = "app.events") =>
        $"{name}: {{ sql: \"select count(*) from {table} where {condition}\", as: {role}, "
        + $"prunes: {{ {table}: {most} }}, parameters: {{ from: {{ type: timestamptz, default: 2026-02-01 }} }} }}";

    static async Task<string[]> FoundAsync(EstateHarness estate, Verdict verdict) => [.. (await estate.ProveAsync())
        .Where(finding => finding.Pattern == "queries" && finding.Verdict == verdict)
        .Select(static finding => $"{finding.Attack.Id} {finding.Target}").Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData(18)]
    [InlineData(15)]
    public async Task Prune_as_declared_and_every_way_not_to_is_found(int major)
    {
        using var estate = new EstateHarness(await TestServer.StartOwnAsync(major),
            Yaml(Query("month", "at >= @from and at < @from + interval '1 month'")));
        estate.Write("migrations/0001_events.sql", Migration);
        await estate.ConvergeAsync();
        Assert.Equal(["QRY-01 month as reader", "QRY-17 month as reader: app.events"], await FoundAsync(estate, Verdict.Held));

        estate.Write(Yaml(string.Join(", ",
            Query("truncated", "date_trunc('month', at) = @from"),
            Query("cast", "at::date = @from"),
            Query("either", "(at >= @from and at < @from + interval '1 day') or n = 1"),
            Query("told", "date_trunc('month', at) = @from", 400),
            Query("nowhere", "at >= @from and at < @from and n = 1"),
            Query("plain", "n > 0 and @from is not null", table: "app.plain", role: "admin_less"),
            Query("forbidden", "at >= @from", role: "stranger"),
            Query("unread", "n > 0 and @from is not null", table: "app.plain"),
            "gone: { sql: select lost from app.events }")).Replace(", as: admin_less", "", StringComparison.Ordinal));
        var plan = await estate.PlanAsync();
        Assert.Empty(plan.Steps);
        Assert.Equal(["plain prunes app.plain, which is not partitioned", "unread prunes app.plain, which is not partitioned"],
            plan.Notes.Select(static note => note.Message));
        Assert.Equal(["QRY-01 forbidden as stranger", "QRY-01 gone", "QRY-01 unread as reader",
            "QRY-17 cast as reader: app.events", "QRY-17 either as reader: app.events",
            "QRY-17 truncated as reader: app.events"], await FoundAsync(estate, Verdict.Broken));
        Assert.Equal(["QRY-17 forbidden as stranger: app.events", "QRY-17 nowhere as reader: app.events", "QRY-17 plain: app.plain",
            "QRY-17 told as reader: app.events", "QRY-17 unread as reader: app.plain"], await FoundAsync(estate, Verdict.Inconclusive));
        var truncated = (await estate.ProveAsync()).Single(static finding =>
            finding.Target.StartsWith("truncated", StringComparison.Ordinal) && finding.Verdict == Verdict.Broken);
        Assert.Contains("app.events_p202602", truncated.Evidence, StringComparison.Ordinal);
        Assert.Contains("RANGE (at)", truncated.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_query_is_told_with_its_place()
    {
        using var estate = new EstateHarness(await TestServer.GetAsync(18), ShopYaml.With("queries: { "
            + "two: { sql: select 1; select 2 }, none: { sql: '-- nothing' }, "
            + "stray: { sql: 'select @b', parameters: { a: text } }, "
            + "bare: { sql: 'select @a', parameters: { a: date }, prunes: { app.events: 1 } }, "
            + "odd: { sql: select 1, prunes: { events: 1 } } }"));
        var told = estate.Load().Diagnostics.Select(static each => $"{each.Code} {each.Message}");
        Assert.Equal(["HOW1701 two is several statements", "HOW1701 none is no statement",
            "HOW1702 stray names @b, which it does not declare", "HOW1702 stray declares a and does not name it",
            "HOW1702 bare says what it prunes, so a needs a default to prove it with", "HOW1703 `events` is no table"], told);
    }
}
