namespace Howdah.Engine.Planning;

/// <summary>What harm a step can do; a closed list, so that <c>--allow</c> can name each.</summary>
public enum HazardKind
{
    /// <summary>Rows or values are gone afterwards (<c>data-loss</c>).</summary>
    DataLoss,
    /// <summary>A lock that stops readers or writers is held for as long as the data is large (<c>long-lock</c>).</summary>
    LongLock,
    /// <summary>The whole table is written anew (<c>table-rewrite</c>).</summary>
    TableRewrite,
    /// <summary>Sessions are ended or refused, or the server restarts (<c>downtime</c>).</summary>
    Downtime,
    /// <summary>No step can bring the former state back (<c>irreversible</c>).</summary>
    Irreversible,
}

/// <summary>One harm of one step, with the reason in the user's words.</summary>
/// <param name="Kind">Which harm.</param>
/// <param name="Why">One sentence: what is hit and why.</param>
public sealed record Hazard(HazardKind Kind, string Why)
{
    /// <summary>The kinds by their names in <c>--allow</c> and in JSON.</summary>
    public static IReadOnlyDictionary<string, HazardKind> Kinds { get; } = new Dictionary<string, HazardKind>
    {
        ["data-loss"] = HazardKind.DataLoss,
        ["long-lock"] = HazardKind.LongLock,
        ["table-rewrite"] = HazardKind.TableRewrite,
        ["downtime"] = HazardKind.Downtime,
        ["irreversible"] = HazardKind.Irreversible,
    };

    /// <summary>The kind's name in <c>--allow</c> and in JSON.</summary>
    public string Name => Kinds.First(kind => kind.Value == Kind).Key;
}
