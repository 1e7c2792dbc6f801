using System.CommandLine;
using System.Text;
using Howdah.Cli.Output;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;

namespace Howdah.Cli.Commands;

static class PlanCommand
{
    internal static Command Create()
    {
        var path = Common.Path();
        var json = new Option<bool>("--json") { Description = "One JSON document on stdout." };
        var check = new Option<bool>("--check")
        {
            Description = "Exit with 2 if anything would change, or a tenant's schema or database is not as home.",
        };
        var save = new Option<string?>("--out") { Description = "Save the plan to this file, for apply --plan." };
        var sql = new Option<bool>("--sql") { Description = "Print a script that psql runs, instead of the plan." };
        var dry = new Option<bool>("--no-rehearsal") { Description = "Write nothing at all, not even a scratch database: hazards of "
            + "migrations stay unknown." };
        var command = Common.Command("plan", "Says what would change, and changes nothing.", "howdah plan --check");
        command.Add(path);
        foreach (var option in (Option[])[json, check, save, sql, dry])
            command.Add(option);
        command.SetAction((parsed, token) =>
            Common.WithSessionAsync(parsed, parsed.GetValue(path)!, start: false, async (screen, session) =>
        {
            var plan = await session.PlanAsync(rehearse: !parsed.GetValue(dry), token);
            if (parsed.GetValue(save) is { } file)
                await File.WriteAllTextAsync(file, PlanFile.Write(plan), token);
            var tenants = parsed.GetValue(sql) ? [] : await TenantsSeen.ReadAsync(session, token);
            screen.Out(parsed.GetValue(json) ? TenantsSeen.Write(plan, tenants)
                : parsed.GetValue(sql) ? Script(plan)
                : PlanText.Write(plan, Terminal.Width, Terminal.Colors, screen.Verbose));
            if (!parsed.GetValue(json))
                foreach (var seen in tenants)
                    seen.Tell(screen);
            if (plan.Blocked)
                return ExitCodes.Refused;
            return parsed.GetValue(check) && (plan.Steps.Count > 0 || TenantsSeen.Differ(plan, tenants)) ? ExitCodes.Differs
                : ExitCodes.Done;
        }, token, parsed.GetValue(json)));
        return command;
    }

    /// <summary>The plan as psql runs it; secrets stand as their references and must be put in.</summary>
    static string Script(Plan plan)
    {
        var text = new StringBuilder($"-- Plan of {plan.Estate}, fingerprint {plan.Fingerprint}\n\\set ON_ERROR_STOP on\n");
        string? where = null;
        foreach (var step in plan.Steps)
        {
            var database = step.Database ?? "postgres";
            if (database != where)
                text.Append($"\n\\connect {new Ident(database)}\n");
            where = database;
            text.Append($"\n-- {step.Object}{(step.Detail.Length > 0 ? $": {step.Detail.Replace('\n', ' ')}" : "")}\n");
            foreach (var hazard in step.Hazards)
                text.Append($"-- ! {hazard.Name}: {hazard.Why}\n");
            text.Append(step.Transactional ? $"begin;\n{step.SqlText}\ncommit;\n" : $"{step.SqlText}\n");
        }
        return text.ToString();
    }
}
