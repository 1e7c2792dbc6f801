namespace Howdah.Engine.Planning;

/// <summary>Puts steps in an order that respects <see cref="Step.After"/> and otherwise keeps the order they were given in.</summary>
static class StepOrder
{
    /// <summary>The steps in order; a stable topological sort, so that equal input gives an equal plan.</summary>
    /// <exception cref="StepCycleException">Steps wait for each other; the message names them.</exception>
    /// <exception cref="InvalidOperationException">Two steps have one id: a bug in a pattern.</exception>
    internal static IReadOnlyList<Step> Sort(IReadOnlyList<Step> steps)
    {
        var byId = new Dictionary<string, Step>(steps.Count);
        foreach (var step in steps)
        {
            if (!byId.TryAdd(step.Id, step))
                throw new InvalidOperationException($"two steps have the id {step.Id}");
        }
        var done = new List<Step>(steps.Count);
        var state = new Dictionary<string, bool>(steps.Count); // false: being visited; true: placed
        foreach (var step in steps)
            Visit(step, []);
        return done;

        void Visit(Step step, Stack<string> trail)
        {
            if (state.TryGetValue(step.Id, out var placed))
            {
                if (!placed)
                    throw new StepCycleException([.. trail.Reverse().SkipWhile(id => id != step.Id), step.Id]);
                return;
            }
            state[step.Id] = false;
            trail.Push(step.Id);
            foreach (var id in step.After)
            {
                if (byId.TryGetValue(id, out var before))
                    Visit(before, trail);
            }
            trail.Pop();
            state[step.Id] = true;
            done.Add(step);
        }
    }
}

/// <summary>Steps wait for each other.</summary>
/// <param name="ids">The steps of the cycle, the first one again at the end.</param>
public sealed class StepCycleException(IReadOnlyList<string> ids) : Exception($"steps wait for each other: {string.Join(" → ", ids)}")
{
    /// <summary>The steps of the cycle, the first one again at the end.</summary>
    public IReadOnlyList<string> Ids => ids;
}
