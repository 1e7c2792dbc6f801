namespace Howdah.Engine.Files;

/// <summary>A piece of a YAML document with its place: what shapes read from.</summary>
/// <param name="Path">The YAML path from the top: <c>databases.store.grants[0].to</c>.</param>
/// <param name="Place">Where it stands.</param>
public abstract record Node(string Path, Place Place);

/// <summary>A scalar, kept as its text: the shape says what it means, so <c>no</c> stays a string where one is wanted.</summary>
/// <param name="Path">The YAML path.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Text">The text, unquoted and unescaped.</param>
/// <param name="Plain">Whether it stood without quotes.</param>
public sealed record ScalarNode(string Path, Place Place, string Text, bool Plain) : Node(Path, Place)
{
    /// <summary>Whether it is YAML's null: nothing, <c>~</c> or <c>null</c>, unquoted.</summary>
    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>A list.</summary>
/// <param name="Path">The YAML path.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Items">Its items.</param>
public sealed record ListNode(string Path, Place Place, IReadOnlyList<Node> Items) : Node(Path, Place);

/// <summary>A mapping; keys are unique (duplicates were reported and dropped by the reader).</summary>
/// <param name="Path">The YAML path.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Entries">Its entries in the file's order.</param>
public sealed record MapNode(string Path, Place Place, IReadOnlyList<MapEntry> Entries) : Node(Path, Place)
{
    /// <summary>The value under a key, or null.</summary>
    public Node? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;
}

/// <summary>One entry of a mapping.</summary>
/// <param name="Key">The key with its place.</param>
/// <param name="Value">The value.</param>
public sealed record MapEntry(ScalarNode Key, Node Value);
