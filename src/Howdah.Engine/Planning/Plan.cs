using Howdah.Engine.Files;

namespace Howdah.Engine.Planning;

/// <summary>What would change, and from which facts it follows.</summary>
/// <param name="Estate">The estate's name.</param>
/// <param name="Steps">What to do, in order.</param>
/// <param name="Notes">Strangers, things left alone, wishes that cannot be served.</param>
/// <param name="Fingerprint">Hash of the wish and of exactly the facts that the plan was made from; when it differs, the plan is
/// stale.</param>
/// <param name="Targets">The servers, for people: where, version.</param>
public sealed record Plan(
    string Estate, IReadOnlyList<Step> Steps, IReadOnlyList<Diagnostic> Notes, string Fingerprint, IReadOnlyList<PlanTarget> Targets)
{
    /// <summary>What it closes of a proof's findings, one sentence each; null for a plan of everything that differs.</summary>
    public IReadOnlyList<string>? Closes { get; init; }

    /// <summary>Whether something forbids applying it at all: a stranger with our name, a missing privilege.</summary>
    public bool Blocked => Notes.Any(note => note.Severity == Severity.Error);

    /// <summary>The kinds of hazard that its steps carry.</summary>
    public IReadOnlyList<HazardKind> Hazards =>
        [.. Steps.SelectMany(step => step.Hazards).Select(hazard => hazard.Kind).Distinct().Order()];
}

/// <summary>A server as a plan's head names it.</summary>
/// <param name="Server">Its name in the estate.</param>
/// <param name="Where">Host and port.</param>
/// <param name="Version">The PostgreSQL version: <c>18.4</c>.</param>
public sealed record PlanTarget(string Server, string Where, string Version);
