using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Patterns.Warehouse;

/// <summary>One promise on one table.</summary>
/// <param name="Attack">The promise.</param>
/// <param name="Target">What it is about.</param>
/// <param name="Statement">One column of text; no row when it is true.</param>
/// <param name="Fix">What to do when it is not.</param>
sealed record Check(Attack Attack, string Target, Sql Statement, string Fix)
{
    /// <summary>For what may have to wait: how many parts were not looked at, and how many were, as <c>bigint[]</c>.</summary>
    internal Sql? Waiting { get; init; }
}

/// <summary>The promises of a warehouse.</summary>
static class Checks
{
    static Attack Of(string id, string title, string how, Gravity gravity = Gravity.High) =>
        new(id, title, gravity, true, how, "Howdah");

    internal static Attack Balance { get; } = Of("WAR-01", "Every row that was read is loaded, known already or in quarantine",
        "Reads the log of loads: what does not balance; and counts the rows of each batch of a transaction fact.");
    internal static Attack Sums { get; } = Of("WAR-02", "What was loaded still sums up to the last digit",
        "Compares the measures of each batch with those that its load wrote down.");
    internal static Attack Orphans { get; } = Of("WAR-03", "No fact points to a member that is not there",
        "An anti-join of each reference, foreign key or not.");
    internal static Attack Members { get; } = Of("WAR-04", "The member for the unknown is there, once and for ever",
        "Counts it, and looks at its period.");
    internal static Attack Overlap { get; } = Of("WAR-05", "No two versions of a key hold at one time",
        "Compares each version's end with the next one's beginning, constraint or not.");
    internal static Attack Gap { get; } = Of("WAR-06", "A key's history has a gap only where the source deleted it",
        "Looks for a version that ends, with another to come or none, where the log has no deletion.");
    internal static Attack Open { get; } = Of("WAR-07", "At most one version of a key is open", "Counts versions that end at infinity.");
    internal static Attack Neighbors { get; } = Of("WAR-08", "No version is empty, and none says what its neighbor says",
        "Compares each version with the one before that touches it.");
    internal static Attack History { get; } = Of("WAR-09", "The history is what the log of events makes",
        "Works all of it out anew and compares, both ways.");
    internal static Attack Version { get; } = Of("WAR-10", "Every fact points to the version that held when it happened",
        "Looks each fact's version up anew.");
    internal static Attack Grain { get; } = Of("WAR-11", "No two rows of a fact stand for one thing",
        "Groups by the grain without the partition column's help, and looks whether the key is there and valid.");
    internal static Attack Recomputed { get; } = Of("WAR-18", "A rollup is what its facts make",
        "Works every bucket out anew, but those that wait for their refresh.");
    internal static Attack Ghost { get; } = Of("WAR-19", "A rollup has no bucket without facts",
        "Looks for buckets that no fact makes: what a TRUNCATE or a dropped partition leaves.");
    internal static Attack Calendar { get; } = Of("WAR-23", "The calendar has every day, once, and every fact's day",
        "Compares it with the days there are, and its weeks and years with what PostgreSQL says of them.");
    internal static Attack Room { get; } = Of("WAR-24", "Surrogate keys will not run out or come twice",
        "Compares the sequence with the greatest key and with half of what its type holds.", Gravity.Medium);
    internal static Attack Inferred { get; } = Of("WAR-26", "An inferred member says nothing but its key, and no event of it came",
        "Looks for inferred members with attributes, with a period of their own, or with events in the log.");

    internal static Attack Frozen { get; } = Of("WAR-27", "What retired partitions added to a rollup is still what they had",
        "Compares what is kept of each with the rows and sums that were written down when it went.");

    internal static Attack Ordered { get; } = Of("WAR-28", "A fact that is declared ordered lies in the order of its date",
        "Compares pg_stats.correlation of the date with 0.9, in each table or partition of more than a megabyte that was analyzed.",
        Gravity.Low);

    internal static Attack Shares { get; } = Of("WAR-29", "The shares of a bridge's group sum to exactly 1",
        "Sums the weights of each group.");
    internal static Attack Shared { get; } = Of("WAR-30", "What a bridge shares out is what is there",
        "Sums each measure over the fact shared out among members, and over the fact.");

    internal static Attack Outlived { get; } = Of("WAR-31", "No member outlives a complete copy that lacks it",
        "Looks for members that hold at the time of a copy which says nothing of them.");

    internal static Attack Periods { get; } = Of("WAR-32", "A periodic snapshot leaves out no period between two that it has",
        "Compares each row of a thing with the one before: the next period, none left out, none twice.");

    internal static IReadOnlyList<Attack> All { get; } = [Balance, Sums, Orphans, Members, Overlap, Gap, Open, Neighbors, History, Version,
        Grain, Recomputed, Ghost, Calendar, Room, Inferred, Frozen, Ordered, Shares, Shared, Outlived, Periods];

    internal static IEnumerable<Check> For(WarehouseSpec spec) =>
    [
        .. spec.Wanted.Dimensions.SelectMany(each => DimensionChecks.For(spec, each.Key, each.Value)),
        .. spec.Wanted.Facts.SelectMany(each => FactChecks.For(spec, each.Key, each.Value)),
        .. spec.Wanted.Bridges.SelectMany(each => BridgeChecks.For(spec, each.Key, each.Value)),
        .. spec.Wanted.Rollups.SelectMany(each => RollupChecks.For(spec, each.Key, each.Value)),
        .. FactChecks.Log(spec),
        .. spec.Wanted.Calendar is { } calendar ? FactChecks.Calendar(spec, calendar) : [],
    ];
}
