using System.CommandLine;
using System.Globalization;
using Howdah.Cli.Output;
using Howdah.Patterns.Tenancy.Erasing;

namespace Howdah.Cli.Commands;

/// <summary>Erases tenants, and checks certificates of it.</summary>
static class TenantEraseCommand
{
    internal static Command Create()
    {
        var (json, quiet) = (TenantVerb.Json(), TenantVerb.NoProve());
        var name = new Argument<string>("name") { Description = "The tenant's name, or its id where its name is forgotten; with --verify "
            + "the certificate's file." };
        var yes = new Option<bool>("--yes") { Description = "Really; without it, it is only said what would go." };
        var file = new Option<string?>("--certificate") { Description = "Writes the certificate into a file, too." };
        var forget = new Option<bool>("--forget-name") { Description = "The name goes, too, from the certificate and the book of events." };
        var verify = new Option<bool>("--verify") { Description = "Says whether a certificate is as it was written; exit 2 if not." };
        var command = Common.Command("erase", "Erases a tenant, wherever it lives: shuts it out, deletes all, looks for what is left, and "
            + "certifies what was there and that nothing was found. Run again, it goes on where it was cut off.",
            "howdah tenant erase Ontario --yes --certificate ontario-erased.json");
        command.Add(name);
        foreach (var option in (Option[])[yes, file, forget, verify, quiet])
            command.Add(option);
        TenantVerb.Ready(command, json, async (parsed, screen, session, database, token) =>
        {
            var tenant = parsed.GetValue(name)!;
            if (!parsed.GetValue(yes))
            {
                var rows = await TenantErase.LookAsync(session, database, tenant, token);
                screen.Out(RowText.Write(["table", "rows"], [.. rows.Select(static each => (string?[])[each.Table, Number(each.Rows)])],
                    parsed.GetValue(json) ? "json" : Console.IsOutputRedirected ? "csv" : "table"));
                screen.Error($"{Number(rows.Sum(static each => each.Rows))} rows of tenant {tenant} would be erased, for good; nothing was "
                    + "done: say --yes");
                return ExitCodes.Refused;
            }
            var made = await TenantErase.RunAsync(session, database, tenant,
                new() { ForgetName = parsed.GetValue(forget), Progress = screen.Progress }, token);
            if (parsed.GetValue(file) is { } to)
                await File.WriteAllTextAsync(to, made.Certificate + "\n", token);
            screen.Out(parsed.GetValue(json) ? made.Certificate + "\n" : $"{made.Sha256}\n");
            screen.Tell((made.Outcome == "done" ? "It was erased before" : "Erased, and nothing of it was found")
                + $": {Number(made.Rows)} rows were there. The certificate is in howdah.tenant_events; backups, WAL and "
                + "copies elsewhere are not reached.");
            return made.Outcome == "erased" && !parsed.GetValue(quiet) ? await TenantMoveCommand.ProveAsync(screen, session, token)
                : ExitCodes.Done;
        });
        var erase = command.Action!;
        command.SetAction(async (parsed, token) => parsed.GetValue(verify)
            ? await Common.GuardAsync(parsed, screen => VerifyAsync(screen, parsed.GetValue(name)!, token), token)
            : await ((System.CommandLine.Invocation.AsynchronousCommandLineAction)erase).InvokeAsync(parsed, token));
        return command;
    }

    static async Task<int> VerifyAsync(Screen screen, string file, CancellationToken token)
    {
        if (TenantErase.Verify(await File.ReadAllTextAsync(file, token)) is { } problem)
        {
            screen.Error($"{file}: {problem}");
            return ExitCodes.Differs;
        }
        screen.Tell($"{file}: as it was written. Who can write the file could write another one: its hash stands in howdah.tenant_events.");
        return ExitCodes.Done;
    }

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
