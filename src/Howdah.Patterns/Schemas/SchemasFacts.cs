using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Schemas;

/// <summary>What is seen of schemas and extensions.</summary>
/// <param name="Schemas">Owner by schema, and whether Howdah owns it.</param>
/// <param name="Extensions">Extensions installed in the database.</param>
/// <param name="Available">Versions the server has, by extension; of the declared ones.</param>
/// <param name="Births">To whom default privileges give schemas at birth, by owner.</param>
/// <param name="Reach">Whether the role that applies can work as each owner; of those there are.</param>
/// <param name="Server">The server, with the role that applies.</param>
/// <param name="Known">Whether the database exists, so that what is available is known.</param>
sealed record SchemasFacts(
    IReadOnlyDictionary<string, (string Owner, bool Ours)> Schemas,
    IReadOnlyDictionary<string, ExtensionFacts> Extensions,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Available,
    ILookup<string, string> Births, IReadOnlyDictionary<string, bool> Reach, ServerFacts Server, bool Known);

/// <summary>An extension in the database.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Schema">Its schema.</param>
/// <param name="Movable">Whether it can be moved to another.</param>
/// <param name="Ours">Whether Howdah owns it.</param>
/// <param name="Reachable">Versions it can be updated to.</param>
sealed record ExtensionFacts(string Version, string Schema, bool Movable, bool Ours, IReadOnlyList<string> Reachable);
