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
    internal static string Last(string path) => path switch
    {
        "" => "the file",
        _ when path.EndsWith(']') => $"an item of `{path[(path.LastIndexOf('.') + 1)..path.LastIndexOf('[')]}`",
        _ => $"`{path[(path.LastIndexOf('.') + 1)..]}`",
    };
}
