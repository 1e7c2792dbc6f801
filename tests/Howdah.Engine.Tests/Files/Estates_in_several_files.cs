using Howdah.Engine.Files;
using Howdah.Testing;
using Xunit;

namespace Howdah.Engine.Tests.Files;

public sealed class Estates_in_several_files : IDisposable
{
    readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Are_one_estate_in_the_end()
    {
        var loaded = Read("include: access/*.yaml\n", ("access/more.yaml", "roles: { extra: { login: true } }\n"));
        Assert.Empty(loaded.Diagnostics);
        Assert.NotEqual(TestEstates.Read(TestEstates.Good).Estate!.SpecHash, loaded.Estate!.SpecHash);
    }

    [Fact]
    public void Mean_the_same_wherever_they_are_cut()
    {
        var cut = TestEstates.Good.IndexOf("databases:", StringComparison.Ordinal);
        folder.Write("rest.yaml", TestEstates.Good[cut..]);
        var file = folder.Write("estate.yaml", "include: rest.yaml\n" + TestEstates.Good[..cut]);
        var split = EstateReader.Read(file, null, TestEstates.Patterns).Estate!;
        Assert.Equal(TestEstates.Read(TestEstates.Good).Estate!.SpecHash, split.SpecHash);
    }

    [Fact]
    public void May_not_say_a_thing_twice()
    {
        var found = Assert.Single(Read("include: more.yaml\n", ("more.yaml", "roles: { shop_app: { login: true } }\n")).Diagnostics);
        Assert.Equal((Codes.DuplicateKey, "more.yaml", 1), (found.Code, Path.GetFileName(found.Place!.File), found.Place.Line));
        Assert.Contains("estate.yaml, line 8", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void May_not_include_each_other()
    {
        var found = Assert.Single(Read("include: a.yaml\n", ("a.yaml", "include: b.yaml\n"), ("b.yaml", "include: a.yaml\n")).Diagnostics);
        Assert.Equal("files include each other: a.yaml → b.yaml → a.yaml", found.Message);
    }

    [Theory]
    [InlineData("include: { path: 'none/*.yaml', optional: true }\n")]
    [InlineData("include: [{ path: none.yaml, optional: true }]\n")]
    public void May_find_none_where_the_file_says_so(string include) => Assert.NotNull(Read(include).Estate);

    [Theory]
    [InlineData("include: ''\n")]
    [InlineData("include: /\n")]
    [InlineData("include: \"a\\0b\"\n")]
    [InlineData("include: [absent.yaml]\n")]
    public void Must_be_there(string include) => Assert.Contains(Read(include).Diagnostics, static found => found.Code == Codes.BadInclude);

    Loaded Read(string include, params (string Name, string Text)[] others)
    {
        foreach (var (name, text) in others)
            folder.Write(name, text);
        return EstateReader.Read(folder.Write("estate.yaml", include + TestEstates.Good), null, TestEstates.Patterns);
    }
}
