namespace Howdah.Engine.Files;

/// <summary>
/// <c>include:</c>, the one way to split an estate. Mappings merge key by key; a value that stands in two files is an error that names both
/// places: there is no order in which one file wins.
/// </summary>
sealed class Includes
{
    /// <summary>What may stand under the key, alone or in a list.</summary>
    internal static Shape<IReadOnlyList<Entry>> Shape { get; } = Shapes.List(
        Shapes.ScalarOr(Shapes.Parsed("a path or a glob", static text => new Entry(text, false)),
            Shapes.Object<Entry>("an include", static keys =>
            {
                var path = keys.Required("path", Shapes.Text,
                    "A file or a glob, from the folder of the file that includes it.", "access/*.yaml");
                var optional = keys.Optional("optional", Shapes.Bool, false, "Whether it may find no file.", "false");
                return values => new(values.Get(path), values.Get(optional));
            })), orSingle: true);

    readonly Dictionary<string, string> sources;
    readonly HashSet<string> merged = [];
    readonly Reading reading;

    Includes(Dictionary<string, string> sources, Reading reading)
    {
        this.sources = sources;
        this.reading = reading;
    }

    /// <summary>The file with all that it includes.</summary>
    /// <param name="root">The file's tree.</param>
    /// <param name="file">Its name.</param>
    /// <param name="sources">Gets the text of each file read.</param>
    /// <param name="reading">Gets what is wrong.</param>
    internal static MapNode Merge(MapNode root, string file, Dictionary<string, string> sources, Reading reading) =>
        new Includes(sources, reading).Merge(root, file, [Path.GetFullPath(file)]);

    MapNode Merge(MapNode root, string file, List<string> trail)
    {
        if (root["include"] is not { } include)
            return root;
        var result = root;
        foreach (var entry in (Shape.Read(include, reading) ?? []).Where(static entry => entry is { Path: not null }))
        {
            foreach (var path in Find(entry, file, include))
            {
                var full = Path.GetFullPath(path);
                if (trail.Contains(full))
                {
                    var cycle = trail.SkipWhile(step => step != full).Append(full).Select(Path.GetFileName);
                    reading.Error(Codes.BadInclude, include, $"files include each other: {string.Join(" → ", cycle)}");
                }
                else if (merged.Add(full) && Text(path, include) is { } text && YamlTree.Read(path, text, reading) is { } other)
                {
                    result = (MapNode)Join(result, Merge(other, path, [.. trail, full]));
                }
            }
        }
        return result;
    }

    List<string> Find(Entry entry, string file, Node include)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var name = Path.GetFileName(entry.Path);
        var found = new List<string>();
        try
        {
            // The name is given as the user gave the including file's: relative stays relative.
            var parent = Path.Combine(folder, Path.GetDirectoryName(entry.Path) ?? "");
            if (name.Length > 0 && Directory.Exists(parent))
            {
                found.AddRange(Directory.EnumerateFiles(parent, name).Order(StringComparer.Ordinal)
                    .Select(path => Path.Combine(Path.GetDirectoryName(file) ?? "", Path.GetRelativePath(folder, path))));
            }
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ArgumentException)
        {
            reading.Error(Codes.BadInclude, include, $"cannot look for `{entry.Path}`: {wrong.Message}");
            return found;
        }
        // An include that finds nothing must never mean "and delete all that stood there".
        if (found.Count == 0 && !entry.Optional)
        {
            reading.Error(Codes.BadInclude, include, $"no file matches `{entry.Path}`",
                $"paths start at the folder of {Path.GetFileName(file)}; {{ path: …, optional: true }} may find none");
        }
        return found;
    }

    string? Text(string path, Node include)
    {
        try
        {
            return sources[path] = File.ReadAllText(path);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            reading.Error(Codes.BadInclude, include, $"cannot read {path}: {wrong.Message}");
            return null;
        }
    }

    Node Join(Node one, Node other)
    {
        if (one is not MapNode first || other is not MapNode second)
        {
            var before = $"first in {one.Place.File}, line {one.Place.Line}";
            reading.Error(Codes.DuplicateKey, other, $"`{other.Path}` stands in two files; {before}", "keep one");
            return one;
        }
        var entries = first.Entries.ToList();
        foreach (var entry in second.Entries.Where(entry => first.Path.Length > 0 || entry.Key.Text is not ("include" or "howdah")))
        {
            var at = entries.FindIndex(each => each.Key.Text == entry.Key.Text);
            if (at < 0)
                entries.Add(entry);
            else
                entries[at] = entries[at] with { Value = Join(entries[at].Value, entry.Value) };
        }
        return first with { Entries = entries };
    }

    /// <summary>One include.</summary>
    /// <param name="Path">A path or a glob.</param>
    /// <param name="Optional">Whether it may find no file.</param>
    internal sealed record Entry(string Path, bool Optional);
}
