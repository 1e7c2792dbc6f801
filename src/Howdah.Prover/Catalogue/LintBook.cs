namespace Howdah.Prover.Catalogue;

/// <summary>All attacks that read the catalogs, from the folder <c>Lints/</c>.</summary>
static class LintBook
{
    static readonly Lazy<IReadOnlyList<Lint>> Loaded = new(Load);

    /// <summary>In the order of their ids.</summary>
    internal static IReadOnlyList<Lint> All => Loaded.Value;

    /// <summary>The attack of a lint, for those who make it live, too.</summary>
    internal static Engine.Proving.Attack Of(string id) => All.First(lint => lint.Attack.Id == id).Attack;

    static List<Lint> Load()
    {
        const string Folder = "Howdah.Prover.Lints.";
        var assembly = typeof(LintBook).Assembly;
        var prologue = Prologue.Parse(Read(assembly, "Howdah.Prover.Catalogue.Prologue.sql"));
        return [.. assembly.GetManifestResourceNames().Where(static name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => Lint.Parse(name[Folder.Length..], Read(assembly, name), prologue))
            .OrderBy(static lint => lint.Attack.Id, StringComparer.Ordinal)];
    }

    static string Read(System.Reflection.Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"no embedded file {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
