using Howdah.Engine.Planning;

namespace Howdah.Patterns.Grants;

/// <summary>What privileges can be on.</summary>
enum ObjectKind
{
    Database,
    Schema,
    Table,
    Sequence,
    Function,
    Type,
    Parameter,
}

/// <summary>An object that privileges can be on.</summary>
/// <param name="Kind">What it is; a view is a table here, a procedure a function.</param>
/// <param name="Schema">Its schema; empty for what is in none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Args">For functions the input types as <c>format_type</c> writes them, with commas between; else empty.</param>
readonly record struct ObjectName(ObjectKind Kind, string Schema, string Name, string Args = "")
{
    /// <summary>In words: <c>table store.orders</c>.</summary>
    internal string Text => $"{Kind.ToString().ToLowerInvariant()} "
        + $"{(Schema.Length > 0 ? new QName(Schema, Name).Plain : Name)}{(Kind == ObjectKind.Function ? $"({Args})" : "")}";

    /// <summary>As GRANT and REVOKE name it after ON.</summary>
    internal Sql Sql => Kind switch
    {
        ObjectKind.Database => Sql.Of($"DATABASE {new Ident(Name)}"),
        ObjectKind.Schema => Sql.Of($"SCHEMA {new Ident(Name)}"),
        ObjectKind.Table => Sql.Of($"TABLE {new QName(Schema, Name)}"),
        ObjectKind.Sequence => Sql.Of($"SEQUENCE {new QName(Schema, Name)}"),
        // The types come from the catalog, or were read by RoutineName, which takes nothing but type names.
        ObjectKind.Function => Sql.Of($"ROUTINE {new QName(Schema, Name)}({Sql.Written(Args)})"),
        ObjectKind.Type => Sql.Of($"TYPE {new QName(Schema, Name)}"),
        _ => Sql.Of($"PARAMETER {Sql.Join(".", Name.Split('.').Select(static part => Sql.Of($"{new Ident(part)}")))}"),
    };
}
