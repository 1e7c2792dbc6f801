using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Proving;

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
        [.. Common.Engine.Patterns.SelectMany(static pattern => pattern.Attacks), .. ProofAttacks.All];

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
        var servers = session.Servers.Values.OrderBy(static server => server.Name, StringComparer.Ordinal).ToList();
        return new(session.Estate.Name, findings, $"howdah {Program.Version}", AttackCatalogue.Version(Catalogue),
            [.. servers.Select(static server => $"{server.Where} PostgreSQL {server.Facts.Major}.{server.Facts.Version % 10000}")],
            session.Estate.SpecHash, string.Join(", ", servers.Select(static server => server.Facts.User).Distinct()),
            TimeProvider.System.GetUtcNow(), []);
    }
}
