using Howdah.Engine.Planning;

namespace Howdah.Prover.Fixing;

/// <summary>The SQL of a fix: whether it is any, in which order fixes run, and what harm each can do. Pure.</summary>
static class FixSql
{
    static readonly HashSet<string> Verbs = new(StringComparer.OrdinalIgnoreCase)
    {
        "REVOKE", "GRANT", "ALTER", "CREATE", "DROP", "DO", "UPDATE", "COMMENT",
    };

    // Rights are taken first, for that locks nobody out of anything they should do; then roles, then tables, then the rest.
    static readonly string[] Order = ["REVOKE", "ALTER ROLE", "ALTER DATABASE", "ALTER FUNCTION", "ALTER VIEW", "ALTER TABLE"];

    /// <summary>Whether a text is SQL from its first line to its last, so that running it closes what it says; one that begins with a
    /// comment says what else a person must do.</summary>
    internal static bool Runs(string? fix) => fix is { Length: > 0 } && !fix.TrimStart().StartsWith("--", StringComparison.Ordinal)
        && !fix.Contains('…') && SqlWords.Read(fix) is { Count: > 0 } statements
        && statements.TrueForAll(static words => (words.Count > 3 || words is ["DO", "'"]) && Verbs.Contains(words[0])
            && !Spoken(words));

    /// <summary>Whether it can run in a transaction, as a step of a plan does.</summary>
    internal static bool RunsWithin(string fix) => SqlWords.Read(fix).TrueForAll(static words =>
        !words.Exists(static word => word.Equals("CONCURRENTLY", StringComparison.OrdinalIgnoreCase))
        && !(words[1].ToUpperInvariant() is "SYSTEM" or "TABLESPACE" || (words[0].ToUpperInvariant() is "CREATE" or "DROP"
            && words[1].ToUpperInvariant() is "DATABASE")));

    /// <summary>Where a fix stands among others.</summary>
    internal static int Rank(string fix)
    {
        var at = Array.FindIndex(Order, word => fix.TrimStart().StartsWith(word, StringComparison.OrdinalIgnoreCase));
        return at < 0 ? Order.Length : at;
    }

    /// <summary>What a reader should know before running it, in sentences.</summary>
    internal static IEnumerable<string> Effects(string fix)
    {
        if (Has(fix, "ENABLE ROW LEVEL SECURITY"))
            yield return "whoever has no policy sees no rows from then on; the table is locked for a moment";
        if (Has(fix, "CREATE POLICY") || Has(fix, "DROP POLICY") || Has(fix, "ALTER POLICY"))
            yield return "the table is locked for a moment; statements see other rows from then on";
        if (Has(fix, "REVOKE"))
            yield return "whoever relied on the right is refused from then on";
        if (Has(fix, "OWNER TO"))
            yield return "the former owner loses every right that only owners have";
        foreach (var hazard in Hazards(fix))
            yield return hazard.Why;
    }

    /// <summary>The harm that must be allowed by name before a plan with it is done.</summary>
    internal static IEnumerable<Hazard> Hazards(string fix)
    {
        if (Has(fix, "SET NOT NULL") || Has(fix, "ADD CONSTRAINT") || Has(fix, "ADD CHECK") || Has(fix, "ADD UNIQUE")
            || Has(fix, "CREATE UNIQUE INDEX") || Has(fix, "CREATE INDEX"))
            yield return new(HazardKind.LongLock, "reads the whole table while writes wait; it fails where rows do not fit");
        if (SqlWords.Read(fix).Exists(static words => words[0].Equals("DROP", StringComparison.OrdinalIgnoreCase)
            && words[1].ToUpperInvariant() is not ("POLICY" or "INDEX" or "TRIGGER"))
            || Has(fix, "lo_unlink"))
            yield return new(HazardKind.Irreversible, "what is dropped is gone");
    }

    static bool Has(string fix, string words) => fix.Contains(words, StringComparison.OrdinalIgnoreCase);

    // `…, or REVOKE …` is advice.
    static bool Spoken(List<string> words)
    {
        for (var at = 0; at + 2 < words.Count; at++)
        {
            if (words[at] == "," && words[at + 1] is "or" or "and")
                return true;
        }
        return false;
    }
}
