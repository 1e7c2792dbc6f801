using Howdah.Engine.Planning;

namespace Howdah.Engine.Catalogs;

/// <summary>
/// What Howdah owns in one database: the line between drift, which it mends, and strangers, which it reports. Told by catalog oid, so an
/// object
/// that somebody dropped and made again under the same name is a stranger.
/// </summary>
public sealed class OwnedSet
{
    static readonly CatalogQuery Query = CatalogQuery.Load(typeof(OwnedSet), "owned.sql");
    static readonly CatalogQuery Present = CatalogQuery.Load(typeof(OwnedSet), "memory_present.sql");

    readonly HashSet<string> live;
    readonly HashSet<string> intended;

    OwnedSet(HashSet<string> live, HashSet<string> intended, bool memory)
    {
        this.live = live;
        this.intended = intended;
        HasMemory = memory;
    }

    /// <summary>Nothing is owned.</summary>
    public static OwnedSet Empty { get; } = new([], [], false);

    /// <summary>Whether the database has Howdah's memory (schema <c>howdah</c>).</summary>
    public bool HasMemory { get; }

    /// <summary>Whether Howdah owns the object: it exists with the oid that was recorded, or a step that makes it was under way.</summary>
    public bool Contains(OwnedObject thing) => live.Contains(thing.Identity) || intended.Contains(thing.Identity);

    /// <summary>Whether Howdah owns an object of this type and name.</summary>
    public bool Contains(string type, params string[] name) => Contains(new OwnedObject(type, name));

    /// <summary>The identities of all that is owned and still exists.</summary>
    public IReadOnlyCollection<string> Identities => live;

    internal static async Task<OwnedSet> ReadAsync(Catalog catalog, CancellationToken token)
    {
        if (await catalog.QueryAsync(Present, row => row.GetBoolean(0), token) is not [true])
            return Empty;
        var rows = await catalog.QueryAsync(Query, row => (Identity: row.GetString(0), State: row.GetString(1)), token);
        return new(
            [.. rows.Where(row => row.State == "live").Select(row => row.Identity)],
            [.. rows.Where(row => row.State == "intended").Select(row => row.Identity)],
            true);
    }
}
