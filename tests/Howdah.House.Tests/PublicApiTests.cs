using System.Reflection;
using PublicApiGenerator;
using Xunit;

namespace Howdah.House.Tests;

/// <summary>The public API is a reviewed text: a change shows in the diff of the approved file.</summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Howdah.Engine")]
    [InlineData("Howdah.Patterns")]
    [InlineData("Howdah.Prover")]
    [InlineData("Howdah.Loading")]
    [InlineData("Howdah.Loading.Parquet")]
    [InlineData("Howdah.Gateway")]
    [InlineData("Howdah.Client")]
    [InlineData("Howdah.Client.AspNetCore")]
    [InlineData("Howdah.Client.EntityFrameworkCore")]
    public void The_public_API_is_as_approved(string assembly)
    {
        var api = Assembly.Load(assembly)
            .GeneratePublicApi(new() { ExcludeAttributes = ["System.Reflection.AssemblyMetadataAttribute",
                "System.Runtime.CompilerServices.InternalsVisibleToAttribute",
                "System.Runtime.Versioning.TargetFrameworkAttribute"] })
            .Replace("\r\n", "\n", StringComparison.Ordinal);
        var approved = Path.Combine(Tree.Root, "tests/Howdah.House.Tests/Api", assembly + ".approved.txt");
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (api != expected && Environment.GetEnvironmentVariable("HOWDAH_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(approved)!);
            File.WriteAllText(approved, api);
            return;
        }
        // The first difference is looked for only where there is one.
        if (api != expected)
        {
            Assert.Fail($"the public API of {assembly} changed; review it and approve with HOWDAH_APPROVE=1 ./test house\n"
                + FirstDifference(expected, api));
        }
    }

    [Theory]
    [InlineData("Howdah.Engine")]
    [InlineData("Howdah.Patterns")]
    [InlineData("Howdah.Prover")]
    [InlineData("Howdah.Loading")]
    [InlineData("Howdah.Loading.Parquet")]
    [InlineData("Howdah.Gateway")]
    [InlineData("Howdah.Client")]
    [InlineData("Howdah.Client.AspNetCore")]
    [InlineData("Howdah.Client.EntityFrameworkCore")]
    public void At_least_half_of_the_types_are_hidden_or_a_record_of_the_contract(string assembly)
    {
        var types = Assembly.Load(assembly).GetTypes().Where(type => !type.IsNested && !type.Name.Contains('<', StringComparison.Ordinal))
            .ToList();
        var share = (double)types.Count(type => type.IsPublic) / types.Count;
        Assert.True(share <= 0.7, $"{share:P0} of {assembly} is public");
    }

    static string FirstDifference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var at = Enumerable.Range(0, Math.Max(before.Length, after.Length))
            .First(i => before.ElementAtOrDefault(i) != after.ElementAtOrDefault(i));
        return $"line {at + 1}\n- {before.ElementAtOrDefault(at)}\n+ {after.ElementAtOrDefault(at)}";
    }
}
