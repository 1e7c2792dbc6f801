namespace Howdah.Engine.Files;

/// <summary>The wanted state of a whole estate: what the file says after includes and the chosen environment.</summary>
/// <param name="Name">The key <c>estate</c>.</param>
/// <param name="File">The path of <c>estate.yaml</c>, absolute.</param>
/// <param name="Servers">Servers by name.</param>
/// <param name="Databases">Databases in the file's order.</param>
/// <param name="Sections">What patterns read at the top of the file, by key.</param>
/// <param name="SpecHash">SHA-256 (hex) of the merged file, secrets as references: equal for equal meaning.</param>
public sealed record Estate(
    string Name,
    string File,
    IReadOnlyDictionary<string, ServerSpec> Servers,
    IReadOnlyList<DatabaseSpec> Databases,
    IReadOnlyDictionary<string, object> Sections,
    string SpecHash)
{
    /// <summary>The folder of the file; relative paths in it start here.</summary>
    public string Folder => Path.GetDirectoryName(File)!;

    /// <summary>Where Howdah keeps embedded servers and generated secrets: <c>.howdah</c> beside the file.</summary>
    public string StateFolder => Path.Combine(Folder, ".howdah");

    /// <summary>What a pattern read at the top of the file, or null where the key is missing.</summary>
    public T? Get<T>(Section<T> section) where T : class => Sections.GetValueOrDefault(section.Key) as T;
}

/// <summary>A server as declared: embedded, or reached by a connection string.</summary>
/// <param name="Name">Its key under <c>servers</c>.</param>
/// <param name="Embedded">The PostgreSQL major version to run embedded; null for a server named by <paramref name="Connection"/>.</param>
/// <param name="Connection">The reference to the connection string of the role that applies; null for an embedded server.</param>
/// <param name="Sections">What patterns read under this server, by key.</param>
public sealed record ServerSpec(
    string Name, int? Embedded, SecretRef? Connection, IReadOnlyDictionary<string, object> Sections)
{
    /// <summary>What a pattern read under this server, or null where the key is missing.</summary>
    public T? Get<T>(Section<T> section) where T : class => Sections.GetValueOrDefault(section.Key) as T;
}

/// <summary>A database as declared.</summary>
/// <param name="Name">Its key under <c>databases</c>, and its name on the server.</param>
/// <param name="Server">The name of its server.</param>
/// <param name="Owner">The role that owns it and its objects.</param>
/// <param name="Sections">What patterns read under this database, by key.</param>
public sealed record DatabaseSpec(
    string Name, string Server, string Owner, IReadOnlyDictionary<string, object> Sections)
{
    /// <summary>What a pattern read under this database, or null where the key is missing.</summary>
    public T? Get<T>(Section<T> section) where T : class => Sections.GetValueOrDefault(section.Key) as T;
}

/// <summary>A reference to a secret: never the secret itself.</summary>
/// <param name="Kind"><c>env</c>, <c>file</c> or <c>generated</c>.</param>
/// <param name="Name">The variable or the path; empty for <c>generated</c>.</param>
public sealed record SecretRef(string Kind, string Name)
{
    /// <summary>As in the file: <c>${env:NAME}</c>, <c>${file:PATH}</c>, <c>${generated}</c>.</summary>
    public override string ToString() => Kind == "generated" ? "${generated}" : $"${{{Kind}:{Name}}}";
}

/// <summary>Where in the file a section's key stands.</summary>
public enum SectionScope
{
    /// <summary>At the top.</summary>
    Estate,
    /// <summary>Under a server.</summary>
    Server,
    /// <summary>Under a database.</summary>
    Database,
}

/// <summary>A key that a pattern adds to the file.</summary>
/// <param name="Scope">Where the key stands.</param>
/// <param name="Key">The key.</param>
/// <param name="About">One sentence for the schema and <c>howdah explain</c>.</param>
public abstract record Section(SectionScope Scope, string Key, string About)
{
    /// <summary>What stands under the key.</summary>
    public abstract Shape Any { get; }

    internal abstract Func<KeyValues, object?> AddTo(KeySet keys);
}

/// <summary>A key that a pattern adds to the file, with the record it is read into.</summary>
/// <param name="Scope">Where the key stands.</param>
/// <param name="Key">The key.</param>
/// <param name="About">One sentence for the schema and <c>howdah explain</c>.</param>
/// <param name="Shape">What stands under the key.</param>
public sealed record Section<T>(SectionScope Scope, string Key, string About, Shape<T> Shape) : Section(Scope, Key, About)
    where T : class
{
    /// <inheritdoc/>
    public override Shape Any => Shape;

    internal override Func<KeyValues, object?> AddTo(KeySet keys)
    {
        var key = keys.Optional<T?>(Key, Shape!, null, About);
        return values => values.Get(key);
    }
}
