using System.CommandLine;
using System.Text;
using Howdah.Cli.Output;
using Howdah.Engine.Proving.Reports;

namespace Howdah.Cli.Commands;

/// <summary>Checks reports of proofs long after they were made.</summary>
static class EvidenceCommand
{
    internal static Command Create()
    {
        var command = Common.Command("evidence", "Checks what proofs left behind.", "howdah evidence verify proof.html");
        command.Add(Verify());
        return command;
    }

    static Command Verify()
    {
        var file = new Argument<string>("file") { Description = "A report in JSON, JUnit, SARIF or HTML." };
        var noted = new Option<string?>("--sha256") { Description = "The hash that was noted when the report was made." };
        var command = Common.Command("verify",
            "Says whether a report is as it was made, to the character. Exit 2 if it was changed, 4 if it was made by another version "
            + "and only its data could be checked.", "howdah evidence verify proof.html");
        command.Add(file);
        command.Add(noted);
        command.SetAction((parsed, token) => Common.GuardAsync(parsed, async screen =>
        {
            var name = parsed.GetValue(file)!;
            var (text, problem) = Decode(await File.ReadAllBytesAsync(name, token));
            var made = Verification.Of(text, $"howdah {Program.Version}", parsed.GetValue(noted));
            foreach (var difference in made.Differences.Concat(problem is null ? [] : [problem]))
                screen.Error($"{name}: {difference}");
            if (made.Differences.Count > 0 || problem is not null)
                return ExitCodes.Differs;
            var found = made.Sealed!;
            screen.Out($"{name}: proof of {Visible.Line(found.Proof.Subject)}, {ProofData.Time(found.Proof.At)} by "
                + $"{Visible.Line(found.Proof.By)}\n{FindingText.Summary(found.Proof)}\nSHA-256 {found.Sha256}\n");
            if (!made.Whole)
            {
                screen.Tell($"The data are as they were made by {Visible.Line(found.Proof.Tool)}. What is shown around them could not be "
                    + $"compared: this is howdah {Program.Version}.");
                return ExitCodes.Inconclusive;
            }
            screen.Tell(parsed.GetValue(noted) is null
                ? "As it was made, to the character. Who can write the file could write another one: compare the hash with one noted "
                    + "elsewhere (--sha256)."
                : "As it was made, to the character, and the one that was noted.");
            return ExitCodes.Done;
        }, token));
        return command;
    }

    /// <summary>The text of a file; bytes that howdah never writes are a change.</summary>
    static (string Text, string? Problem) Decode(byte[] bytes)
    {
        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            return text.StartsWith('\uFEFF') ? (text[1..], "a byte order mark was put before it") : (text, null);
        }
        catch (DecoderFallbackException)
        {
            return ("", "it is not UTF-8");
        }
    }
}
