using Howdah.Engine.Files;

namespace Howdah.Patterns.Data;

/// <summary>One file to be loaded once.</summary>
/// <param name="File">The CSV file, plain or gzip, with a header line; relative to the estate file.</param>
/// <param name="Steps">SQL that carries rows from the table <c>staging</c> to the team's tables.</param>
sealed record DataFile(string File, string Steps);

/// <summary>The data of one database as wanted.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Owner">Its owner: loads run as it.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Folder">Where relative paths start.</param>
/// <param name="Files">The files.</param>
sealed record DataSpec(string Server, string Database, string Owner, string Path, string Folder, IReadOnlyList<DataFile> Files)
{
    internal const string Key = "data";

    internal static Section<IReadOnlyList<DataFile>> Section { get; } = new(SectionScope.Database, Key,
        "Data that `howdah up` loads, exactly once: CSV with a header, plain or gzip.",
        Shapes.List(Shapes.Object<DataFile>("a data file", keys =>
        {
            var file = keys.Required("file", Shapes.Text, "The CSV file, plain or gzip, with a header line.", "data/orders.csv.gz");
            var steps = keys.Required("steps", Shapes.Text,
                "SQL that carries rows from the temporary table staging (all columns text, named by the header in snake_case) to your "
                    + "tables.", "data/orders.sql");
            return values => new(values.Get(file), values.Get(steps));
        })));

    internal static IEnumerable<Diagnostic> Validate(DataSpec spec)
    {
        foreach (var (file, index) in spec.Files.Select((file, index) => (file, index)))
        {
            foreach (var (key, name) in ((string, string)[])[("file", file.File), ("steps", file.Steps)])
            {
                if (!File.Exists(System.IO.Path.Combine(spec.Folder, name)))
                    yield return Diagnostic.Error(Missing, $"there is no file {name}", $"{spec.Path}[{index}].{key}",
                        "paths start at the estate file's folder");
            }
        }
    }

    internal const string Missing = "HOW0510";
}
