namespace Howdah.Engine.Proving;

/// <summary>One run of attacks with everything an auditor asks for. Reports are pure functions of it.</summary>
/// <param name="Subject">What was attacked: the estate's name, or host and database.</param>
/// <param name="Findings">What was found, in a stable order.</param>
/// <param name="Tool">Name and version of the tool: <c>howdah 0.1.0</c>.</param>
/// <param name="Catalogue">Version of the catalogue of attacks: how many there are and a hash of them.</param>
/// <param name="Servers">The servers with their versions: <c>127.0.0.1:5432 PostgreSQL 18.1</c>.</param>
/// <param name="Fingerprint">Fingerprint of the estate, or of the catalogs seen; null where there is none.</param>
/// <param name="By">Who ran it: the role that applied.</param>
/// <param name="At">When it ended, UTC.</param>
/// <param name="Notes">What limits the result: roles that could not be tried, guesses about tenants, what was cut short.</param>
public sealed record Proof(
    string Subject, IReadOnlyList<Finding> Findings, string Tool, string Catalogue, IReadOnlyList<string> Servers, string? Fingerprint,
    string By, DateTimeOffset At, IReadOnlyList<string> Notes)
{
    /// <summary>SHA-256 of the former proof it was compared with; null where there was none.</summary>
    public string? Baseline { get; init; }

    /// <summary>What was broken in the baseline and no longer is.</summary>
    public IReadOnlyList<Gone> Gone { get; init; } = [];

    /// <summary>The findings of a verdict that count: neither ignored nor known from the baseline.</summary>
    public IReadOnlyList<Finding> Of(Verdict verdict) => [.. Findings.Where(finding => finding.Verdict == verdict && finding.Counts)];

    /// <summary>What was there in the baseline already, and nobody decided to live with.</summary>
    public IReadOnlyList<Finding> Known => [.. Findings.Where(static finding => finding is { Known: true, Ignored: null })];

    /// <summary>What somebody decided to live with.</summary>
    public IReadOnlyList<Finding> Ignored => [.. Findings.Where(static finding => finding.Ignored is not null)];

    /// <summary>The same with what broke first, the gravest first, and every text in whole characters: equal proofs come out equal.
    /// </summary>
    public Proof Sorted() => this with
    {
        Subject = Whole(Subject), Tool = Whole(Tool), Catalogue = Whole(Catalogue), Servers = Whole(Servers), By = Whole(By),
        Fingerprint = Fingerprint is null ? null : Whole(Fingerprint), Baseline = Baseline is null ? null : Whole(Baseline),
        Notes = Whole(Notes), Gone = [.. Gone.Select(static gone => new Gone(Whole(gone.Id), Whole(gone.Title), Whole(gone.Target)))],
        Findings = [.. Findings.Select(Whole).OrderBy(static finding => finding.Counts ? 0 : finding.Ignored is null ? 1 : 2)
            .ThenBy(static finding => Rank(finding.Verdict)).ThenBy(static finding => finding.Attack.Gravity)
            .ThenBy(static finding => finding.Attack.Id, StringComparer.Ordinal)
            .ThenBy(static finding => finding.Target, StringComparer.Ordinal)],
    };

    static Finding Whole(Finding finding) => finding with
    {
        Attack = finding.Attack with
        {
            Id = Whole(finding.Attack.Id), Title = Whole(finding.Attack.Title), How = Whole(finding.Attack.How),
            Source = Whole(finding.Attack.Source), Why = Whole(finding.Attack.Why),
        },
        Pattern = Whole(finding.Pattern), Target = Whole(finding.Target), Targets = Whole(finding.Targets),
        Evidence = Whole(finding.Evidence), Fix = finding.Fix is null ? null : Whole(finding.Fix),
        Statement = finding.Statement is null ? null : Whole(finding.Statement),
        File = finding.File is null ? null : Whole(finding.File), Ignored = finding.Ignored is null ? null : Whole(finding.Ignored),
    };

    static IReadOnlyList<string> Whole(IReadOnlyList<string> texts) => [.. texts.Select(Whole)];

    // A text that was cut in the middle of a character cannot be written as UTF-8, so it would not be read as it was hashed.
    static string Whole(string text) => text.Any(char.IsSurrogate) ? string.Concat(text.EnumerateRunes()) : text;

    static int Rank(Verdict verdict) => verdict switch
    {
        Verdict.Broken => 0,
        Verdict.Inconclusive => 1,
        Verdict.Held => 2,
        Verdict.Residual => 3,
        _ => 4,
    };
}

/// <summary>Something a former proof found broken and this one does not.</summary>
/// <param name="Id">The attack's id.</param>
/// <param name="Title">Its title.</param>
/// <param name="Target">What it concerned.</param>
public sealed record Gone(string Id, string Title, string Target);
