using System.CommandLine;
using Howdah.Cli.Output;
using Howdah.Engine.Proving;
using Howdah.Engine.Proving.Reports;

namespace Howdah.Cli.Commands;

/// <summary>What every command that proves shares: how a proof is narrowed, written and judged.</summary>
static class ProofOutput
{
    static readonly Option<string> Format = MakeFormat();

    static readonly Option<bool> Json = new("--json") { Description = "The same as --format json." };

    static readonly Option<string?> Save = new("--out") { Description = "Write the report to this file instead of stdout." };

    static readonly Option<string[]> Ignore = new("--ignore")
    {
        Description = "What you decided to live with: a file of lines `ID [TARGET] reason=WHY, until=YYYY-MM-DD`, or one such line. "
            + $"{Ignores.FileName} beside the estate is read anyway.",
        DefaultValueFactory = static _ => [],
    };

    static readonly Option<string?> Former = new("--baseline")
    {
        Description = "A former report (JSON, JUnit, SARIF or HTML): only what is new counts, and what is gone is told.",
    };

    /// <summary>Adds the options that <see cref="WriteAsync"/> reads.</summary>
    internal static void AddOptions(Command command)
    {
        foreach (var option in (Option[])[Format, Json, Save, Ignore, Former])
            command.Add(option);
    }

    /// <summary>Writes the report, and says the exit code.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="proof">What was proved, narrowed.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<int> WriteAsync(Screen screen, ParseResult parsed, Proof proof, CancellationToken token)
    {
        var file = parsed.GetValue(Save);
        var report = parsed.GetValue(Json) ? JsonReport.Write(proof) : parsed.GetValue(Format) switch
        {
            "json" => JsonReport.Write(proof),
            "sarif" => SarifReport.Write(proof),
            "junit" => JUnitReport.Write(proof),
            "html" => HtmlReport.Write(proof),
            _ => FindingText.Write(proof, Terminal.Width, Terminal.Colors && file is null),
        };
        if (file is null)
        {
            Screen.Report(report);
            return Exit(proof);
        }
        await File.WriteAllTextAsync(file, report, token);
        // The hash is told here too: noted elsewhere, it shows later that the file is still this one.
        screen.Tell($"{FindingText.Summary(proof)} Written to {file}.\nSHA-256 {ProofData.Hash(proof)}");
        return Exit(proof);
    }

    /// <summary>2 if anything broke, 4 if something could not be tried, else 0; what is ignored or known does not count.</summary>
    internal static int Exit(Proof proof) =>
        proof.Of(Verdict.Broken).Count > 0 ? ExitCodes.Differs
        : proof.Of(Verdict.Inconclusive).Count > 0 ? ExitCodes.Inconclusive
        : ExitCodes.Done;

    /// <summary>The same without revealed secrets in any text: before it is written, for no hash fits a text that was masked later.
    /// </summary>
    internal static Proof Masked(Screen screen, Proof proof) => proof with
    {
        Subject = screen.Mask(proof.Subject),
        Findings = [.. proof.Findings.Select(finding => finding with
        {
            Target = screen.Mask(finding.Target),
            Targets = [.. finding.Targets.Select(screen.Mask)],
            Evidence = screen.Mask(finding.Evidence),
            Statement = finding.Statement is null ? null : screen.Mask(finding.Statement),
            Fix = finding.Fix is null ? null : screen.Mask(finding.Fix),
        })],
        Notes = [.. proof.Notes.Select(screen.Mask)],
    };

    /// <summary>Takes out what <c>howdah.ignore</c> in a folder says.</summary>
    internal static async Task<Proof> BesideAsync(Proof proof, IReadOnlyList<Attack> catalogue, string folder, CancellationToken token)
    {
        var file = Path.Combine(folder, Ignores.FileName);
        return !File.Exists(file) ? proof
            : Ignores.Apply(proof, Path.GetRelativePath(Directory.GetCurrentDirectory(), file), await File.ReadAllTextAsync(file, token),
                catalogue);
    }

    /// <summary>Takes out what is ignored and what the baseline knew.</summary>
    /// <param name="screen">Masks secrets.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="proof">What was proved.</param>
    /// <param name="catalogue">Every attack there is.</param>
    /// <param name="folder">Where <c>howdah.ignore</c> is looked for; null for nowhere.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<Proof> NarrowAsync(Screen screen, ParseResult parsed, Proof proof, IReadOnlyList<Attack> catalogue,
        string? folder, CancellationToken token)
    {
        proof = Masked(screen, proof);
        foreach (var given in parsed.GetValue(Ignore)!)
        {
            if (!File.Exists(given) && !given.Contains('='))
                throw new ArgumentException($"there is no file {given} to read ignores from");
            proof = File.Exists(given) ? Ignores.Apply(proof, given, await File.ReadAllTextAsync(given, token), catalogue)
                : Ignores.Apply(proof, "--ignore", given, catalogue);
        }
        if (folder is not null && !parsed.GetValue(Ignore)!.Any(given => Path.GetFullPath(given) == Path.Combine(folder, Ignores.FileName)))
            proof = await BesideAsync(proof, catalogue, folder, token);
        if (parsed.GetValue(Former) is not { } former)
            return proof;
        try
        {
            return Baseline.Apply(proof, JsonReport.Read(await File.ReadAllTextAsync(former, token)));
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"{former} cannot be a baseline: {wrong.Message}", wrong);
        }
    }

    static Option<string> MakeFormat()
    {
        var format = new Option<string>("--format")
        {
            Description = "text, json, junit, sarif or html.",
            DefaultValueFactory = static _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "json", "junit", "sarif", "html");
        return format;
    }
}
