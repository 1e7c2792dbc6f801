using Howdah.Engine.Proving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Warehouse;

/// <summary>Fiscal years of whole weeks, compared with years that retailers and others have had.</summary>
public sealed class Fiscal_weeks
{
    const string Yaml = """
        howdah: 1
        estate: shop
        SERVERS
        roles: { shop_owner: {} }
        databases:
          DATABASE:
            owner: shop_owner
            warehouse: { calendar: { from: 2015-01-01, to: 2026-12-31WEEKS } }
        """;

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task End_where_they_did(int major)
    {
        var star = await Star.GetAsync(major);
        using var estate = new EstateHarness(star.Server, Of(""));
        await estate.ConvergeAsync();
        // The retail calendar: 53 weeks in 2017 and 2023.
        Assert.Equal("""
            (2016,2016-01-31,2017-01-28,52)
            (2017,2017-01-29,2018-02-03,53)
            (2018,2018-02-04,2019-02-02,52)
            (2022,2022-01-30,2023-01-28,52)
            (2023,2023-01-29,2024-02-03,53)
            (2024,2024-02-04,2025-02-01,52)
            """, await YearsAsync("{ pattern: 4-5-4, month: 1, choose: nearest, named_by: begin }", "2016, 2017, 2018, 2022, 2023, 2024"));
        const string Months = """
            select string_agg(q::text, E'\n' order by q::text) from (select min(day), fiscal_month, count(*) from dw.calendar
            where fiscal_year = 2017 and fiscal_month in (1, 2, 3, 12) group by fiscal_month) q
            """;
        Assert.Equal("(2017-01-29,1,28)\n(2017-02-26,2,35)\n(2017-04-02,3,28)\n(2017-12-31,12,35)",
            await star.Server.ScalarAsync<string>(Months, $"weeks_{major}"));
        // The last Saturday of September: 53 weeks in 2023.
        Assert.Equal("(2022,2021-09-26,2022-09-24,52)\n(2023,2022-09-25,2023-09-30,53)\n(2024,2023-10-01,2024-09-28,52)",
            await YearsAsync("{ month: 9 }", "2022, 2023, 2024"));
        Assert.Equal("", await BrokenAsync());
        foreach (var column in (string[])["fiscal_year", "fiscal_quarter", "fiscal_month", "fiscal_week"])
        {
            await star.Server.ExecuteAsync($"update dw.calendar set {column} = {column} - 1 where day = '2023-12-05'", $"weeks_{major}");
            Assert.Equal($"{column}: WAR-23", $"{column}: {await BrokenAsync()}");
            await star.Server.ExecuteAsync("call dw.fill_calendar()", $"weeks_{major}");
        }
        // Back to months: what weeks there were is left, and nothing else asks for it.
        estate.Write(Of(", fiscal_start: 7"));
        await estate.ConvergeAsync();
        Assert.Equal("", await BrokenAsync());

        string Of(string weeks) => Yaml.Replace("DATABASE", $"weeks_{major}", StringComparison.Ordinal)
            .Replace("WEEKS", weeks, StringComparison.Ordinal);

        async Task<string?> YearsAsync(string weeks, string years)
        {
            estate.Write(Of($", fiscal_weeks: {weeks}"));
            await estate.ConvergeAsync();
            return await star.Server.ScalarAsync<string>($"""
                select string_agg(q::text, E'\n' order by q::text) from (select fiscal_year, min(day), max(day), max(fiscal_week)
                from dw.calendar where fiscal_year in ({years}) group by fiscal_year) q
                """, $"weeks_{major}");
        }

        async Task<string> BrokenAsync() => string.Join(' ', (await estate.ProveAsync())
            .Where(static finding => finding.Verdict == Verdict.Broken).Select(static finding => finding.Attack.Id).Distinct());
    }
}
