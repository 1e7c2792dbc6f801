using System.Text;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Cli.Output;

/// <summary>A plan as people read it: grouped by database and pattern, equal steps folded, hazards in words, a summary last.</summary>
static class PlanText
{
    const int Indent = 5;

    internal static string Write(Plan plan, int width, bool colors, bool verbose = false)
    {
        var text = new StringBuilder();
        foreach (var target in plan.Targets)
        {
            foreach (var line in Wrapping.Lines($"{plan.Estate} → {target.Server} ({target.Where}, PostgreSQL {target.Version})", width))
                text.Append(Terminal.Paint(line, "1", colors)).Append('\n');
        }
        var groups = plan.Steps.GroupBy(step => (step.Server, step.Database, step.Pattern))
            .Select(group => (group.Key, Lines: PlanLine.Fold([.. group], verbose))).ToList();
        // As wide as the names that most plans hold; a longer one takes a line of its own.
        var widest = Math.Min(44, width / 2 - Indent);
        var column = groups.SelectMany(group => group.Lines).Select(line => line.Name.Length).Where(length => length <= widest)
            .DefaultIfEmpty(20).Max();
        foreach (var (key, lines) in groups)
        {
            var server = plan.Targets.Count > 1 ? $"{key.Server} · " : "";
            var head = Terminal.Fit($"  {server}{key.Database ?? "server"} · {key.Pattern}", width);
            text.Append('\n').Append(Terminal.Paint(head, "1", colors)).Append('\n');
            foreach (var line in lines)
                Line(text, line, column, width, colors);
        }
        foreach (var note in plan.Notes)
            Note(text, note, width, colors);
        text.Append('\n');
        foreach (var line in Wrapping.Lines(Summary(plan), width))
            text.Append(line).Append('\n');
        var shown = groups.Sum(group => group.Lines.Count);
        if (shown < plan.Steps.Count)
            text.Append(Terminal.Paint($"{plan.Steps.Count} steps on {shown} lines; --verbose shows each.", "2", colors)).Append('\n');
        return text.ToString();
    }

    /// <summary>The symbol and the color of an action.</summary>
    internal static (string Symbol, string Style) Symbol(StepAction action) => action switch
    {
        StepAction.Create or StepAction.Grant => ("+", "32"),
        StepAction.Drop or StepAction.Revoke => ("-", "31"),
        StepAction.Run => ("»", "36"),
        _ => ("~", "33"),
    };

    static void Line(StringBuilder text, PlanLine line, int column, int width, bool colors)
    {
        var (symbol, style) = Symbol(line.Step.Action);
        text.Append("  ").Append(line.Step.Hazards.Count > 0 ? Terminal.Paint("!", "1;31", colors) : " ")
            .Append(Terminal.Paint(symbol, style, colors)).Append(' ');
        var detail = Wrapping.Clean(line.Step.Detail);
        // A detail begins beside its name, or below it where the name needs the room: a name is worth more than a column.
        var beside = line.Name.Length <= column;
        var room = width - Indent - (beside ? column + 2 : 2);
        var details = detail.Length == 0 ? [] : Wrapping.Lines(detail, room);
        text.Append(beside && details.Count > 0 ? $"{line.Name.PadRight(column)}  {details[0]}" : Terminal.Fit(line.Name, width - Indent))
            .Append('\n');
        foreach (var more in beside ? details.Skip(1) : details)
            text.Append(' ', width - room).Append(more).Append('\n');
        if (line.Others.Count > 0)
            text.Append(' ', Indent + 2).Append(Terminal.Paint(line.Names(width - Indent - 2), "2", colors)).Append('\n');
        foreach (var hazard in line.Step.Hazards)
        {
            var words = Wrapping.Lines($"{hazard.Name}: {Wrapping.Clean(hazard.Why)}", width - Indent - 2);
            text.Append(' ', Indent + 2).Append(Terminal.Paint(hazard.Name, "1;31", colors)).Append(words[0][hazard.Name.Length..])
                .Append('\n');
            foreach (var more in words.Skip(1))
                text.Append(' ', Indent + 2).Append(more).Append('\n');
        }
    }

    static void Note(StringBuilder text, Diagnostic note, int width, bool colors)
    {
        var error = note.Severity == Severity.Error;
        var head = $"{(error ? "error" : "warning")}[{note.Code}]";
        var lines = Wrapping.Lines($"{head}: {Wrapping.Clean(note.Message)}", width, "  ");
        text.Append('\n').Append(Terminal.Paint(head, error ? "1;31" : "33", colors)).Append(lines[0][head.Length..]).Append('\n');
        var hints = note.Hint is { } hint ? Wrapping.Lines($"  = {Wrapping.Clean(hint)}", width, "    ") : [];
        foreach (var more in lines.Skip(1).Concat(hints))
            text.Append(more).Append('\n');
    }

    internal static string Summary(Plan plan)
    {
        if (plan.Blocked)
            return $"Plan: refused until the errors above are mended. {Steps(plan.Steps.Count)} otherwise.";
        if (plan.Steps.Count == 0)
            return "Nothing to do: everything is as declared.";
        var counts = new (string Words, StepAction Action)[]
        {
            ("to create", StepAction.Create), ("to change", StepAction.Alter), ("to drop", StepAction.Drop), ("to grant", StepAction.Grant),
            ("to revoke", StepAction.Revoke), ("to run", StepAction.Run),
        }.Select(each => (Count: plan.Steps.Count(step => step.Action == each.Action), each.Words)).Where(each => each.Count > 0)
            .Select(each => $"{each.Count} {each.Words}");
        var alone = plan.Steps.Count(step => !step.Transactional);
        var hazards = plan.Hazards.Select(kind => Hazard.Kinds.First(each => each.Value == kind).Key).ToList();
        return $"Plan: {string.Join(", ", counts)}. {Steps(plan.Steps.Count)}{(alone > 0 ? $", {alone} outside a transaction" : "")}. "
            + $"Fingerprint {plan.Fingerprint[..12]}."
            + (hazards.Count > 0 ? $"\nRefused unless allowed: {string.Join(", ", hazards)}. Apply with "
                + $"{string.Join(' ', hazards.Select(hazard => $"--allow {hazard}"))}." : "");
    }

    static string Steps(int count) => count == 1 ? "1 step" : $"{count} steps";
}
