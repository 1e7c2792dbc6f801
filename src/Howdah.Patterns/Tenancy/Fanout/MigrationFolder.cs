using System.Globalization;
using Howdah.Engine;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// The names and texts of the files that home's migrations will run. What ran is read from the database; this is for the plan alone, so
/// what
/// is wrong with a file is left to the migrations to tell.
/// </summary>
static class MigrationFolder
{
    internal static IReadOnlyList<HomeMigration> Read(Target target)
    {
        if (target.Database!.Sections.GetValueOrDefault("migrations") is not string folder)
            return [];
        var full = Path.GetFullPath(Path.Combine(target.Estate.Folder, folder));
        return !Directory.Exists(full) ? [] :
        [
            .. Directory.EnumerateFiles(full, "*.sql").Order(StringComparer.Ordinal)
                .Select(static file => (Name: Path.GetFileNameWithoutExtension(file), File: file))
                .Where(static each => each.Name.Length > 5 && each.Name[4] == '_'
                    && int.TryParse(each.Name[..4], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .Select(static each => new HomeMigration(each.Name,
                    File.ReadAllText(each.File).Replace("\r\n", "\n", StringComparison.Ordinal), "")),
        ];
    }
}
