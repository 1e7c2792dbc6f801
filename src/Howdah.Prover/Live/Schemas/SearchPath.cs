using System.Text;
using Howdah.Engine.Planning;

namespace Howdah.Prover.Live.Schemas;

/// <summary>A search_path as a list of schemas, read as the server reads it. Pure.</summary>
static class SearchPath
{
    /// <summary>The schemas that a setting names; <c>"$user"</c> is the role's own name.</summary>
    internal static IReadOnlyList<string> Read(string setting, string role)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        var (quoted, everQuoted) = (false, false);
        for (var i = 0; i <= setting.Length; i++)
        {
            var c = i < setting.Length ? setting[i] : ',';
            if (i < setting.Length && c == '"')
            {
                if (quoted && i + 1 < setting.Length && setting[i + 1] == '"')
                    name.Append(setting[i++]);
                else
                    (quoted, everQuoted) = (!quoted, true);
            }
            else if (c == ',' && (!quoted || i == setting.Length))
            {
                // Without quotes a name is folded and blanks around it do not count.
                var text = everQuoted ? name.ToString() : name.ToString().Trim().ToLowerInvariant();
                if (text.Length > 0)
                    names.Add(text == "$user" ? role : text);
                name.Clear();
                (quoted, everQuoted) = (false, false);
            }
            else if (quoted || !char.IsWhiteSpace(c))
                name.Append(c);
        }
        return names;
    }

    /// <summary>The setting that names these schemas.</summary>
    internal static string Write(IEnumerable<string> schemas) => Sql.List(schemas.Select(static schema => new Ident(schema))).ToString();
}
