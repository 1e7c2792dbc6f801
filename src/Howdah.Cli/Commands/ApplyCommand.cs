using System.CommandLine;
using System.Globalization;
using Howdah.Cli.Output;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Cli.Commands;

static class ApplyCommand
{
    internal static Option<string[]> Allow() => new("--allow")
    {
        Description = $"Take this hazard: {string.Join(", ", Hazard.Kinds.Keys)}. May be given several times.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    internal static Command Create()
    {
        var path = Common.Path();
        var saved = new Option<string?>("--plan") { Description = "Do exactly this saved plan (plan --out, prove --fix); refused "
            + "once it is stale." };
        var allow = Allow();
        var wait = new Option<int>("--lock-wait") { Description = "Seconds to wait for another apply of the same estate.",
            DefaultValueFactory = _ => 60 };
        var json = new Option<bool>("--json") { Description = "One JSON document a line: each step done, and the end." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask; hazards still need --allow." };
        var command = Common.Command("apply", "Makes the estate as declared: online, resumable, step by step.",
            "howdah apply --allow table-rewrite");
        command.Add(path);
        foreach (var option in (Option[])[saved, allow, wait, yes, json])
            command.Add(option);
        allow.AcceptOnlyFromAmong([.. Hazard.Kinds.Keys]);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var plan = parsed.GetValue(saved) is { } file ? PlanFile.Read(await File.ReadAllTextAsync(file, token)) : null;
            var options = new ApplyOptions
            {
                Saved = plan,
                Narrow = plan is { Closes: true } ? ProveCommand.Closing(screen, session, plan) : null,
                Allow = parsed.GetValue(allow)!.Select(name => Hazard.Kinds[name]).ToHashSet(),
                EstateLockWait = TimeSpan.FromSeconds(parsed.GetValue(wait)),
                Confirm = Terminal.IsInteractive && !parsed.GetValue(yes) ? made => Ask(screen, made) : null,
            };
            return await RunAsync(screen, session, options, token, parsed.GetValue(json));
        }, token));
        return command;
    }

    /// <summary>Applies and tells; shared by apply and up.</summary>
    internal static async Task<int> RunAsync(Screen screen, Session session, ApplyOptions options, CancellationToken token,
        bool json = false)
    {
        var events = screen.Events(planned =>
            screen.Tell(string.Create(CultureInfo.InvariantCulture, $"{planned.Plan!.Steps.Count} steps:")));
        ApplyResult result;
        using (json ? null : screen.Live())
        {
            result = await session.ApplyAsync(options with
            {
                Tool = $"howdah {Program.Version}",
                Events = json ? new JsonEvents(screen) : events,
            }, token);
        }
        if (json)
            screen.Out(JsonEvents.End(result));
        foreach (var note in result.Plan?.Notes.Where(note => note.Severity == Engine.Files.Severity.Warning) ?? [])
            screen.Tell($"{Terminal.Paint("warning", "33", Terminal.ErrorColors)}[{note.Code}]: {note.Message}");
        switch (result.Outcome)
        {
            case ApplyOutcome.Done or ApplyOutcome.NothingToDo:
                screen.Tell(result.Message);
                return await CatchUpAsync(screen, session, token);
            case ApplyOutcome.Refused:
                screen.Error(result.Message);
                return ExitCodes.Refused;
            case ApplyOutcome.Stopped:
                screen.Tell(result.Message);
                return ExitCodes.Stopped;
            default:
                screen.Error(result.Message);
                return ExitCodes.Failed;
        }
    }

    // What the loads of an earlier run put into shared tables at home is to be seen by tenants with databases, too;
    // and what applications may do at home, tenants' roles may there.
    internal static async Task<int> CatchUpAsync(Screen screen, Session session, CancellationToken token)
    {
        var exit = ExitCodes.Done;
        foreach (var database in session.Estate.Databases.Where(static each => TenantContext.SettingOf(each) is not null))
        {
            await using var tenants = await Tenants.OpenAsync(session, database, token);
            var done = await tenants.RefreshAsync(token);
            Tell("Shared tables", done.Shared);
            Tell("Privileges of tenants' roles", done.Grants);
            foreach (var failure in done.Failed)
            {
                screen.Error($"the database of {failure.Tenant} ({failure.Place}) is not as home: {failure.Difference}");
                exit = ExitCodes.Failed;
            }
        }
        return exit;

        void Tell(string what, IReadOnlyList<string> whose)
        {
            if (whose.Count > 0)
                screen.Tell($"{what} brought up in the databases of {string.Join(", ", whose)}.");
        }
    }

    static bool Ask(Screen screen, Plan plan)
    {
        screen.Tell(PlanText.Write(plan, Terminal.Width, Terminal.ErrorColors, screen.Verbose));
        Console.Error.Write("Take these hazards? Type yes: ");
        return string.Equals(Console.ReadLine()?.Trim(), "yes", StringComparison.OrdinalIgnoreCase);
    }
}
