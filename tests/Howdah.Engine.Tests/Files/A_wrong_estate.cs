using Howdah.Engine.Files;
using Xunit;

namespace Howdah.Engine.Tests.Files;

public sealed class A_wrong_estate
{
    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Approved.Folder, "*.yaml").Select(static file => Path.GetFileNameWithoutExtension(file)!)
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_told_all_its_mistakes_and_no_secret(string name)
    {
        var loaded = Read(name);
        var text = DiagnosticText.Write(loaded.Diagnostics, loaded.Sources);
        Assert.Null(loaded.Estate);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", DiagnosticText.WriteJson(loaded.Diagnostics), StringComparison.Ordinal);
        Assert.All(loaded.Diagnostics, static found => Assert.NotNull(found.Place));
        Approved.Holds(name, text);
    }

    [Fact]
    public void Every_code_of_the_file_has_a_sample()
    {
        var given = Names.SelectMany(row => Read(row.Data).Diagnostics).Select(static found => found.Code).ToHashSet();
        var codes = CodePage.All(TestEstates.Patterns).Select(static each => each.Code)
            .Where(static code => !code.StartsWith("HOW02", StringComparison.Ordinal));
        Assert.Empty(codes.Except(given));
    }

    [Fact]
    public void An_environment_that_is_not_there_is_told_with_the_nearest()
    {
        var found = Assert.Single(TestEstates.Read(TestEstates.Good, "producton").Diagnostics);
        Assert.Equal((Codes.BadEnvironment, "did you mean `production`?"), (found.Code, found.Hint));
    }

    static Loaded Read(string name) => TestEstates.Read(File.ReadAllText(Path.Combine(Approved.Folder, $"{name}.yaml")));
}
