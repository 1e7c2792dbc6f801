using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>A migration as it runs in tenants' places of one model.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Template">Its text with <see cref="Hole"/> where a place's name goes; lines stand where they stood.</param>
/// <param name="Left">Statements that do not run there, with the reason.</param>
/// <param name="Refused">Statements because of which it cannot run there, with the reason.</param>
/// <param name="Made">Tables of tenants that it makes, by their names at home.</param>
/// <param name="Builds">Outside a transaction: the indexes it makes.</param>
/// <param name="Removes">Outside a transaction: the indexes it drops.</param>
sealed record PlacedMigration(HomeMigration Migration, string Template, IReadOnlyList<StatementNote> Left,
    IReadOnlyList<StatementNote> Refused,
    IReadOnlyList<QName> Made, IReadOnlyList<QName> Builds, IReadOnlyList<QName> Removes)
{
    /// <summary>A character that no text of SQL has a use for.</summary>
    internal const char Hole = '\uE000';

    /// <summary>Whether anything of it runs in a place.</summary>
    internal bool HasWork => !string.IsNullOrWhiteSpace(Template);

    /// <summary>The text for one place.</summary>
    internal string In(string place) => Template.Replace(Hole.ToString(), new Ident(place).ToString(), StringComparison.Ordinal);
}

/// <summary>A statement of a migration and why it does not run in tenants' places.</summary>
/// <param name="Line">Its line in the file.</param>
/// <param name="Words">Its first words.</param>
/// <param name="Why">Why.</param>
sealed record StatementNote(int Line, string Words, string Why)
{
    public override string ToString() => $"line {Line} ({Words} …): {Why}";
}

/// <summary>A migration of home's.</summary>
/// <param name="Name">Its name: <c>0005_add_note</c>.</param>
/// <param name="Text">Its text.</param>
/// <param name="Checksum">Its checksum as home records it.</param>
sealed record HomeMigration(string Name, string Text, string Checksum)
{
    /// <summary>The first line of a file that may not run in a transaction; as home's migrations have it.</summary>
    internal const string NoTransaction = "-- howdah: no-transaction";

    /// <summary>A line among the first comments of a file that is for the home database alone.</summary>
    internal const string HomeOnly = "-- howdah: home-only";

    internal bool Transactional => !Text.StartsWith(NoTransaction, StringComparison.Ordinal);

    internal bool IsForHome => Text.Split('\n').TakeWhile(static line => line.StartsWith("--", StringComparison.Ordinal))
        .Any(static line => line.TrimEnd() == HomeOnly);
}
