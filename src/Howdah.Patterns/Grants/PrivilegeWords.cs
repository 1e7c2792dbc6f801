using Howdah.Engine.Files;

namespace Howdah.Patterns.Grants;

/// <summary>Which privileges there are on what.</summary>
static class PrivilegeWords
{
    static readonly string[] Table = ["select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain"];
    static readonly string[] Column = ["select", "insert", "update", "references"];

    /// <summary>The privileges on a kind of object in a server of a major version; what ALL means there.</summary>
    internal static IEnumerable<string> Of(ObjectKind kind, bool columns, int major) => columns ? Column : kind switch
    {
        ObjectKind.Database => ["connect", "create", "temporary"],
        ObjectKind.Schema => ["usage", "create"],
        // MAINTAIN came with 17, and ALL has meant it since.
        ObjectKind.Table => major >= 17 ? Table : Table[..^1],
        ObjectKind.Sequence => ["usage", "select", "update"],
        ObjectKind.Function => ["execute"],
        ObjectKind.Type => ["usage"],
        _ => ["set", "alter system"],
    };

    /// <summary>Those of the privileges that a server of that version does not know yet.</summary>
    internal static IEnumerable<string> Unserved(ObjectKind kind, IReadOnlyList<string>? privileges, int major) =>
        (privileges ?? []).Except(Of(kind, columns: false, major)).Intersect(Of(kind, columns: false, int.MaxValue));

    internal static Diagnostic Misfit(string privilege, ObjectKind kind, int major, string path) => Diagnostic.Error(GrantCodes.Misfit,
        $"PostgreSQL {major} has no privilege {privilege} on a {kind.ToString().ToLowerInvariant()}", $"{path}.privileges",
        "leave it out for this server, or let it be a newer one; all means what the server knows");

    internal const string All = "all";

    /// <summary>A list of privileges, or one.</summary>
    internal static Shape<IReadOnlyList<string>> Shape { get; } = Shapes.List(Shapes.Choice<string>(
        [("all", All), ("select", "select"), ("insert", "insert"), ("update", "update"), ("delete", "delete"), ("truncate", "truncate"),
         ("references", "references"), ("trigger", "trigger"), ("maintain", "maintain"), ("usage", "usage"), ("create", "create"),
         ("connect", "connect"), ("temporary", "temporary"), ("temp", "temporary"), ("execute", "execute"), ("set", "set"),
         ("alter_system", "alter system"), ("alter system", "alter system")]), orSingle: true);
}
