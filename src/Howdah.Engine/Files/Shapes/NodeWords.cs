namespace Howdah.Engine.Files;

/// <summary>Words for messages about nodes.</summary>
static class NodeWords
{
    internal static string Of(Node node) => node switch
    {
        ListNode => "a list",
        MapNode => "a mapping",
        ScalarNode { IsNull: true } => "nothing",
        ScalarNode scalar => Masking.Quote(scalar.Text),
        _ => "something else",
    };

    /// <summary>The last key of a path, as the message's subject.</summary>
    internal static string Last(string path)
    {
        var (begin, open) = (path.LastIndexOf('.') + 1, path.LastIndexOf('['));
        // A key may hold brackets of its own: an item ends with its number.
        return path.Length == 0 ? "the file"
            : path.EndsWith(']') && open > begin && path[(open + 1)..^1].All(char.IsAsciiDigit) ? $"an item of `{path[begin..open]}`"
            : $"`{path[begin..]}`";
    }
}
