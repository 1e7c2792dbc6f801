using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Proving;
using Howdah.Prover;
using Npgsql;

namespace Howdah.Cli.Commands;

static class ProveCommand
{
    internal static Command Create()
    {
        var path = Common.Path();
        var command = Common.Command("prove",
            "Attacks the result through real logins; everything is rolled back. Exit 2 if anything broke, 4 if only inconclusive.",
            "howdah prove --format html --out proof.html");
        command.Add(path);
        ProofOutput.AddOptions(command);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            Proof proof;
            using (var ticker = new Ticker(screen))
                proof = await ProveAsync(session, token, ticker);
            return await ProofOutput.WriteAsync(screen, parsed, proof, Catalogue, session.Estate.Folder, token);
        }, token));
        return command;
    }

    /// <summary>Every attack on an estate.</summary>
    internal static IReadOnlyList<Attack> Catalogue { get; } = 
        [.. Common.Engine.Patterns.SelectMany(static pattern => pattern.Attacks), .. Checker.Attacks, .. ProofAttacks.All];

    /// <summary>Proves an estate, and says who, where, when and by which catalogue.</summary>
    internal static async Task<Proof> ProveAsync(Session session, CancellationToken token, IProgress<string>? progress = null)
    {
        var findings = new List<Finding>();
        await foreach (var finding in session.ProveAsync(token))
        {
            findings.Add(finding.File is null ? finding
                : finding with { File = Path.GetRelativePath(Directory.GetCurrentDirectory(), finding.File) });
            progress?.Report($"{findings.Count} tried, now {finding.Pattern}: {finding.Attack.Id} on {finding.Target} …");
        }
        var notes = new List<string>();
        foreach (var database in session.Estate.Databases)
            await CheckAsync(session, database, findings, notes, progress, token);
        var servers = session.Servers.Values.OrderBy(static server => server.Name, StringComparer.Ordinal).ToList();
        return new(session.Estate.Name, findings, $"howdah {Program.Version}", AttackCatalogue.Version(Catalogue),
            [.. servers.Select(static server => $"{server.Where} PostgreSQL {server.Facts.Major}.{server.Facts.Version % 10000}")],
            session.Estate.SpecHash, string.Join(", ", servers.Select(static server => server.Facts.User).Distinct()),
            TimeProvider.System.GetUtcNow(), notes);
    }

    // Beside each pattern's own proofs, everything an intruder would try in the database, declared in the file or not.
    static async Task CheckAsync(Session session, DatabaseSpec database, List<Finding> findings, List<string> notes,
        IProgress<string>? progress, CancellationToken token)
    {
        try
        {
            var result = await Checker.CheckAsync(session.Servers[database.Server].AdminConnectionString(database.Name),
                new() { Progress = progress is null ? null : progress.Report }, token);
            findings.AddRange(result.Findings);
            notes.AddRange(result.Notes.Select(note => $"{database.Name}: {note}"));
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            notes.Add($"database {database.Name} does not exist yet");
        }
    }
}
