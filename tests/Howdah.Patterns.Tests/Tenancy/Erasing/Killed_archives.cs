using System.Globalization;
using Howdah.Patterns.Tenancy.Archiving;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tests.Tenancy.Archiving;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Tenancy.Erasing;

/// <summary>Imports and erasures in a process that kills itself. Points are drawn from a seed; with HOWDAH_FULL=1 all of them.</summary>
public sealed class Killed_archives
{
    public static TheoryData<int, TenancyModel> Models => new(((int[])[18, 15]).SelectMany(static major =>
        Campaign.Of<TenancyModel>([TenancyModel.Rows, TenancyModel.Schemas, TenancyModel.Databases], major)
            .Select(model => (major, model))));

    [Theory]
    [MemberData(nameof(Models))]
    public async Task End_clean_whether_they_go_on_or_are_given_up(int major, TenancyModel model)
    {
        using var luggage = await Luggage.OpenAsync(major);
        await luggage.MakeAsync("source", model);
        var (path, _) = await luggage.ExportAsync("source");
        var rows = await Luggage.RowsOfAsync(path);
        var draw = new Random(major * 10 + (int)model);

        var (code, points) = await luggage.CrashAsync("import", "0", path, "whole", $"{model}");
        Assert.Equal(0, code);
        Assert.Contains("checked", points);
        foreach (var point in Some(points, draw, 2))
        {
            var name = $"import {point}";
            Assert.Equal(137, (await luggage.CrashAsync("import", Number(point), path, name, $"{model}")).Code);
            if (points[point - 1] is not "active")
            {
                // Neither served nor taken for a tenant that is being made.
                Assert.Equal("creating", (await luggage.FindAsync(name)).State);
                await using var tenants = await luggage.Market.TenantsAsync();
                Assert.Contains("an import of", (await Assert.ThrowsAsync<ArgumentException>(() =>
                    tenants.CreateAsync(name, model, null, default))).Message);
            }
            Assert.Equal(points[point - 1] is "active" ? "there" : "imported", (await luggage.ImportAsync(path, name)).Outcome);
            Assert.Equal(rows, await luggage.RowsAsync(name));
            await luggage.CleanAsync();
        }
        foreach (var point in Some([.. points.TakeWhile(static each => each != "active")], draw, 1))
        {
            Assert.Equal(137, (await luggage.CrashAsync("import", Number(point), path, "given up", $"{model}")).Code);
            Assert.Equal(137, (await luggage.CrashAsync("abort-import", "1", path, "given up")).Code);
            await TenantImport.AbortAsync(luggage.Market.Session, luggage.Home, path, "given up", new(), default);
            await using (var tenants = await luggage.Market.TenantsAsync())
                Assert.DoesNotContain(await tenants.ListAsync(default), static each => each.Name == "given up");
            await luggage.CleanAsync();
        }

        (code, points) = await luggage.CrashAsync("erase", "0", "whole");
        Assert.Equal(0, code);
        Assert.Contains("certified", points);
        foreach (var point in Some(points, draw, 2))
        {
            var name = $"erase {point}";
            await luggage.ImportAsync(path, name, model);
            Assert.Equal(137, (await luggage.CrashAsync("erase", Number(point), name)).Code);
            var erased = await luggage.EraseAsync(name);
            Assert.Equal(points[point - 1] is "certified" ? "done" : "erased", erased.Outcome);
            // What was there is told from before the first kill.
            Assert.Equal(88, erased.Rows);
            await luggage.CleanAsync();
        }
        Assert.Equal(rows, await luggage.RowsAsync("source"));
    }

    static IEnumerable<int> Some(List<string> points, Random draw, int most)
    {
        var all = Enumerable.Range(1, points.Count).ToArray();
        if (Campaign.Full)
            return all;
        draw.Shuffle(all);
        return all.Take(most);
    }

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
