using Howdah.Engine;
using Howdah.Engine.Upkeep;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

/// <summary>What looks after the partitions of a database, for whoever runs chores.</summary>
static class PartitionsChore
{
    internal static IEnumerable<Chore> Of(PartitionsSpec spec) =>
        [new($"partitions of {spec.Database}", spec.Server, (session, token) => RunAsync(spec, session, token))];

    static async Task<string> RunAsync(PartitionsSpec spec, Session session, CancellationToken token)
    {
        var database = session.Estate.Databases.Single(each => each.Name == spec.Database && each.Server == spec.Server);
        var report = await PartitionUpkeep.RunAsync(session, database, new(), token);
        token.ThrowIfCancellationRequested();
        if (report.Busy)
            return "another upkeep is at it";
        if (report.Tables.SelectMany(static table => table.Problems).ToList() is { Count: > 0 } problems)
            throw new InvalidOperationException(string.Join("; ", problems));
        return (report.Tables.Sum(static table => table.Steps.Count), report.Tables.Sum(static table => table.Retired.Count)) switch
        {
            (0, 0) => "nothing to do",
            (var steps, 0) => $"{steps} steps done",
            var (steps, retired) => $"{steps} steps done, {retired} partitions retired",
        };
    }
}
