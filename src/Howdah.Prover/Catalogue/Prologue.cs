using System.Text.RegularExpressions;

namespace Howdah.Prover.Catalogue;

/// <summary>
/// The common tables of <c>Prologue.sql</c>, of which each lint gets those that it names, and those that these name. The server would plan
/// all that any other names, used or not: more than half of the time that lints take on a small database.
/// </summary>
sealed partial class Prologue
{
    readonly string head;
    readonly IReadOnlyList<(string Name, string Text)> tables;

    Prologue(string head, IReadOnlyList<(string Name, string Text)> tables)
    {
        this.head = head;
        this.tables = tables;
    }

    /// <summary>The names of the tables.</summary>
    internal IEnumerable<string> Names => tables.Select(static table => table.Name);

    /// <summary>Reads the file: a head, <c>with recursive</c>, and tables that begin with <c>name… as (</c> and end with <c>)</c>, each on
    /// a line of its own.</summary>
    /// <exception cref="FormatException">It is not built so.</exception>
    internal static Prologue Parse(string text)
    {
        var all = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split("with recursive\n", 2);
        var tables = all.Length == 2 ? Table().Matches(all[1]).ToList() : [];
        if (tables.Count == 0 || tables.Sum(static table => table.Length) != all[1].TrimEnd().Length)
            throw new FormatException("Prologue.sql: not every line is of a table that begins with `name… as (` and ends with `)`");
        return new(all[0], [.. tables.Select(static table => (table.Groups["name"].Value, table.Groups["text"].Value))]);
    }

    /// <summary>A whole statement.</summary>
    /// <param name="body">A query over the common tables, or a comma, more of them and the query.</param>
    internal string Before(string body)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        Add(body);
        var kept = string.Join(",\n", tables.Where(table => named.Contains(table.Name)).Select(static table => table.Text));
        var more = body.TrimStart();
        return (kept.Length > 0, more.StartsWith(',')) switch
        {
            (true, true) => $"{head}with recursive\n{kept}{more}",
            (true, false) => $"{head}with recursive\n{kept}\n{more}",
            (false, true) => $"{head}with recursive\n{more[1..]}",
            (false, false) => head + more,
        };

        void Add(string text)
        {
            foreach (var (name, inside) in tables)
                if (Regex.IsMatch(text, $@"\b{name}\b") && named.Add(name))
                    Add(inside);
        }
    }

    // The comment before a table goes with it.
    [GeneratedRegex(@"\G(?:--[^\n]*\n)*(?<text>(?<name>[a-z_]+)(?:\([^)]*\))? as (?:materialized )?\(\n(?:[^)\n][^\n]*\n)*\))(?:,\n)?")]
    private static partial Regex Table();
}
