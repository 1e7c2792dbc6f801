using System.CommandLine;
using System.Globalization;
using Howdah.Cli.Output;
using Howdah.Patterns.Tenancy.Fanout;

namespace Howdah.Cli.Commands;

/// <summary><c>howdah migrate tenants</c>: what apply does in tenants' places, by itself and with more say.</summary>
static class TenantsCommand
{
    internal static Command Create()
    {
        var path = new Option<string>("--dir") { Description = "The folder that holds estate.yaml.", DefaultValueFactory = _ =>
            SqlCommand.Folder() };
        var database = Common.Database();
        var only = new Option<string[]>("--only")
        {
            Description = "Only these tenants.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        var canary = new Option<string?>("--canary") { Description = "The tenant that goes first and alone (default: the smallest)." };
        var parallel = new Option<int>("--parallel") { Description = "Places at once, 1 to 64.", DefaultValueFactory = _ => 4 };
        var goOn = new Option<bool>("--continue-on-error") { Description = "Go on with the others where one fails." };
        var wait = new Option<int>("--lock-wait") { Description = "Seconds to try again where a lock is not to be had.",
            DefaultValueFactory = _ => 60 };
        var json = new Option<bool>("--json") { Description = "One JSON document: what was done, what failed, how many are behind." };
        var command = Common.Command("tenants",
            "Runs in tenants' schemas and databases the migrations that ran at home: one goes first, the others follow if it did well.",
            "howdah migrate tenants --only acme --parallel 8");
        foreach (var option in (Option[])[path, database, only, canary, parallel, goOn, wait, json])
            command.Add(option);
        parallel.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64)
                result.AddError("--parallel takes a number from 1 to 64");
        });
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var quiet = parsed.GetValue(json);
            var report = await TenantMigrations.RunAsync(session, Common.Pick(session.Estate, parsed.GetValue(database)), new()
            {
                Only = parsed.GetValue(only)!,
                Canary = parsed.GetValue(canary),
                Parallel = parsed.GetValue(parallel),
                ContinueOnError = parsed.GetValue(goOn),
                LockPatience = TimeSpan.FromSeconds(parsed.GetValue(wait)),
                Progress = quiet ? null : new Told(screen),
            }, token);
            if (quiet)
                screen.Out(MigrationReport.Json(report));
            foreach (var failure in report.Failed)
                screen.Error($"{failure.Migration} in the place of {failure.Tenant} ({failure.Place}): {failure.Why}");
            if (report.Moving.Count > 0)
                screen.Tell($"Being moved, left behind: {string.Join(", ", report.Moving)}.");
            screen.Tell(report is { Done: 0, Left: 0 } ? "Nothing to do: every place is at home's version."
                : string.Create(CultureInfo.InvariantCulture, $"Done: {report.Done:N0} places; {report.Left:N0} are behind."));
            return report.Failed.Count > 0 ? ExitCodes.Failed : ExitCodes.Done;
        }, token));
        return command;
    }

    sealed class Told(Screen screen) : IProgress<FanoutProgress>
    {
        public void Report(FanoutProgress value) => screen.Progress.Report(
            string.Create(CultureInfo.InvariantCulture, $"tenants' places: {value.Done:N0} of {value.Of:N0}"));
    }
}
