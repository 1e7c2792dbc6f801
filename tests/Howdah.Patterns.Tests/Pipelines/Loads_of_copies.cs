using Xunit;

namespace Howdah.Patterns.Tests.Pipelines;

/// <summary>A complete copy is loaded whole or not at all: what would be put aside row by row elsewhere would count as deleted here.
/// </summary>
public sealed class Loads_of_copies
{
    const string Header = "tariff,rate,effective_at\n";

    public static TheoryData<int> Versions => [18, 15];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Are_whole_or_refused(int major)
    {
        using var harbor = await Harbor.OpenAsync(major);
        Assert.Equal("Loaded 4 = 4 + 0 + 0 + 0", await LoadedAsync("a,1,2024-01-01\nb,2,2024-01-01\nc,3,2024-01-01\nd,4,2024-01-01\n"));
        // The reader refuses a number, the server one that its column does not hold, and a copy may lack three of five.
        Assert.Equal("Failed: the copy of tariff is not complete: rows of it were refused before (SQLSTATE 55000)",
            await LoadedAsync("a,1,2024-02-01\nb,x,2024-02-01\nc,3,2024-02-01\nd,4,2024-02-01\n"));
        Assert.Equal("Failed: the copy of tariff is not complete: the server refuses some of its rows (SQLSTATE 55000)",
            await LoadedAsync("a,1,2024-02-01\nb,2,2024-02-01\nc,3,2024-02-01\nd,40000,2024-02-01\n"));
        Assert.Equal("Failed: the copy of tariff is not complete: a row is refused: key: a part of the natural key is missing "
            + "(SQLSTATE 55000)",
            await LoadedAsync("a,1,2024-02-01\nb,2,2024-02-01\n,3,2024-02-01\nd,4,2024-02-01\n"));
        Assert.StartsWith("Failed: the copy of tariff of 2024-02-01 00:00:00+00 lacks 3 of 4 members, more than 60 of a hundred",
            await LoadedAsync("a,1,2024-02-01\n"), StringComparison.Ordinal);
        Assert.Equal("(4)", await harbor.TextAsync("select count(*) from dw.tariff where sk > 0 and valid_to = 'infinity'"));
        Assert.Equal("(1)", await harbor.TextAsync("select count(*) from dw.tariff_copy"));
        Assert.Equal("", await harbor.TextAsync("select * from howdah.quarantine"));
        Assert.Equal("Loaded 2 = 2 + 0 + 0 + 0", await LoadedAsync("a,1,2024-02-01\nb,2,2024-02-01\n"));
        Assert.Equal("(a)\n(b)", await harbor.TextAsync("select tariff from dw.tariff where sk > 0 and valid_to = 'infinity'"));

        async Task<string> LoadedAsync(string rows)
        {
            harbor.Estate.Write("tariffs.csv", Header + rows.Replace("-01\n", "-01 00:00:00\n", StringComparison.Ordinal));
            return await harbor.LoadedAsync("tariffs");
        }
    }
}
