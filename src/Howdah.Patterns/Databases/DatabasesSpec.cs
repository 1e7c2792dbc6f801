using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Databases;

/// <summary>What the estate wants of one server's databases.</summary>
/// <param name="Server">The server.</param>
/// <param name="Databases">The databases by name, in the file's order.</param>
sealed record DatabasesSpec(string Server, IReadOnlyDictionary<string, DatabaseWish> Databases)
{
    static readonly string[] Reserved = ["postgres", "template0", "template1"];

    internal static DatabasesSpec? Read(Target target)
    {
        var here = target.Estate.Databases.Where(database => database.Server == target.Server.Name).ToList();
        return here.Count == 0 ? null : new(target.Server.Name, here.ToDictionary(static database => database.Name, Wish));
    }

    static DatabaseWish Wish(DatabaseSpec database) => new(
        database.Owner, database.Get(DatabaseKeys.Encoding), database.Get(DatabaseKeys.Locale),
            database.Get(DatabaseKeys.Template) ?? "template0",
        database.Get(DatabaseKeys.Tablespace), database.Get(DatabaseKeys.ConnectionLimit)?.Value ?? -1,
        database.Get(DatabaseKeys.Settings) ?? ServerSetting.None, database.Get(DatabaseKeys.Adopt)?.Value ?? false);

    internal static IEnumerable<Diagnostic> Validate(DatabasesSpec spec)
    {
        foreach (var (name, wish) in spec.Databases)
        {
            var path = $"databases.{name}";
            if (Reserved.Contains(name))
            {
                yield return Diagnostic.Error(DatabaseCodes.Reserved, $"`{name}` is one of the server's own databases", path,
                    "choose another name; Howdah does server-wide work in postgres and keeps its memory of it there");
            }
            if (wish.Locale is { Name: null, Collate: null, Ctype: null })
                yield return Diagnostic.Error(Codes.MissingKey, "a locale needs a name", $"{path}.locale", "for example { provider: icu, "
                    + "name: en-US }");
            else if (wish.Locale is { Provider: not "libc", Name: null })
                yield return Diagnostic.Error(Codes.MissingKey, $"a locale of {wish.Locale.Provider} needs a name", $"{path}.locale");
        }
    }
}

/// <summary>A database as declared.</summary>
/// <param name="Owner">Its owner.</param>
/// <param name="Encoding">Its encoding; null means UTF8 for a new one and whatever it has for one that exists.</param>
/// <param name="Locale">Its locale; null likewise.</param>
/// <param name="Template">What a new one is copied from.</param>
/// <param name="Tablespace">Where a new one is made; null means the template's.</param>
/// <param name="ConnectionLimit">Connections at once; -1 means no limit.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Adopt">Whether to take over one that Howdah did not make.</param>
sealed record DatabaseWish(
    string Owner, string? Encoding, LocaleSpec? Locale, string Template, string? Tablespace, int ConnectionLimit,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Settings, bool Adopt);

/// <summary>The diagnostics of this pattern.</summary>
static class DatabaseCodes
{
    internal const string Fixed = "HOW0311";
    internal const string Reserved = "HOW0312";
    internal const string Maintenance = "HOW0313";
    internal const string Closed = "HOW0314";

    internal static IReadOnlyList<(string Code, string About)> All { get; } =
    [
        (Fixed, "A database has another encoding, locale or tablespace than declared; these are chosen when it is made."),
        (Reserved, "A database has the name of one of the server's own."),
        (Maintenance, "The connection string of a server names a database that the estate manages."),
        (Closed, "A database does not accept connections."),
    ];
}
