using Howdah.Engine.Planning;

namespace Howdah.Cli.Output;

/// <summary>One line of a plan: a step, or the first of several that do the same to objects of one kind.</summary>
/// <param name="Step">The step, or the first.</param>
/// <param name="Name">What the line calls it.</param>
/// <param name="Others">The names of all folded objects, without what they share; empty for a step alone.</param>
sealed record PlanLine(Step Step, string Name, IReadOnlyList<string> Others)
{
    // Two or three lines say more than their sum.
    const int Fewest = 4;

    /// <summary>The lines of one group of steps, each where its first step stands.</summary>
    internal static List<PlanLine> Fold(IReadOnlyList<Step> steps, bool verbose)
    {
        var alike = steps.GroupBy(Key).ToDictionary(group => group.Key, group => group.ToList());
        var lines = new List<PlanLine>();
        foreach (var step in steps)
        {
            // A hazard is never hidden in a crowd.
            if (verbose || step.Hazards.Count > 0 || alike[Key(step)] is not { Count: >= Fewest } same)
                lines.Add(new(step, Wrapping.Clean(step.Object), []));
            else if (same[0] == step)
                lines.Add(new(step, Together(step, same.Count), [.. same.Select(each => Wrapping.Clean(Parts(each.Object).Name))]));
        }
        return lines;
    }

    /// <summary>As many of the folded names as fit, and how many there are besides.</summary>
    internal string Names(int width)
    {
        for (var count = Others.Count; count > 1; count--)
        {
            var rest = Others.Count - count;
            var text = string.Join(", ", Others.Take(count)) + (rest > 0 ? $" and {rest} more" : "");
            if (text.Length <= width)
                return text;
        }
        var more = $" and {Others.Count - 1} more";
        return Terminal.Fit(Others[0], width - more.Length) + more;
    }

    static string Together(Step step, int count)
    {
        var (kind, _, end) = Parts(step.Object);
        return Wrapping.Clean($"{count} × {(kind.EndsWith(" of", StringComparison.Ordinal) ? kind[..^3] : kind)}{end}");
    }

    static (StepAction, string, string, string, bool, bool) Key(Step step)
    {
        var (kind, _, end) = Parts(step.Object);
        return (step.Action, kind, end, step.Detail, step.Transactional, step.Hazards.Count > 0);
    }

    // "table store.orders for store_app" is a kind, a name and an end; "floor of store.orders" has a kind of two words.
    static (string Kind, string Name, string End) Parts(string thing)
    {
        var to = thing.LastIndexOf(" for ", StringComparison.Ordinal);
        var (body, end) = to > 0 ? (thing[..to], thing[to..]) : (thing, "");
        var of = body.IndexOf(" of ", StringComparison.Ordinal);
        var cut = of > 0 ? of + 3 : body.IndexOf(' ', StringComparison.Ordinal);
        return cut > 0 ? (body[..cut], body[(cut + 1)..], end) : (body, body, end);
    }
}
