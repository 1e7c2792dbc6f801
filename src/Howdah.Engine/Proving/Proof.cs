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
    string By, DateTimeOffset At, IReadOnlyList<string> Notes);
