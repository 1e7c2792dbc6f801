using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Prover.Scouting;

/// <summary>How a tenant is entered: by a statement, or by contexts that the owner of the database gave. Contexts are secrets.</summary>
public sealed class Entrance
{
    // What is tried as a forged context is never entered properly.
    static readonly string[] Forged = ["", "%", ".*"];

    readonly ContextStatement? statement;
    readonly Dictionary<string, string> contexts;

    Entrance(ContextStatement? statement, Dictionary<string, string> contexts, IReadOnlyList<string> tenants, string? expired)
    {
        this.statement = statement;
        this.contexts = contexts;
        Tenants = tenants;
        Expired = expired;
    }

    /// <summary>The context is the tenant's id.</summary>
    public static Entrance Plain { get; } = new(null, [], [], null);

    /// <summary>The two tenants to play with; none where any will do.</summary>
    public IReadOnlyList<string> Tenants { get; }

    /// <summary>A context of the first tenant that must not work anymore; null where none was given.</summary>
    internal string? Expired { get; }

    /// <summary>Whether anything was said.</summary>
    internal bool Given => statement is not null || contexts.Count > 0;

    /// <summary>Whether a statement enters.</summary>
    internal bool ByStatement => statement is not null;

    /// <summary>Reads what a person said.</summary>
    /// <param name="statement">One statement with <c>$1</c> for the tenant; null where there is none.</param>
    /// <param name="tenants">None, or two: <c>ID=CONTEXT</c>, or <c>ID</c> where a statement enters.</param>
    /// <param name="expired">A context of the first tenant that must not work anymore.</param>
    /// <exception cref="ArgumentException">It cannot be used; the message says why and what to write.</exception>
    public static Entrance Read(string? statement, IReadOnlyList<string> tenants, string? expired)
    {
        var parsed = statement is null ? null : ContextStatement.Parse(statement);
        if (tenants.Count is not (0 or 2))
            throw new ArgumentException("--tenant is needed twice, for two tenants that must not see each other: --tenant 1=CONTEXT "
                + "--tenant 2=CONTEXT");
        var pairs = tenants.Select(static text => text.IndexOf('=', StringComparison.Ordinal) is var at and >= 0
            ? (Id: text[..at], Context: (string?)text[(at + 1)..]) : (Id: text, Context: null)).ToList();
        if (pairs.Exists(static pair => pair.Id.Length == 0 || pair.Context?.Length == 0))
            throw new ArgumentException("--tenant needs ID=CONTEXT, neither of them empty");
        if (pairs.Exists(pair => pair.Context is null == (parsed is null)))
            throw new ArgumentException(parsed is null ? "--tenant needs ID=CONTEXT; ID alone will do with --context-sql"
                : "--context-sql enters the tenant, so --tenant takes the ID alone");
        if (pairs is [var a, var b] && (a.Id == b.Id || (a.Context is not null && a.Context == b.Context)))
            throw new ArgumentException("the two --tenant must be two tenants with contexts of their own");
        if (expired is not null && pairs.Count == 0)
            throw new ArgumentException("--expired-context is one of the first --tenant: give --tenant twice, too");
        return new(parsed, pairs.Where(static pair => pair.Context is not null)
            .ToDictionary(static pair => pair.Id, static pair => pair.Context!, StringComparer.Ordinal),
            [.. pairs.Select(static pair => pair.Id)], expired);
    }

    /// <summary>The context that was given for a tenant; null where none was.</summary>
    internal string? For(string tenant) => contexts.GetValueOrDefault(tenant);

    /// <summary>The statement that enters a tenant; null where the context is simply set.</summary>
    internal Sql? Enter(string tenant) => Forged.Contains(tenant) ? null : statement?.With(new(tenant));

    /// <summary>The finding without any context that was given: whoever reads it could use it.</summary>
    internal Finding Mask(Finding finding) => contexts.Count == 0 && Expired is null ? finding : finding with
    {
        Evidence = Mask(finding.Evidence),
        Statement = finding.Statement is { } shown ? Mask(shown) : null,
    };

    string Mask(string text)
    {
        foreach (var (tenant, context) in contexts)
            text = context == tenant ? text : text.Replace(context, $"<the context given for {tenant}>", StringComparison.Ordinal);
        return Expired is { } expired ? text.Replace(expired, "<the expired context>", StringComparison.Ordinal) : text;
    }
}
