using Howdah.Engine.Files;
using Howdah.Patterns.Migrations;
using Howdah.Testing;
using Xunit;

namespace Howdah.Patterns.Tests.Migrations;

public sealed class Migration_numbers
{
    [Fact]
    public void That_are_missing_are_warned_of()
    {
        using var folder = new TempFolder();
        foreach (var name in (string[])["0003_c.sql", "0004_d.sql", "0007_g.sql", "0008_h.sql"])
            folder.Write(name, "select 1;\n");
        var gap = Assert.Single(MigrationFiles.Read(folder.Path, "databases.shop.migrations").Problems);
        Assert.Equal((Howdah.Patterns.Migrations.Codes.Gap, Severity.Warning, "databases.shop.migrations"),
            (gap.Code, gap.Severity, gap.Path));
        Assert.Contains("between 0004 and 0007", gap.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void That_two_files_have_are_an_error_that_names_both()
    {
        using var folder = new TempFolder();
        folder.Write("0001_a.sql", "select 1;\n");
        folder.Write("0001_b.sql", "select 2;\n");
        var twins = Assert.Single(MigrationFiles.Read(folder.Path, "databases.shop.migrations").Problems);
        Assert.Equal((Howdah.Patterns.Migrations.Codes.FileName, Severity.Error), (twins.Code, twins.Severity));
        Assert.Contains("0001_a and 0001_b", twins.Message, StringComparison.Ordinal);
    }
}
