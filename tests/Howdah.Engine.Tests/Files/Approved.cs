using Xunit;

namespace Howdah.Engine.Tests.Files;

/// <summary>Text that a person approved. With <c>HOWDAH_APPROVE=1</c> what is given
/// becomes the approved text, to be read in the diff.</summary>
static class Approved
{
    internal static string Folder { get; } = Path.Combine(Root(), "tests", "Howdah.Engine.Tests", "Files", "Wrong");

    internal static void Holds(string name, string given)
    {
        var file = Path.Combine(Folder, $"{name}.approved.txt");
        if (Environment.GetEnvironmentVariable("HOWDAH_APPROVE") == "1")
            File.WriteAllText(file, given);
        Assert.True(File.Exists(file), $"nothing is approved for {name}:\n{given}");
        Assert.Equal(File.ReadAllText(file), given);
    }

    static string Root() => System.Reflection.CustomAttributeExtensions
        .GetCustomAttributes<System.Reflection.AssemblyMetadataAttribute>(typeof(Approved).Assembly)
        .First(static each => each.Key == "Root").Value!;
}
