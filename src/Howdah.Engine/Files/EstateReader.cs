using System.Security.Cryptography;
using System.Text;

namespace Howdah.Engine.Files;

/// <summary>What reading gave: an estate, or the reasons why there is none.</summary>
/// <param name="Estate">The estate; null when there are errors.</param>
/// <param name="Diagnostics">All mistakes and warnings, by place.</param>
/// <param name="Sources">The text of each file read, by the name used in places.</param>
public sealed record Loaded(Estate? Estate, IReadOnlyList<Diagnostic> Diagnostics, IReadOnlyDictionary<string, string> Sources);

/// <summary>Reads <c>estate.yaml</c>: strictly, and telling every mistake at once.</summary>
public static class EstateReader
{
    /// <summary>The newest format version this tool reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>The name of the file in a folder.</summary>
    public const string FileName = "estate.yaml";

    /// <summary>Reads a file, or <c>estate.yaml</c> in a folder.</summary>
    /// <param name="path">The file or the folder.</param>
    /// <param name="environment">The overlay to lay over it, or null.</param>
    /// <param name="patterns">The patterns whose keys may stand in it.</param>
    public static Loaded Read(string path, string? environment, IReadOnlyList<Pattern> patterns)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        try
        {
            return ReadText(file, File.ReadAllText(file), environment, patterns);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            var hint = $"name a folder that holds {FileName}, or the file itself; howdah init writes one to start from";
            var found = Diagnostic.Error(Codes.NoFile,
                missing is FileNotFoundException or DirectoryNotFoundException ? $"there is no {file}"
                    : $"cannot read {file}: {missing.Message}", "", hint);
            return new(null, [found], new Dictionary<string, string>());
        }
    }

    /// <summary>Reads an estate from text; includes are looked for beside <paramref name="file"/>.</summary>
    /// <param name="file">The name for places.</param>
    /// <param name="text">The text.</param>
    /// <param name="environment">The overlay to lay over it, or null.</param>
    /// <param name="patterns">The patterns whose keys may stand in it.</param>
    public static Loaded ReadText(string file, string text, string? environment, IReadOnlyList<Pattern> patterns)
    {
        var reading = new Reading();
        var sources = new Dictionary<string, string> { [file] = text };
        var root = YamlTree.Read(file, text, reading);
        if (root is null)
            return new(null, reading.Diagnostics, sources);
        // A newer format may mean anything by any key: judge no more of it.
        if (root["howdah"] is { } version)
            new VersionShape().Read(version, reading);
        if (reading.Diagnostics.Any(static found => found.Code == Codes.Version))
            return new(null, Sorted(reading.Diagnostics), sources);
        root = Includes.Merge(root, file, sources, reading);
        root = Environments.Overlay(root, environment, reading);
        var estate = EstateShape.For(patterns).Read(root, reading);
        References.Check(reading);
        if (estate is null || reading.Diagnostics.Any(found => found.Severity == Severity.Error))
            return new(null, Sorted(reading.Diagnostics), sources);
        estate = estate with { File = Path.GetFullPath(file), SpecHash = Hash(Meant(root)) };
        foreach (var found in patterns.SelectMany(pattern => Promises.For(estate, pattern)).SelectMany(promise => promise.Validate()))
            reading.Add(found.Place is null ? found with { Place = Places.Find(root, found.Path) } : found);
        var broken = reading.Diagnostics.Any(found => found.Severity == Severity.Error);
        return new(broken ? null : estate, Sorted(reading.Diagnostics), sources);
    }

    static List<Diagnostic> Sorted(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.Distinct().OrderBy(found => found.Place?.File, StringComparer.Ordinal).ThenBy(found => found.Place?.Line ?? 0)
            .ThenBy(found => found.Place?.Column ?? 0)];

    // Where the text came from, and overlays that were not chosen, are no part of what is wished.
    static MapNode Meant(MapNode root) =>
        root with { Entries = [.. root.Entries.Where(static entry => entry.Key.Text is not ("include" or "environments"))] };

    // Keys in ordinal order: the order of a mapping carries no meaning.
    static string Hash(Node root)
    {
        var text = new StringBuilder();
        Write(root);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));

        void Write(Node node)
        {
            switch (node)
            {
                case ScalarNode scalar:
                    text.Append(scalar.IsNull ? "~" : $"={scalar.Text.Length}:{scalar.Text}");
                    break;
                case ListNode list:
                    text.Append('[');
                    foreach (var item in list.Items)
                        Write(item);
                    text.Append(']');
                    break;
                case MapNode map:
                    text.Append('{');
                    foreach (var entry in map.Entries.OrderBy(entry => entry.Key.Text, StringComparer.Ordinal))
                    {
                        text.Append($"{entry.Key.Text.Length}:{entry.Key.Text}");
                        Write(entry.Value);
                    }
                    text.Append('}');
                    break;
            }
        }
    }
}
