using Howdah.Engine.Proving;
using Howdah.Patterns.Pipelines;
using Howdah.Patterns.Queries;
using Howdah.Testing;
using Xunit;

namespace Howdah.Estate.Tests;

/// <summary>The sample of the flights: three million rows from Parquet, with the figures that were computed once from the file in plain
/// SQL.</summary>
public sealed class Flights_of_the_sample
{
    static readonly (string Query, string Wanted)[] Figures =
    [
        ("select count(*), sum(delay), sum(distance) from flights.flights", "(3000000,20003603,2194861208)"),
        ("select to_char(date, 'MM'), count(*), sum(delay), sum(distance) from flights.flights group by 1",
            "(01,508239,3221712,369781288)\n(02,458170,4105801,334293585)\n(03,511502,3805083,372949654)\n(04,501030,2637621,365693945)\n"
            + "(05,518831,1693473,379770183)\n(06,502222,4539646,372367904)\n(07,6,267,4649)"),
        // The rollup says the same, in the same transaction as the load.
        ("select to_char(day, 'MM'), sum(flights), sum(delay), sum(distance) from flights.by_day group by 1",
            "(01,508239,3221712,369781288)\n(02,458170,4105801,334293585)\n(03,511502,3805083,372949654)\n(04,501030,2637621,365693945)\n"
            + "(05,518831,1693473,379770183)\n(06,502222,4539646,372367904)\n(07,6,267,4649)"),
        ("select origin, flights from (select origin, sum(flights) as flights from flights.by_day group by 1 order by 2 desc limit 3) q",
            "(ATL,124711)\n(DFW,157162)\n(ORD,166341)"),
        ("select count(distinct origin), count(distinct destination), count(distinct date) filter (where date = '2001-07-01 00:00:00') "
            + "from flights.flights", "(229,228,1)"),
        ("select count(*) from flights.airports", "(3376)"),
        ("select count(*) from pg_inherits where inhparent = 'flights.flights'::regclass", "(7)"),
        ("select pipeline, rows_read, rows_loaded, rows_quarantined from howdah.load_batch",
            "(airports,3376,3376,0)\n(flights,3000000,3000000,0)"),
    ];

    [Fact]
    public async Task Are_loaded_once_with_their_known_figures_and_every_proof_holds()
    {
        var folder = Path.Combine(Sample.Root, "samples/flights");
        var yaml = await File.ReadAllTextAsync(Path.Combine(folder, "estate.yaml"));
        var server = await TestServer.StartOwnAsync(18);
        // Beside the repository, where somebody put the files there; else npm has them.
        using var estate = new EstateHarness(server, yaml.Replace("servers:\n  main: { embedded: 18 }", "SERVERS", StringComparison.Ordinal)
            .Replace("../../../shared", Path.GetFullPath(Path.Combine(Sample.Root, "../shared")), StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "migrations")))
            estate.Write($"migrations/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file));
        await estate.ConvergeAsync();
        var session = await estate.OpenAsync();
        var database = session.Estate.Databases[0];

        foreach (var pipeline in PipelineLoad.Order(database, withUp: true))
        {
            var report = Assert.Single(await PipelineLoad.RunAsync(session, database, pipeline, new(), default));
            Assert.True(report.Outcome == LoadOutcome.Loaded, report.Message);
            Assert.StartsWith("npm:vega-datasets@3.2.1/data/", report.Source, StringComparison.Ordinal);
            report = Assert.Single(await PipelineLoad.RunAsync(session, database, pipeline, new(), default));
            Assert.Equal(LoadOutcome.Known, report.Outcome);
        }

        foreach (var (query, wanted) in Figures)
            Assert.Equal(wanted, await server.ScalarAsync<string>(
                $"select coalesce(string_agg(q::text, E'\\n' order by q::text collate \"C\"), '') from ({query}) q", "flights"));
        // What the README's queries say: no airport is missing, the rollup counts what is there; and proofs log in as their role.
        foreach (var nothing in (string[])["strays", "uncounted"])
            Assert.Equal(0L, await server.ScalarAsync<long>(
                $"select count(*) from ({DeclaredQueries.Bind(database, nothing, new Dictionary<string, string>()).Sql}) q", "flights"));
        var findings = await estate.ProveAsync();
        Assert.Empty(findings.Where(static each => each.Verdict != Verdict.Held));
        Assert.Contains(findings, static each => each.Attack.Id == "QRY-17");
        Assert.Contains(findings, static each => each.Attack.Id == "LOD-02");
        // The lints and attacks of any database, too.
        Assert.Equal(0, await Howdah.Cli.Program.Root().Parse(["prove", estate.Folder]).InvokeAsync());
    }
}
