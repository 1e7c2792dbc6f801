using Howdah.Engine.Proving;

namespace Howdah.Prover.Catalogue;

/// <summary>
/// An attack that reads the catalogs: one <c>.sql</c> file in <c>Lints/</c>. Its head tells what the reference page says, its body is a
/// query over the catalogs and the common tables of <c>Prologue.sql</c> that gives one row a cause: <c>targets text[]</c>,
/// <c>evidence text</c>, <c>fix text</c>, and <c>severity text</c> where it is not the one of the head.
/// </summary>
/// <param name="Attack">What the reference page says.</param>
/// <param name="Residual">Whether PostgreSQL itself cannot close it, so that a row is no break.</param>
/// <param name="Sql">The whole statement, with the common tables it names.</param>
sealed record Lint(Attack Attack, bool Residual, string Sql)
{
    /// <summary>Reads a file of the folder.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">
    /// Its text: <c>-- TEN-A07 critical</c> (or <c>-- TEN-D07 residual low</c>), then <c>-- title:</c>, <c>-- how:</c>, <c>-- why:</c>,
    /// <c>-- source:</c>, and <c>-- live:</c> where it is tried live as well,
    /// each going on in lines that begin with <c>--</c> and two blanks more; then the query.
    /// </param>
    /// <param name="prologue">The common tables.</param>
    /// <exception cref="FormatException">The head is not as it must be.</exception>
    internal static Lint Parse(string file, string text, Prologue prologue)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        var head = lines.TakeWhile(static line => line.StartsWith("--", StringComparison.Ordinal)).ToList();
        var words = head[0][2..].Trim().Split(' ');
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        var key = "";
        foreach (var line in head.Skip(1).Select(static line => line[2..]))
        {
            if (line.StartsWith("   ", StringComparison.Ordinal) && key.Length > 0)
            {
                keys[key] += " " + line.Trim();
                continue;
            }
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                throw new FormatException($"{file}: a line of the head is neither `key: value` nor its continuation: {line}");
            key = line[..colon].Trim();
            keys[key] = line[(colon + 1)..].Trim();
        }
        string Key(string name) => keys.GetValueOrDefault(name) is { Length: > 0 } value ? value
            : throw new FormatException($"{file}: the head lacks `{name}:`");
        if (!Enum.TryParse<Gravity>(words[^1], ignoreCase: true, out var gravity) || words.Length is < 2 or > 3)
            throw new FormatException($"{file}: the first line must be `-- ID severity` or `-- ID residual severity`");
        var body = string.Join('\n', lines.Skip(head.Count));
        var live = keys.GetValueOrDefault("live");
        var how = live is null ? Key("how") : $"{Key("how")} Live: {live}";
        return new(new(words[0], Key("title"), gravity, live is not null, how, Key("source"), Key("why")), words is [_, "residual", _],
            prologue.Before(body));
    }
}
