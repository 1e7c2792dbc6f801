using Howdah.Cli.Commands;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Patterns;
using Xunit;

namespace Howdah.Cli.Tests;

public sealed class The_reference_pages
{
    [Fact]
    public void are_what_the_code_says()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Howdah.slnx")))
            folder = folder.Parent;
        foreach (var (name, text) in DocsCommand.Pages())
            Assert.True(File.ReadAllText(Path.Combine(folder.FullName, "docs/reference", name)) == text,
                $"docs/reference/{name} is old: ./howdah docs --out docs/reference");
    }

    [Fact]
    public void What_init_writes_reads_without_a_word()
    {
        var folder = Directory.CreateTempSubdirectory("howdah-init-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "migrations"));
            File.WriteAllText(Path.Combine(folder, "migrations/0001_tables.sql"), StarterEstate.Migration);
            var file = Path.Combine(folder, EstateReader.FileName);
            File.WriteAllText(file, StarterEstate.Text);
            var loaded = new EstateEngine(Builtin.All).Load(folder);
            Assert.Empty(loaded.Diagnostics);
            Assert.NotNull(loaded.Estate);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
