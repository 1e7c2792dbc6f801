using Howdah.Engine.Planning;

namespace Howdah.Engine.Catalogs;

/// <summary>
/// A query over the catalogs, kept as a <c>.sql</c> file: one statement, its parameters described in the first line, an ORDER BY that makes
/// the
/// rows' order a fact and not a chance.
/// </summary>
public sealed class CatalogQuery
{
    CatalogQuery(string name, string text)
    {
        Name = name;
        Text = text;
    }

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    /// <summary>The statement.</summary>
    public string Text { get; }

    /// <summary>Loads <c>Sql/<paramref name="file"/></c> from the folder (namespace) of <paramref name="neighbor"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no such file in the assembly.</exception>
    public static CatalogQuery Load(Type neighbor, string file)
    {
        var resource = $"{neighbor.Namespace}.Sql.{file}";
        using var stream = neighbor.Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"no embedded file {resource}; is it in a folder Sql beside {neighbor.Name}?");
        using var reader = new StreamReader(stream);
        return new(file, reader.ReadToEnd());
    }

    /// <summary>The statement as SQL, for steps that run a whole file (function bodies and the like).</summary>
    public Sql AsSql() => Sql.Written(Text);
}
