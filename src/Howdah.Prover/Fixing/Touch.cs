namespace Howdah.Prover.Fixing;

/// <summary>Which side of a thing a statement changes.</summary>
enum Side
{
    /// <summary>Row-level security and policies of a table.</summary>
    Policies,
    /// <summary>Rights on a thing.</summary>
    Rights,
    /// <summary>Membership in a role.</summary>
    Membership,
    /// <summary>What a role is: attributes, password.</summary>
    Attributes,
    /// <summary>Settings of a role or database.</summary>
    Settings,
    /// <summary>Whom a thing belongs to.</summary>
    Owner,
    /// <summary>Rights or membership that are given.</summary>
    Given,
    /// <summary>Rights that things get as they are made.</summary>
    Defaults,
    /// <summary>How a thing is made: its text, its options, that it is there.</summary>
    Shape,
}

/// <summary>What one statement changes: a side of a thing, for a role where it is about one. Two statements whose touches meet mend the
/// same.</summary>
/// <param name="Side">Which side.</param>
/// <param name="Thing">The name as the catalogs have it, parts joined by dots; schemas and databases behind a word that says so.</param>
/// <param name="Role">The role that gains or loses; empty where none.</param>
/// <param name="Right">The right that is gained or lost; empty where none.</param>
readonly record struct Touch(Side Side, string Thing, string Role = "", string Right = "")
{
    /// <summary>Whether both change the same: <c>REVOKE ALL</c> meets the loss of any right.</summary>
    internal bool Meets(Touch other) => Side == other.Side && Thing == other.Thing && Role == other.Role
        && (Right == other.Right || Right == All || other.Right == All);

    const string All = "ALL";

    // What may stand between ON and the name.
    static readonly HashSet<string> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        "TABLE", "SEQUENCE", "FUNCTION", "PROCEDURE", "ROUTINE", "SCHEMA", "DATABASE", "TYPE", "DOMAIN", "LANGUAGE", "PARAMETER", "LARGE",
        "OBJECT", "FOREIGN", "DATA", "WRAPPER", "SERVER", "ALL", "TABLES", "SEQUENCES", "FUNCTIONS", "ROUTINES", "IN", "TABLESPACE",
    };

    // What may stand between the verb and the name.
    static readonly HashSet<string> Between = new(StringComparer.OrdinalIgnoreCase)
    {
        "OR", "REPLACE", "IF", "EXISTS", "NOT", "ONLY", "TABLE", "VIEW", "MATERIALIZED", "FUNCTION", "PROCEDURE", "ROUTINE", "SCHEMA",
        "SEQUENCE", "TYPE", "DATABASE", "EVENT", "TRIGGER", "FOREIGN", "DATA", "WRAPPER", "SERVER", "EXTENSION", "AGGREGATE", "DOMAIN",
        "LARGE", "OBJECT", "PUBLICATION", "SUBSCRIPTION", "RULE", "INDEX", "UNIQUE", "ROLE", "USER", "GROUP", "LANGUAGE",
    };

    // What may stand behind the last role.
    static readonly HashSet<string> Ends = new(StringComparer.OrdinalIgnoreCase) { "CASCADE", "RESTRICT", "GRANTED", "WITH" };

    /// <summary>What the statements of a text touch.</summary>
    internal static IEnumerable<Touch> Of(string sql) => SqlWords.Read(sql).SelectMany(Of).Distinct();

    static IEnumerable<Touch> Of(List<string> words)
    {
        var verb = Upper(words, 0);
        var what = Upper(words, 1);
        if (verb is "REVOKE" or "GRANT" || (verb is "ALTER" && what is "DEFAULT"))
            return Rights(words, verb is "ALTER");
        if (verb is not ("ALTER" or "CREATE" or "DROP"))
            return [];
        if (what is "POLICY")
            return words.FindIndex(static word => Is(word, "ON")) is var on and > 0 && on + 1 < words.Count
                ? [new(Side.Policies, Name(words[on + 1]))] : [];
        var at = 1;
        while (at < words.Count - 1 && Between.Contains(words[at]))
            at++;
        if (at >= words.Count)
            return [];
        var thing = Name(words[at]);
        if (verb is "ALTER" && what is "ROLE" or "USER")
            return [new(Settings(words, at + 1) ? Side.Settings : Side.Attributes, thing)];
        if (words.Exists(static word => Is(word, "OWNER")))
            return [new(Side.Owner, thing)];
        if (what is "TABLE" && words.Exists(static word => Is(word, "SECURITY")))
            return [new(Side.Policies, thing)];
        return [new(what is "DATABASE" && Settings(words, at + 1) ? Side.Settings : Side.Shape, thing)];
    }

    // REVOKE rights ON things FROM roles; REVOKE roles FROM roles; the same with GRANT and TO, and behind ALTER DEFAULT PRIVILEGES FOR
    // ROLE maker.
    static IEnumerable<Touch> Rights(List<string> words, bool defaults)
    {
        var verb = words.FindIndex(static word => Is(word, "REVOKE") || Is(word, "GRANT"));
        var given = verb >= 0 && Is(words[verb], "GRANT");
        var from = words.FindLastIndex(word => Is(word, given ? "TO" : "FROM"));
        if (verb < 0 || from < verb)
            yield break;
        var on = words.FindIndex(verb, from - verb, static word => Is(word, "ON"));
        var side = given ? Side.Given : defaults ? Side.Defaults : on < 0 ? Side.Membership : Side.Rights;
        var maker = words.FindIndex(static word => Is(word, "ROLE"));
        var option = words.FindIndex(verb, from - verb, static word => Is(word, "FOR"));
        // A schema may be called as its database is.
        var kind = on < 0 ? "" : words[on + 1].ToUpperInvariant() is "SCHEMA" or "DATABASE" or "PARAMETER" ? $"{words[on
            + 1].ToLowerInvariant()} " : "";
        var things = defaults ? [maker > 0 && maker < verb ? Name(words[maker + 1]) : ""]
            : Names(words, (on < 0 ? Math.Max(verb, option) : on) + 1, from).Select(name => kind + name).ToList();
        var rights = on < 0 ? [""] : RightsOf(words, Math.Max(verb, option) + 1, on).ToList();
        foreach (var thing in things)
        {
            foreach (var role in Names(words, from + 1, words.Count))
            {
                foreach (var right in rights)
                    yield return new(side, thing, role, right);
            }
        }
    }

    // `SELECT (name), ALL PRIVILEGES`: without columns, in capitals.
    static IEnumerable<string> RightsOf(List<string> words, int start, int end)
    {
        var (right, depth) = ("", 0);
        for (var at = start; at < end; at++)
        {
            depth += words[at] is "(" ? 1 : words[at] is ")" ? -1 : 0;
            if (depth > 0 || words[at] is ")" || Is(words[at], "PRIVILEGES"))
                continue;
            if (words[at] is ",")
            {
                yield return right;
                right = "";
            }
            else
                right = (right + " " + words[at].ToUpperInvariant()).Trim();
        }
        yield return right;
    }

    static IEnumerable<string> Names(List<string> words, int start, int end)
    {
        var depth = 0;
        for (var at = start; at < end && !Ends.Contains(words[at]); at++)
        {
            depth += words[at] is "(" ? 1 : words[at] is ")" ? -1 : 0;
            if (depth == 0 && words[at] is not ("," or ")") && !Kinds.Contains(words[at]))
                yield return Name(words[at]);
        }
    }

    static bool Settings(List<string> words, int start) => words.Skip(start).Any(static word => Is(word, "SET") || Is(word, "RESET"));

    static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);

    static string Upper(List<string> words, int at) => at < words.Count ? words[at].ToUpperInvariant() : "";

    // A part in quotes is as it stands; what stands without is folded, as the server does. PUBLIC is nobody's name in quotes.
    static string Name(string word) => word.StartsWith('"') ? word[1..] : word.ToLowerInvariant();
}
