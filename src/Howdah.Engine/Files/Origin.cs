namespace Howdah.Engine.Files;

/// <summary>Where in the estate file the promise stands that a finding is about.</summary>
sealed class Origin
{
    readonly MapNode? root;

    internal Origin(Estate estate)
    {
        try
        {
            root = YamlTree.Read(estate.File, File.ReadAllText(estate.File), new());
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            root = null; // an estate that was not read from a file, or whose file is gone by now
        }
    }

    /// <summary>The key of a pattern, at the top or under its target; null where it stands in another file.</summary>
    internal Place? Of(Target target, string key)
    {
        if (root?[key] is not null)
            return Places.Find(root, key);
        var sections = target.Path.Split('.', 2);
        return root?[sections[0]] is MapNode all && all[sections[1]] is MapNode own && own[key] is not null
            ? Places.Find(root, $"{own.Path}.{key}") : null;
    }
}
