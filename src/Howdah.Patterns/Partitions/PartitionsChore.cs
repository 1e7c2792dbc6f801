using Howdah.Engine;
using Howdah.Engine.Upkeep;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

/// <summary>What looks after the partitions of a database, for whoever runs chores.</summary>
static class PartitionsChore
{
    internal static IEnumerable<Chore> Of(PartitionsSpec spec) => spec.Tables.Count == 0 ? [] :
    [
        new($"partitions of {spec.Database}", spec.Server, (session, token) => RunAsync(spec, session, token))
        {
            Database = spec.Database, Kind = "partitions", Every = spec.Tables.Values.Min(static table => table.Check),
        },
    ];

    static async Task<ChoreDone> RunAsync(PartitionsSpec spec, Session session, CancellationToken token)
    {
        var database = session.Estate.Databases.Single(each => each.Name == spec.Database && each.Server == spec.Server);
        var report = await PartitionUpkeep.RunAsync(session, database, new(), token);
        token.ThrowIfCancellationRequested();
        if (report.Busy)
            return "another upkeep is at it";
        if (report.Tables.SelectMany(static table => table.Problems).ToList() is { Count: > 0 } problems)
            throw new InvalidOperationException(string.Join("; ", problems));
        var (steps, retired) = (report.Tables.Sum(static table => table.Steps.Count),
            report.Tables.Sum(static table => table.Retired.Count));
        return new((steps, retired) switch
        {
            (0, 0) => "nothing to do",
            (_, 0) => $"{steps} steps done",
            _ => $"{steps} steps done, {retired} partitions retired",
        })
        {
            Counts = new Dictionary<string, long> { ["made"] = steps, ["retired"] = retired },
        };
    }
}
