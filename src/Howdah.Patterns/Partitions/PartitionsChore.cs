using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Engine.Upkeep;

namespace Howdah.Patterns.Partitions;

/// <summary>What apply does to partitions and nothing else, for whoever looks after them.</summary>
static class PartitionsChore
{
    internal static IEnumerable<Chore> Of(PartitionsSpec spec) =>
        [new($"partitions of {spec.Database}", spec.Server, (session, token) => RunAsync(spec, session, token))];

    static async Task<string> RunAsync(PartitionsSpec spec, Session session, CancellationToken token)
    {
        Plan Mine(Plan plan) => plan with
        {
            Steps = [.. plan.Steps.Where(step => step.Pattern == PartitionsSpec.Key && step.Server == spec.Server
                && step.Database == spec.Database)],
            Notes = [.. plan.Notes.Where(note => note.Path.StartsWith(spec.Path, StringComparison.Ordinal))],
        };
        // Looking takes no lock and tries nothing; most of the time that is all there is to do.
        var open = Mine(await session.PlanAsync(rehearse: false, token));
        if (open is { Steps.Count: 0, Blocked: false })
            return "nothing to do";
        var result = await session.ApplyAsync(new() { Narrow = (plan, _) => Task.FromResult(Mine(plan)), Tool = "howdah upkeep" }, token);
        token.ThrowIfCancellationRequested();
        return result.Outcome switch
        {
            ApplyOutcome.Done => $"{result.DoneSteps} steps done",
            ApplyOutcome.NothingToDo => "nothing to do",
            _ => throw new InvalidOperationException(result.Message),
        };
    }
}
