using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Howdah.Engine.Files;

namespace Howdah.Patterns.Migrations;

/// <summary>The files of a migrations folder.</summary>
public static class MigrationFiles
{
    /// <summary>The first line of a file that may not run in a transaction; it then holds one statement.</summary>
    public const string NoTransaction = "-- howdah: no-transaction";

    /// <summary>Makes the next, empty migration.</summary>
    /// <param name="folder">The migrations folder; made if it is missing.</param>
    /// <param name="name">What it does, in words; blanks become underscores.</param>
    /// <returns>The path of the new file.</returns>
    /// <exception cref="ArgumentException">The name holds anything but letters, digits, blanks, dashes and underscores.</exception>
    public static string New(string folder, string name)
    {
        var clean = name.Trim().Replace(' ', '_').Replace('-', '_').ToLowerInvariant();
        if (clean.Length == 0 || !clean.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new ArgumentException($"`{name}` is no name for a migration: use letters, digits and underscores", nameof(name));
        Directory.CreateDirectory(folder);
        var last = Directory.EnumerateFiles(folder, "*.sql").Select(file => VersionOf(Path.GetFileNameWithoutExtension(file)) ?? 0)
            .DefaultIfEmpty(0).Max();
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{last + 1:0000}_{clean}.sql"));
        File.WriteAllText(path,
            $"""
            -- {name.Trim()}
            -- Runs once, in one transaction, as the database's owner. Qualify every name: search_path is empty.
            -- A statement that refuses a transaction (CREATE INDEX CONCURRENTLY) goes alone into a file whose first line is:
            -- {NoTransaction[3..]}


            """);
        return path;
    }

    /// <summary>Reads a folder.</summary>
    internal static (IReadOnlyList<MigrationFile> Files, IReadOnlyList<Diagnostic> Problems) Read(string folder, string path)
    {
        if (!Directory.Exists(folder))
            return ([], [Diagnostic.Error(Codes.Folder, $"there is no folder {folder}", path,
                "make it, or correct the path; it starts at the estate file's folder")]);
        var files = new List<MigrationFile>();
        var problems = new List<Diagnostic>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file);
            if (VersionOf(name) is not { } version)
            {
                problems.Add(Diagnostic.Error(Codes.FileName, $"{Path.GetFileName(file)} is not named NNNN_name.sql", path,
                    "four digits, an underscore, a name"));
                continue;
            }
            if (files.FirstOrDefault(each => each.Version == version) is { } twin)
                problems.Add(Diagnostic.Error(Codes.FileName, $"two migrations have the number {version:0000}: {twin.Name} and {name}",
                    path, "renumber the newer one"));
            files.Add(Parse(version, name, File.ReadAllText(file)));
        }
        var numbers = files.Select(static file => file.Version).Distinct().Order().ToList();
        foreach (var (before, after) in numbers.Zip(numbers.Skip(1)).Where(static pair => pair.Second > pair.First + 1))
        {
            problems.Add(Diagnostic.Warning(Codes.Gap,
                $"no migration stands between {before:0000} and {after:0000}: one that comes later with such a number will be refused",
                path, "bring the missing file, or renumber what did not run anywhere yet"));
        }
        return (files, problems);
    }

    internal static MigrationFile Parse(int version, string name, string text)
    {
        // A checkout with other line ends is the same migration.
        var normal = text.Replace("\r\n", "\n", StringComparison.Ordinal);
        return new(version, name, normal, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normal))),
            !normal.StartsWith(NoTransaction, StringComparison.Ordinal));
    }

    static int? VersionOf(string name) =>
        name.Length > 5 && name[4] == '_' && int.TryParse(name[..4], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version : null;
}
