using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>A column that is moved.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the server writes it.</param>
/// <param name="Generated">Whether the server computes it from others: such a column is never sent.</param>
/// <param name="IdentityAlways">Whether only the server may give it a value (GENERATED ALWAYS AS IDENTITY).</param>
/// <param name="BuiltIn">Whether its type is the server's own, so that its binary form is the same everywhere.</param>
sealed record MovedColumn(string Name, string Type, bool Generated, bool IdentityAlways, bool BuiltIn);

/// <summary>A tenant table on both sides of a move.</summary>
/// <param name="Home">Its name in the home database, by which it is known.</param>
/// <param name="Source">Its name where the tenant lives.</param>
/// <param name="Target">Its name where the tenant goes.</param>
/// <param name="TenantColumn">The tenant column.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Key">The columns of its primary key.</param>
sealed record MovedTable(QName Home, QName Source, QName Target, string TenantColumn, IReadOnlyList<MovedColumn> Columns,
    IReadOnlyList<string> Key)
{
    /// <summary>The columns that hold data of their own.</summary>
    internal IReadOnlyList<MovedColumn> Stored { get; } = [.. Columns.Where(column => !column.Generated)];

    /// <summary>Whether rows may travel in binary form.</summary>
    internal bool Binary => Stored.All(column => column.BuiltIn);

    internal Sql StoredList => Sql.List(Stored.Select(column => new Ident(column.Name)));

    internal MovedColumn this[string name] => Columns.First(column => column.Name == name);
}
