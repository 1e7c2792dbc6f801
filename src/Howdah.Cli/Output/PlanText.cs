using System.Text;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Cli.Output;

/// <summary>A plan as people read it: grouped by database and pattern, one line a step, hazards in words, a summary last.</summary>
static class PlanText
{
    internal static string Write(Plan plan, int width, bool colors)
    {
        var text = new StringBuilder();
        foreach (var target in plan.Targets)
            text.Append(Terminal.Paint($"{plan.Estate} → {target.Server} ({target.Where}, PostgreSQL {target.Version})\n", "1", colors));
        var objects = Math.Clamp(plan.Steps.Select(step => step.Object.Length).DefaultIfEmpty(0).Max(), 20, Math.Max(20, width / 2 - 8));
        foreach (var group in plan.Steps.GroupBy(step => (step.Database, step.Pattern)))
        {
            text.Append('\n').Append(Terminal.Paint($"  {group.Key.Database ?? "server"} · {group.Key.Pattern}\n", "1", colors));
            foreach (var step in group)
                Line(text, step, objects, width, colors);
        }
        foreach (var note in plan.Notes)
            Note(text, note, colors);
        return text.Append('\n').Append(Summary(plan)).Append('\n').ToString();
    }

    /// <summary>The symbol and the color of an action.</summary>
    internal static (string Symbol, string Style) Symbol(StepAction action) => action switch
    {
        StepAction.Create or StepAction.Grant => ("+", "32"),
        StepAction.Drop or StepAction.Revoke => ("-", "31"),
        StepAction.Run => ("»", "36"),
        _ => ("~", "33"),
    };

    static void Line(StringBuilder text, Step step, int objects, int width, bool colors)
    {
        var (symbol, style) = Symbol(step.Action);
        var name = Terminal.Fit(step.Object, objects).PadRight(objects);
        var room = width - objects - 8;
        var detail = step.Detail.Length > 0 ? "  " + Terminal.Fit(step.Detail.Replace('\n', ' '), room) : "";
        text.Append("  ").Append(Terminal.Paint(step.Hazards.Count > 0 ? "!" : " ", "1;31", colors))
            .Append(Terminal.Paint(symbol, style, colors)).Append(' ')
            .Append((name + detail).TrimEnd()).Append('\n');
        foreach (var hazard in step.Hazards)
            text.Append("       ").Append(Terminal.Paint(hazard.Name, "1;31", colors)).Append(": ").Append(hazard.Why).Append('\n');
    }

    static void Note(StringBuilder text, Diagnostic note, bool colors)
    {
        var error = note.Severity == Severity.Error;
        text.Append('\n').Append(Terminal.Paint($"{(error ? "error" : "warning")}[{note.Code}]", error ? "1;31" : "33", colors))
            .Append(": ").Append(note.Message).Append('\n');
        if (note.Hint is not null)
            text.Append("  = ").Append(note.Hint).Append('\n');
    }

    internal static string Summary(Plan plan)
    {
        if (plan.Blocked)
            return $"Plan: refused until the errors above are mended. {plan.Steps.Count} steps otherwise.";
        if (plan.Steps.Count == 0)
            return "Nothing to do: everything is as declared.";
        var counts = new (string Words, Func<StepAction, bool> Is)[]
        {
            ("to create", action => action is StepAction.Create),
            ("to change", action => action is StepAction.Alter),
            ("to drop", action => action is StepAction.Drop),
            ("to grant", action => action is StepAction.Grant),
            ("to revoke", action => action is StepAction.Revoke),
            ("to run", action => action is StepAction.Run),
        }.Select(each => (Count: plan.Steps.Count(step => each.Is(step.Action)), each.Words)).Where(each => each.Count > 0)
            .Select(each => $"{each.Count} {each.Words}");
        var alone = plan.Steps.Count(step => !step.Transactional);
        var hazards = plan.Hazards.Select(kind => Hazard.Kinds.First(each => each.Value == kind).Key).ToList();
        return $"Plan: {string.Join(", ", counts)}. {plan.Steps.Count} steps{(alone > 0 ? $", {alone} outside a transaction" : "")}. "
            + $"Fingerprint {plan.Fingerprint[..12]}."
            + (hazards.Count > 0 ? $"\nRefused unless allowed: {string.Join(", ", hazards)}. Apply with "
                + $"{string.Join(' ', hazards.Select(hazard => $"--allow {hazard}"))}." : "");
    }
}
