using Howdah.Engine.Catalogs;

namespace Howdah.Patterns.Databases;

/// <summary>What is seen of one server's databases.</summary>
/// <param name="Server">The server.</param>
/// <param name="CreatesDatabases">Whether the role that applies has CREATEDB.</param>
/// <param name="CreatesRoles">Whether the role that applies has CREATEROLE.</param>
/// <param name="Databases">The declared databases that exist, by name.</param>
/// <param name="Reach">The owners that exist, and whether the role that applies can become each.</param>
/// <param name="Left">Databases that Howdah made and the file no longer declares, as identities.</param>
sealed record DatabasesFacts(
    ServerFacts Server, bool CreatesDatabases, bool CreatesRoles, IReadOnlyDictionary<string, DatabaseFacts> Databases,
    IReadOnlyDictionary<string, bool> Reach, IReadOnlyList<string> Left);

/// <summary>A database as it is.</summary>
/// <param name="Owner">Its owner.</param>
/// <param name="Encoding">Its encoding in PostgreSQL's words.</param>
/// <param name="Provider"><c>libc</c>, <c>icu</c> or <c>builtin</c>.</param>
/// <param name="Locale">The locale of ICU or of PostgreSQL itself.</param>
/// <param name="Collate">LC_COLLATE.</param>
/// <param name="Ctype">LC_CTYPE.</param>
/// <param name="Tablespace">Where it is.</param>
/// <param name="ConnectionLimit">Connections at once; -2 marks what a DROP DATABASE that was cut short left.</param>
/// <param name="Open">Whether it accepts connections.</param>
/// <param name="Untouched">Whether its privileges are still those it was born with.</param>
/// <param name="IsMaintenance">Whether server-wide work is done in it.</param>
/// <param name="Owned">Whether Howdah made or adopted it.</param>
/// <param name="Settings">Its settings.</param>
sealed record DatabaseFacts(
    string Owner, string Encoding, string Provider, string? Locale, string Collate, string Ctype, string Tablespace, int ConnectionLimit,
        bool Open,
    bool Untouched, bool IsMaintenance, bool Owned, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>Whether only DROP DATABASE can still be done with it.</summary>
    internal bool Invalid => ConnectionLimit == -2;
}
