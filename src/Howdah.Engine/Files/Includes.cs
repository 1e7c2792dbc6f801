namespace Howdah.Engine.Files;

/// <summary>
/// <c>include:</c>, the one way to split an estate. Mappings merge key by key; a value that stands in two files is an error that names both
/// places:
/// there is no order in which one file wins.
/// </summary>
static class Includes
{
    internal static MapNode Merge(MapNode root, string file, Dictionary<string, string> sources, Reading reading) =>
        Merge(root, file, [Path.GetFullPath(file)], sources, reading);

    static MapNode Merge(MapNode root, string file, List<string> trail, Dictionary<string, string> sources, Reading reading)
    {
        if (root["include"] is not { } include)
            return root;
        var entries = Shapes.List(Shapes.Text, orSingle: true).Read(include, reading) ?? [];
        var merged = root;
        foreach (var pattern in entries.Where(entry => entry is not null))
        {
            foreach (var path in Find(pattern, file, include, reading))
            {
                var full = Path.GetFullPath(path);
                if (trail.Contains(full))
                {
                    var cycle = trail.SkipWhile(step => step != full).Append(full).Select(Path.GetFileName);
                    reading.Error(Codes.BadInclude, include, $"files include each other: {string.Join(" → ", cycle)}");
                    continue;
                }
                sources[path] = File.ReadAllText(path);
                if (YamlTree.Read(path, sources[path], reading) is { } other)
                    merged = (MapNode)Join(merged, Merge(other, path, [.. trail, full], sources, reading), reading);
            }
        }
        return merged;
    }

    static List<string> Find(string pattern, string file, Node include, Reading reading)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var parent = Path.GetDirectoryName(Path.Combine(folder, pattern))!;
        var found = Directory.Exists(parent)
            ? Directory.EnumerateFiles(parent, Path.GetFileName(pattern)).Order(StringComparer.Ordinal)
                .Select(path => Path.GetRelativePath(Environment.CurrentDirectory, path)).ToList()
            : [];
        // An include that finds nothing must never mean "and delete all that stood there".
        if (found.Count == 0)
            reading.Error(Codes.BadInclude, include, $"no file matches `{pattern}`",
                $"paths start at the folder of {Path.GetFileName(file)}");
        return found;
    }

    static Node Join(Node one, Node other, Reading reading)
    {
        if (one is not MapNode first || other is not MapNode second)
        {
            reading.Error(Codes.DuplicateKey, other,
                $"`{other.Path}` stands in two files; first in {one.Place.File}, line {one.Place.Line}", "keep one");
            return one;
        }
        var entries = first.Entries.ToList();
        foreach (var entry in second.Entries.Where(entry => first.Path.Length > 0 || entry.Key.Text is not ("include" or "howdah")))
        {
            var at = entries.FindIndex(each => each.Key.Text == entry.Key.Text);
            if (at < 0)
                entries.Add(entry);
            else
                entries[at] = entries[at] with { Value = Join(entries[at].Value, entry.Value, reading) };
        }
        return first with { Entries = entries };
    }
}
