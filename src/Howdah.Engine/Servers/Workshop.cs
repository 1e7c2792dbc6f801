using Howdah.Engine.Planning;

namespace Howdah.Engine.Servers;

/// <summary>What a rehearsal may use: the server, on which it makes and drops a scratch database, and a folder that remembers
/// results.</summary>
/// <param name="Server">The server.</param>
/// <param name="CacheFolder">A folder in the estate's state; what is in it can be deleted at any time.</param>
/// <param name="Before">Steps already planned for the server and this database: what will be there when the rehearsed step runs.</param>
public sealed record Workshop(ServerAccess Server, string CacheFolder, IReadOnlyList<Step> Before);
