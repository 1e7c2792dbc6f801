using System.Reflection;

namespace Howdah.House.Tests;

/// <summary>The source tree, for tests that read it.</summary>
static class Tree
{
    internal static string Root { get; } = Path.GetFullPath(
        typeof(Tree).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Root").Value!);

    /// <summary>Hand-written C# files, relative to the root.</summary>
    internal static IReadOnlyList<string> Sources { get; } =
        [.. Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => file.StartsWith("src/", StringComparison.Ordinal) || file.StartsWith("tests/", StringComparison.Ordinal)
                || file.StartsWith("bench/", StringComparison.Ordinal))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    internal static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    internal static IReadOnlyList<string> PatternFolders { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Root, "src/Howdah.Patterns")).Select(Path.GetFileName)
            .Where(name => name is not "obj" and not "bin").Order(StringComparer.Ordinal)!];
}
