using Howdah.Patterns.Partitions.Aging;
using Howdah.Patterns.Partitions.Dividing;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

/// <summary>The partitions of one table as wanted.</summary>
/// <param name="By">The column it is partitioned by.</param>
/// <param name="Every">How long one partition is.</param>
/// <param name="Zone">The time zone in which days begin.</param>
/// <param name="Premake">How many partitions are made ahead of the one that today, or the highest number, is in.</param>
/// <param name="From">The day from which on there are partitions; null for what is there, else today.</param>
/// <param name="Retention">How long they are kept; null for ever.</param>
sealed record PartitionWish(string By, Span Every, string Zone, int Premake, DateOnly? From, Retention? Retention)
{
    const string ZonedType = "timestamp with time zone";

    /// <summary>How rows are told apart.</summary>
    internal Kind Kind { get; init; } = Kind.Time;

    /// <summary>The last day that there are partitions for; null where time goes on.</summary>
    internal DateOnly? Until { get; init; }

    /// <summary>How often a host that stays looks after it.</summary>
    internal TimeSpan Check { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The ranges of numbers; null for other kinds.</summary>
    internal NumberRange? Numbers { get; init; }

    /// <summary>The values or the hash that the table is divided by; null for ranges.</summary>
    internal Division? Division { get; init; }

    /// <summary>How each partition is divided again; null where it is not.</summary>
    internal Division? Within { get; init; }

    /// <summary>How partitions are kept from an age on, in the file's order.</summary>
    internal IReadOnlyList<AgeWish> Ages { get; init; } = [];

    /// <summary>The key's type where the table is not seen yet: literals with offset fit all times.</summary>
    internal string ExpectedType => Kind switch { Kind.Time => ZonedType, Kind.Uuid => "uuid", Kind.Number => "bigint", _ => "" };

    /// <summary>When days begin, and how instants are written, for a table.</summary>
    internal Clock ClockFor(TableFacts seen) => seen.Type switch
    {
        ZonedType => Clock.In(Zone),
        "uuid" when Kind == Kind.Uuid => Clock.Uuids(Zone, seen.Leaves.SelectMany(static leaf => ((DateTime, string?)[])
            [(leaf.Bounds.From, leaf.Low), (leaf.Bounds.To, leaf.High)]).Where(static end => end.Item2 is not null)
            .DistinctBy(static end => end.Item1).ToDictionary(static end => end.Item1, static end => end.Item2!)),
        _ => Clock.Plain,
    };

    /// <summary>The day to which partitions reach, and how many are made ahead of its own.</summary>
    internal (DateOnly Day, int Ahead) Reach(DateOnly today) => Until is { } last && last < today ? (last, 0) : (today, Premake);

    /// <summary>What no partition holds and one should: not what was retired, nor what would be at once.</summary>
    internal IReadOnlyList<(DateOnly Start, Bounds Bounds)> Missing(Clock clock, DateOnly today, IReadOnlyList<Bounds> there, int most)
    {
        var (day, ahead) = Reach(today);
        if (Retention is null)
            return Gaps.Find(Every, clock, day, From, ahead, there, most);
        var cutoff = Retention.Cutoff(Every, today);
        var begin = clock.Begin(cutoff);
        return [.. Gaps.Find(Every, clock, day, From < cutoff ? cutoff : From, ahead, there, most)
            .Where(gap => gap.Bounds.To > begin)];
    }

    /// <summary>The partitions that are too old to be kept, as far as the catalog tells.</summary>
    internal IReadOnlyList<LeafFacts> Old(TableFacts seen, DateOnly today) => Retention is null ? []
        : Numbers is { } numbers ? Retention.Due(numbers, seen.Highest, seen.Leaves)
        : Retention.Due(Every, ClockFor(seen), today, seen.Leaves);

    /// <summary>The partitions that are to be made, of whatever kind.</summary>
    /// <param name="seen">The table.</param>
    /// <param name="today">The date in its zone.</param>
    /// <param name="most">After how many, and one more, it is enough.</param>
    internal IReadOnlyList<NewLeaf> Missing(TableFacts seen, DateOnly today, int most)
    {
        var living = seen.Leaves.Where(static leaf => !leaf.IsDefault && !leaf.Pending).ToList();
        switch (Kind)
        {
            case Kind.List or Kind.Hash:
                return Division!.Missing([.. seen.Leaves.Where(static leaf => !leaf.Pending)]);
            case Kind.Number:
                var greatest = NumberRange.Types[seen.Type];
                return [.. Numbers!.Missing(seen.Highest, Premake, [.. living.Select(static leaf => leaf.Numbers)], most,
                    Retention?.Cutoff(Numbers, seen.Highest), greatest).Select(bounds =>
                        new NewLeaf(NumberRange.Suffix(bounds), NumberRange.Bound(bounds, greatest)))];
            default:
                var clock = ClockFor(seen);
                return [.. Missing(clock, today, [.. living.Select(static leaf => leaf.Bounds)], most).Select(gap => new NewLeaf(
                    Every.Suffix(gap.Start), new RangeBound(clock.Text(gap.Bounds.From), clock.Text(gap.Bounds.To))
                    {
                        Said = (clock.Words(gap.Bounds.From), clock.Words(gap.Bounds.To)),
                    }))];
        }
    }

    /// <summary>Whether a partition is divided in the way that is declared for partitions; others are taken as they are.</summary>
    internal bool Divides(LeafFacts leaf) => Within is { } within && !leaf.Pending && leaf.Strategy == within.Kind.Strategy()
        && leaf.Key == within.By;
}

/// <summary>A partition to make.</summary>
/// <param name="Suffix">What its name ends in.</param>
/// <param name="Bound">What it takes.</param>
sealed record NewLeaf(string Suffix, Bound Bound);
