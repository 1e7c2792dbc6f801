using Howdah.Engine.Files;

namespace Howdah.Patterns.Migrations;

/// <summary>The migrations of one database as declared and as found in their folder.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">The role whose tables they make; they run as it.</param>
/// <param name="Path">The YAML path of the key.</param>
/// <param name="Folder">The folder, absolute.</param>
/// <param name="Files">The files in order.</param>
/// <param name="Problems">What is wrong with the folder or its files.</param>
sealed record MigrationsSpec(
    string Server, string Database, string Owner, string Path, string Folder,
    IReadOnlyList<MigrationFile> Files, IReadOnlyList<Diagnostic> Problems)
{
    internal const string Key = "migrations";

    internal static Section<string> Section { get; } = new(SectionScope.Database, Key,
        "The folder with the team's own tables as plain SQL: NNNN_name.sql, forward only, each run once as the database's owner.",
            Shapes.Text);
}

/// <summary>One migration file.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Name">Its name without folder and ending: <c>0001_tables</c>.</param>
/// <param name="Text">What it says, with newlines as \n.</param>
/// <param name="Checksum">SHA-256 of the text, hex.</param>
/// <param name="Transactional">False where its first line says <c>-- howdah: no-transaction</c>.</param>
sealed record MigrationFile(int Version, string Name, string Text, string Checksum, bool Transactional);
