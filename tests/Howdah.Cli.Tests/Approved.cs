using Xunit;

namespace Howdah.Cli.Tests;

/// <summary>Text that a person approved. With <c>HOWDAH_APPROVE=1</c> what is given becomes the approved text, to be read in the
/// diff.</summary>
static class Approved
{
    internal static string Root { get; } = Find();

    internal static void Holds(string name, string given)
    {
        var file = Path.Combine(Root, "tests/Howdah.Cli.Tests", $"{name}.approved.txt");
        if (Environment.GetEnvironmentVariable("HOWDAH_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, given);
        }
        Assert.True(File.Exists(file), $"nothing is approved for {name}:\n{given}");
        Assert.Equal(File.ReadAllText(file), given);
    }

    static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Howdah.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }
}
