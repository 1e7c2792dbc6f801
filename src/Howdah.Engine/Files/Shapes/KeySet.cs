namespace Howdah.Engine.Files;

/// <summary>Collects the keys of an object shape.</summary>
public sealed class KeySet
{
    readonly List<KeyInfo> keys = [];

    internal IReadOnlyList<KeyInfo> Keys => keys;
    internal Dictionary<string, Func<Node, Reading, object?>> Readers { get; } = [];

    /// <summary>A key that must be there.</summary>
    public Key<T> Required<T>(string name, Shape<T> shape, string about, string? example = null, string? sql = null) =>
        Add<T>(new(name, about, shape, true, null, example, sql), shape, default!);

    /// <summary>A key that may be missing.</summary>
    /// <param name="name">The key.</param>
    /// <param name="shape">What stands under it.</param>
    /// <param name="fallback">What its absence means.</param>
    /// <param name="about">One or two sentences.</param>
    /// <param name="defaultYaml">The fallback as YAML, for people; null where absence means "nothing".</param>
    /// <param name="example">An example as YAML.</param>
    /// <param name="sql">The SQL it leads to, in general form.</param>
    public Key<T> Optional<T>(string name, Shape<T> shape, T fallback, string about,
        string? defaultYaml = null, string? example = null, string? sql = null) =>
        Add<T>(new(name, about, shape, false, defaultYaml, example, sql), shape, fallback);

    Key<T> Add<T>(KeyInfo info, Shape<T> shape, T fallback)
    {
        keys.Add(info);
        Readers.Add(info.Name, (node, reading) => shape.Read(node, reading));
        return new(info.Name, fallback);
    }
}

/// <summary>A key of an object shape, with the type of its value.</summary>
/// <param name="Name">The key.</param>
/// <param name="Fallback">What its absence means.</param>
public sealed record Key<T>(string Name, T Fallback);

/// <summary>The values read for one object.</summary>
public sealed class KeyValues
{
    readonly IReadOnlyDictionary<string, object?> values;

    internal KeyValues(IReadOnlyDictionary<string, object?> values, Node node, Reading reading)
    {
        this.values = values;
        Node = node;
        Reading = reading;
    }

    /// <summary>The object's own node: its path and place.</summary>
    public Node Node { get; }

    /// <summary>To report what only the keys together show to be wrong.</summary>
    public Reading Reading { get; }

    /// <summary>The value under a key, or its fallback.</summary>
    public T Get<T>(Key<T> key) => values.TryGetValue(key.Name, out var value) && value is T typed ? typed : key.Fallback;

    /// <summary>Whether the key stood in the file.</summary>
    public bool Has<T>(Key<T> key) => values.ContainsKey(key.Name);
}
