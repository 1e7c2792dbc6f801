using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;

namespace Howdah.Cli.Commands;

static class ProveCommand
{
    internal static Command Create()
    {
        var path = Common.Path();
        var format = new Option<string>("--format") { Description = "text, json, junit, sarif or html.", DefaultValueFactory = _ =>
            "text" };
        format.AcceptOnlyFromAmong("text", "json", "junit", "sarif", "html");
        var save = new Option<string?>("--out") { Description = "Write the report to this file instead of stdout." };
        var command = Common.Command("prove",
            "Attacks the result through real logins; everything is rolled back. Exit 2 if anything broke, 4 if only inconclusive.",
            "howdah prove --format html --out proof.html");
        command.Add(path);
        command.Add(format);
        command.Add(save);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var findings = await FindAsync(session, token);
            var report = parsed.GetValue(format) switch
            {
                "json" => JsonReport.Write(findings),
                "sarif" => JsonReport.WriteSarif(findings, Program.Version),
                "junit" => JUnitReport.Write(findings),
                "html" => HtmlReport.Write(findings, session.Estate.Name, Program.Version),
                _ => FindingText.Write(findings, Terminal.Colors && parsed.GetValue(save) is null),
            };
            if (parsed.GetValue(save) is { } file)
            {
                await File.WriteAllTextAsync(file, report, token);
                screen.Tell($"{FindingText.Summary(findings)} Written to {file}.");
            }
            else
            {
                screen.Out(report);
            }
            return Exit(findings);
        }, token));
        return command;
    }

    internal static async Task<List<Finding>> FindAsync(Session session, CancellationToken token)
    {
        var findings = new List<Finding>();
        await foreach (var finding in session.ProveAsync(token))
            findings.Add(finding);
        return findings;
    }

    internal static int Exit(IReadOnlyList<Finding> findings) =>
        findings.Any(finding => finding.Verdict == Verdict.Broken) ? ExitCodes.Differs
        : findings.Any(finding => finding.Verdict == Verdict.Inconclusive) ? ExitCodes.Inconclusive
        : ExitCodes.Done;
}
