using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>Looks after one table: what is missing is made first, as apply makes it; then what is too old goes.</summary>
sealed class TableUpkeep(Session session, PartitionsSpec spec, string name, PartitionWish wish, Work work, UpkeepOptions options)
{
    static readonly CatalogQuery Hindrances = CatalogQuery.Load(typeof(TableUpkeep), "hindrances.sql");
    static readonly CatalogQuery Open = CatalogQuery.Load(typeof(TableUpkeep), "open.sql");
    static readonly CatalogQuery BeginQuery = CatalogQuery.Load(typeof(TableUpkeep), "begin.sql");
    static readonly CatalogQuery ClockQuery = CatalogQuery.Load(typeof(TableUpkeep), "clock.sql");
    static readonly CatalogQuery LookedAfter = CatalogQuery.Load(typeof(TableUpkeep), "looked_after.sql");

    static readonly TimeSpan Apart = TimeSpan.FromDays(1);
    static readonly TimeSpan Backwards = TimeSpan.FromHours(1);

    readonly QName table = QName.Parse(name)!.Value;
    readonly List<string> steps = [];
    readonly List<RetiredPartition> retired = [];
    readonly List<string> problems = [];

    PartitionsSpec Mine => spec with { Aging = true, Tables = new Dictionary<string, PartitionWish> { [name] = wish } };

    internal async Task<TableReport> RunAsync(CancellationToken token)
    {
        try
        {
            await MakeAsync(token);
            options.Fault?.Invoke("made");
            if (wish.Kind == Kind.List)
                await WatchAsync(token);
            if (wish.Retention is { } retention)
                await RetireAsync(retention, token);
            if (steps.Count + retired.Count > 0)
            {
                options.Progress?.Report($"analyzing {table.Plain}");
                // Autovacuum never does it for a partitioned table.
                await work.RunAsync(Sql.Of($"analyze {table}"), token);
            }
        }
        catch (Exception failed) when (failed is RetirementStop or PostgresException or IOException or FormatException
            or UnauthorizedAccessException)
        {
            // The next table is looked after all the same.
            problems.Add(failed is PostgresException server ? $"{server.MessageText} (SQLSTATE {server.SqlState})" : failed.Message);
        }
        return new(table.Plain, steps, retired, problems);
    }

    async Task MakeAsync(CancellationToken token)
    {
        var pattern = new Pattern<PartitionsSpec, PartitionsFacts>
        {
            Key = PartitionsSpec.Key,
            About = PartitionsPattern.Value.About,
            Scope = PatternScope.Database,
            Sections = [],
            Read = target => target.Database?.Name == spec.Database ? Mine : null,
            Inspect = PartitionsInspector.InspectAsync,
            Diff = PartitionsDiffer.Diff,
        };
        var only = await new EstateEngine([pattern]).OpenAsync(session.Estate, new(Start: false, Secrets: session.Secrets), token);
        var result = await only.ApplyAsync(new()
        {
            Tool = "howdah upkeep",
            Time = options.Time,
            LockPatience = options.LockPatience,
            Events = new Heard(happened =>
            {
                if (happened is { Kind: ApplyEventKind.Done, Step: { } step })
                    steps.Add($"{step.Object}: {step.Detail}");
            }),
            Fault = options.Fault,
        }, token);
        if (result.Outcome == ApplyOutcome.Stopped)
            throw new OperationCanceledException(result.Message, token);
        if (result.Outcome is not (ApplyOutcome.Done or ApplyOutcome.NothingToDo))
            problems.Add(result.Message);
    }

    async Task<PartitionsFacts> LookAsync(CancellationToken token)
    {
        using var fingerprint = new FingerprintBuilder();
        await using var catalog = await CatalogOpener.OpenAsync(session.Servers[spec.Server], spec.Database, fingerprint, token);
        return await PartitionsInspector.InspectAsync(Mine, catalog, token);
    }

    // A value that nobody declared is news for people, not for a machine to make partitions of.
    async Task WatchAsync(CancellationToken token)
    {
        if ((await LookAsync(token)).Tables.GetValueOrDefault(table)?.Leaves.FirstOrDefault(static leaf => leaf.IsDefault) is not { } rest)
            return;
        if ((await work.ReadAsync(Division.Turned(rest.Name, new(wish.By)), static row => row.IsDBNull(0) ? null : row.GetString(0),
            token))[0] is { } values)
            problems.Add($"values of {wish.By} turned up that no partition of {table.Plain} declares: {values}, in {rest.Name.Plain}; "
                + "declare them under `lists`, and howdah apply moves their rows");
    }

    async Task RetireAsync(Retention retention, CancellationToken token)
    {
        var facts = await LookAsync(token);
        if (!facts.Memory || facts.Tables.GetValueOrDefault(table) is not { Partitioned: true } seen
            || DividingProblems.Of(table, wish, seen, "") is not null)
            return; // told already
        if (await RefusalAsync(seen, facts.Today[wish.Zone], token) is { } refusal)
        {
            problems.Add(refusal);
            return;
        }
        var folder = ArchiveFolder.Of(session.Estate.Folder, retention.Archive ?? "");
        var retirement = new Retirement(work, table, wish.By, folder, retention.Parquet, session.Estate.Name, spec.Database, options);
        var opened = await work.ReadAsync(Open, OpenRetirement.Of, token, table.ToString());
        foreach (var open in opened)
            retired.Add(await retirement.RunAsync(open, token));
        if (opened.Count > 0)
            seen = (await LookAsync(token)).Tables[table]; // without those
        var due = wish.Numbers is { } numbers ? retention.Due(numbers, await HighestAsync(token), seen.Leaves)
            : retention.Due(wish.Every, wish.ClockFor(seen), facts.Today[wish.Zone], seen.Leaves);
        foreach (var leaf in due)
        {
            token.ThrowIfCancellationRequested();
            options.Fault?.Invoke("before note");
            await using var noting = await work.Connection.BeginTransactionAsync(token);
            var open = (await work.ReadAsync(BeginQuery, OpenRetirement.Of, token, table.ToString(), leaf.Name.ToString(),
                wish.Kind == Kind.Time ? Bound(leaf.Bounds.From, seen.Type) : leaf.Low,
                wish.Kind == Kind.Time ? Bound(leaf.Bounds.To, seen.Type)! : leaf.High, retention.Then.ToString().ToLowerInvariant(),
                seen.Type))[0];
            await BookKeeper.TellAsync(work, table, "begin", leaf.Name, open.Id, open.Low, open.High, token);
            await noting.CommitAsync(token);
            options.Fault?.Invoke("noted");
            retired.Add(await retirement.RunAsync(open, token));
        }
        await work.ReadAsync(LookedAfter, static _ => 0, token, table.ToString());
    }

    const string ZonedType = "timestamp with time zone";

    static string? Bound(DateTime instant, string type) => instant == DateTime.MinValue ? null : type switch
    {
        ZonedType => instant.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + "+00",
        "date" => instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => instant.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
    };

    async Task<string?> RefusalAsync(TableFacts seen, DateOnly today, CancellationToken token)
    {
        var hindrances = await work.ReadAsync(Hindrances, static row => (Kind: row.GetString(0), What: row.GetString(1)), token,
            table.ToString());
        foreach (var (kind, what) in hindrances)
            return kind == "default"
                ? $"nothing of {table.Plain} is retired: beside its default partition {what} no partition can be detached without "
                    + "shutting readers out, and late rows would fall into it; empty and detach it"
                : $"nothing of {table.Plain} is retired: the foreign key {what} refers to it; let facts refer to dimensions, and drop it";
        var (now, last) = (await work.ReadAsync(ClockQuery, static row => (Now: row.GetFieldValue<DateTimeOffset>(0),
            Last: row.IsDBNull(1) ? (DateTimeOffset?)null : row.GetFieldValue<DateTimeOffset>(1)), token, table.ToString()))[0];
        if (last > now + Backwards)
            return $"nothing of {table.Plain} is retired: the server's clock says {now:u}, but the last upkeep was at {last:u}; one of "
                + "the two times is wrong";
        if ((now - options.Time.GetUtcNow()).Duration() > Apart)
            return $"nothing of {table.Plain} is retired: the server's clock says {now:u} and the clock here {options.Time.GetUtcNow():u}; "
                + "set the wrong one right";
        var living = seen.Leaves.Where(static leaf => !leaf.IsDefault && !leaf.Pending).ToList();
        var ahead = wish.Numbers is { } numbers
            ? numbers.Missing(seen.Highest, wish.Premake, [.. living.Select(static leaf => leaf.Numbers)], 1, seen.Highest,
                NumberRange.Types[seen.Type]).Count
            : Gaps.Find(wish.Every, wish.ClockFor(seen), today, today, wish.Premake, [.. living.Select(static leaf => leaf.Bounds)], 1)
                .Count;
        return ahead == 0 ? null
            : $"nothing of {table.Plain} is retired: the partitions of today and of the time ahead are not all there";
    }

    // The rows' own, not the sequence's: what no row has come to ages nothing.
    async Task<long?> HighestAsync(CancellationToken token) => (await work.ReadAsync(Sql.Of($"select max({new Ident(wish.By)})::bigint "
        + $"from {table}"), static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), token))[0];

    sealed class Heard(Action<ApplyEvent> act) : IProgress<ApplyEvent>
    {
        public void Report(ApplyEvent value) => act(value);
    }
}
