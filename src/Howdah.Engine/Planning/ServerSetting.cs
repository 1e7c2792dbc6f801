using System.Text;
using Howdah.Engine.Files;

namespace Howdah.Engine.Planning;

/// <summary>Settings of the server (GUCs) as declared for a role or a database, compared with what the server stored.</summary>
public static class ServerSetting
{
    // The parameters flagged GUC_LIST_QUOTE, fixed in the server's source as in pg_dump's: each element is a quoted identifier of its own,
    // so one literal with commas inside would be stored as one odd name.
    static readonly HashSet<string> Lists = new(StringComparer.OrdinalIgnoreCase)
    {
        "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries", "temp_tablespaces",
            "unix_socket_directories",
    };

    /// <summary>A mapping of setting to value; list settings such as <c>search_path</c> take a list.</summary>
    public static Shape<IReadOnlyDictionary<string, IReadOnlyList<string>>> Shape { get; } =
        Shapes.Map(Shapes.List(Shapes.Setting, orSingle: true));

    /// <summary>No settings.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> None { get; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>What to set and what to reset so that the stored settings are exactly the declared ones.</summary>
    /// <param name="declared">Value or values by name; names in any case, as the server takes them.</param>
    /// <param name="stored">The stored text by name.</param>
    public static IReadOnlyList<SettingChange> Changes(
        IReadOnlyDictionary<string, IReadOnlyList<string>> declared, IReadOnlyDictionary<string, string> stored)
    {
        var changes = new List<SettingChange>();
        var there = new Dictionary<string, string>(stored, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in declared)
        {
            var wanted = Elements(name, values);
            if (!there.Remove(name, out var text) || !wanted.SequenceEqual(Elements(name, [text], stored: true)))
                changes.Add(new(name, Sql.Of($"SET {Name(name)} TO {Values(wanted)}"),
                    $"{name} = {string.Join(", ", wanted.Select(Shown))}"));
        }
        foreach (var name in there.Keys.Order(StringComparer.Ordinal))
            changes.Add(new(name, Sql.Of($"RESET {Name(name)}"), $"{name} no longer set (was {there[name]})"));
        return changes;
    }

    static IReadOnlyList<string> Elements(string name, IReadOnlyList<string> values, bool stored = false)
    {
        if (!Lists.Contains(name))
            return [string.Join(", ", values)];
        if (values.Count == 0)
            return [""];
        return values.Count == 1 && (stored || values[0].Contains(',') || values[0].StartsWith('"')) ? Split(values[0]) : values;
    }

    static Sql Name(string name) => Sql.Join(".", name.Split('.').Select(static part => Sql.Of($"{new Ident(part)}")));

    static Sql Values(IReadOnlyList<string> values) => Sql.Join(", ", values.Select(static value => Sql.Of($"{new Literal(value)}")));

    static string Shown(string value) => value.Length == 0 ? "''" : value;

    // As the server's SplitIdentifierString, without folding: what it stores is folded already, and what a person writes here is a name as
    // the catalog has it.
    static List<string> Split(string text)
    {
        var elements = new List<string>();
        var element = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
                element.Append(text[i++]);
            else if (text[i] == '"')
                quoted = !quoted;
            else if (text[i] == ',' && !quoted)
                Finish();
            else if (quoted || !char.IsWhiteSpace(text[i]))
                element.Append(text[i]);
        }
        Finish();
        return elements;

        void Finish()
        {
            elements.Add(element.ToString());
            element.Clear();
        }
    }
}

/// <summary>One setting to change.</summary>
/// <param name="Name">The setting.</param>
/// <param name="Clause">What follows <c>ALTER ROLE r</c> or <c>ALTER DATABASE d</c>: <c>SET … TO …</c> or <c>RESET …</c>.</param>
/// <param name="Detail">For the plan line.</param>
public sealed record SettingChange(string Name, Sql Clause, string Detail);
