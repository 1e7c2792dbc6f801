using System.Globalization;
using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>Turns a table that is in use into the partitioned one that the estate declares, while it is read and written.</summary>
public static class PartitionConvert
{
    static readonly CatalogQuery Locks = CatalogQuery.Load(typeof(PartitionsInspector), "locks.sql");

    /// <summary>Says what a conversion would do; changes nothing.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="table">The table as <c>schema.name</c>.</param>
    /// <param name="token">Cancels.</param>
    /// <exception cref="ConvertException">The table is not declared, not there, or partitioned already.</exception>
    public static async Task<ConvertPlan> PlanAsync(Session session, DatabaseSpec database, string table, CancellationToken token)
    {
        var (spec, name, wish) = Find(session, database, table);
        await using var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
        // As a conversion does: instants in UTC, names in full, and an error where row security would hide rows.
        await connection.ExecuteAsync(Sql.Of($"""
            set default_transaction_read_only = on; set search_path = ''; set timezone = 'UTC'; set datestyle = 'ISO';
            set row_security = off
            """), token);
        var (old, problems) = await ReadAsync(connection, name, wish, token);
        var parts = problems.Count > 0 ? [] : await Layout.MissingAsync(connection, old, wish, name, [], token);
        // Going back, and dropping what was made, take a lock of each partition, of its indexes and of what its long values lie in.
        var room = await connection.OneAsync<long>(Locks.AsSql(), token);
        var need = LockNeed.Of(parts.Count, old.Indexes.Count + 2);
        IReadOnlyList<string> locks = need <= room ? []
            : [$"{LockNeed.Sentence(name, need, room)}, when it is switched or taken back; {LockNeed.Hint(need, room)}"];
        return new(name.Plain, old.Bytes, old.Rows, [.. parts.Select(Told)],
            problems.Count > 0 ? [] : [.. Lines(old, wish, parts), .. locks], problems);
    }

    /// <summary>Converts a table.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The database.</param>
    /// <param name="table">The table as <c>schema.name</c>.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; it can be resumed.</param>
    /// <exception cref="ConvertException">It cannot be converted; the sentence says why.</exception>
    public static Task<ConvertResult> StartAsync(Session session, DatabaseSpec database, string table, ConvertOptions options,
        CancellationToken token) => EnterAsync(session, database, table, options, async (home, name, wish) =>
    {
        if (!await home.Main.OneAsync<bool>(Sql.Of($"select pg_catalog.to_regnamespace('howdah') is not null"), token))
            await home.Main.ExecuteAsync(Memory.Script.AsSql(), token);
        await Conversion.PrepareAsync(home.Main, token);
        if (await Conversion.FindAsync(home.Main, name, token) is { } open)
            throw new ConvertException(open.Step is ConversionStep.Kept
                ? $"{name.Plain} was converted, and the table as it was is kept: --finish drops it, --undo goes back to it"
                : $"a conversion of {name.Plain} is under way ({open.Step.Word()}) and nobody works at it: --resume goes on"
                    + (CanAbort(open.Step) ? ", --abort takes it back" : ""));
        var (old, problems) = await ReadAsync(home.Main, name, wish, token);
        if (problems.Count > 0)
            throw new ConvertException($"{name.Plain} cannot be converted as it is:\n  {string.Join("\n  ", problems)}");
        // Before anything is made: too many partitions, infinite times, rows that row security hides.
        await Layout.MissingAsync(home.Main, old, wish, name, [], token);
        var work = await Conversion.BeginAsync(home.Main, old, token);
        options.Fault?.Invoke("begun");
        var converter = new Converter(home, wish, options);
        try
        {
            work = await converter.GoAsync(work, token);
        }
        catch (PostgresException refused)
        {
            if (!await StandsAtAsync(home, name, ConversionStep.Building))
                throw;
            // Nothing is copied yet: what the server refuses now it would refuse again.
            await converter.AbortAsync(work, CancellationToken.None);
            throw new ConvertException($"{name.Plain} cannot be converted as it is, and nothing was changed: {refused.MessageText} "
                + $"(SQLSTATE {refused.SqlState}{(refused.Detail is { } detail ? $"; {detail}" : "")})");
        }
        return await EndAsync(converter, work, options, token);
    }, token);

    /// <summary>Goes on with a conversion, a way back or a removal that was cut off.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static Task<ConvertResult> ResumeAsync(Session session, DatabaseSpec database, string table, ConvertOptions options,
        CancellationToken token) => EnterAsync(session, database, table, options, async (home, name, wish) =>
    {
        var work = await OpenAsync(home, name, token);
        var converter = new Converter(home, wish, options);
        switch (work.Step)
        {
            case ConversionStep.Aborting:
                await converter.AbortAsync(work, token);
                return (work, "aborted");
            case ConversionStep.Undone:
                await converter.UndoAsync(work, token);
                return (work, "undone");
            case ConversionStep.Dropping:
                await converter.FinishAsync(work, token);
                return (work, "finished");
            case var _ when wish.By != work.Old.By || wish.Kind != work.Old.Kind:
                throw new ConvertException($"{name.Plain} is declared to be divided otherwise now than when its conversion began (by "
                    + $"{work.Old.By}, {work.Old.Kind.Strategy()}): declare it as it was, or give up with --abort");
            default:
                return await EndAsync(converter, await converter.GoAsync(work, token), options, token);
        }
    }, token);

    /// <summary>Takes back a conversion that has not switched: nothing of it is left.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static Task<ConvertResult> AbortAsync(Session session, DatabaseSpec database, string table, ConvertOptions options,
        CancellationToken token) => EnterAsync(session, database, table, options, async (home, name, wish) =>
    {
        var work = await OpenAsync(home, name, token);
        if (!CanAbort(work.Step))
            throw new ConvertException($"{name.Plain} is partitioned and in use already: --resume ends what is left to do"
                + (work.Step is ConversionStep.Kept or ConversionStep.Switched ? ", --undo then goes back to the table as it was" : ""));
        await new Converter(home, wish, options).AbortAsync(work, token);
        return (work, "aborted");
    }, token);

    /// <summary>Goes back to the table as it was, with all that was written since.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static Task<ConvertResult> UndoAsync(Session session, DatabaseSpec database, string table, ConvertOptions options,
        CancellationToken token) => EnterAsync(session, database, table, options, async (home, name, wish) =>
    {
        var work = await OpenAsync(home, name, token);
        if (work.Step is not (ConversionStep.Kept or ConversionStep.Undone))
            throw new ConvertException(CanAbort(work.Step) ? $"{name.Plain} is not switched yet: --abort takes it back"
                : $"the conversion of {name.Plain} is at {work.Step.Word()}: --resume ends that first");
        await new Converter(home, wish, options).UndoAsync(work, token);
        return (work, "undone");
    }, token);

    /// <summary>Drops the table as it was before: there is no way back then.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static Task<ConvertResult> FinishAsync(Session session, DatabaseSpec database, string table, ConvertOptions options,
        CancellationToken token) => EnterAsync(session, database, table, options, async (home, name, wish) =>
    {
        var work = await OpenAsync(home, name, token);
        if (work.Step is not (ConversionStep.Kept or ConversionStep.Dropping))
            throw new ConvertException($"the conversion of {name.Plain} is at {work.Step.Word()}: --resume ends that first");
        await new Converter(home, wish, options).FinishAsync(work, token);
        return (work, "finished");
    }, token);

    static bool CanAbort(ConversionStep step) => step is ConversionStep.Building or ConversionStep.Copying or ConversionStep.Indexing
        or ConversionStep.Following or ConversionStep.Aborting;

    static async Task<(Conversion, string)> EndAsync(Converter converter, Conversion work, ConvertOptions options, CancellationToken token)
    {
        if (!options.DropOld)
            return (work, "converted");
        await converter.FinishAsync(work, token);
        return (work, "finished");
    }

    static async Task<bool> StandsAtAsync(Home home, QName name, ConversionStep step) =>
        home.Main.State == System.Data.ConnectionState.Open
            && (await Conversion.FindAsync(home.Main, name, CancellationToken.None))?.Step == step;

    static async Task<Conversion> OpenAsync(Home home, QName name, CancellationToken token) =>
        await home.Main.OneAsync<bool>(Sql.Of($"select pg_catalog.to_regclass('howdah.conversion_chunk') is not null"), token)
            && await Conversion.FindAsync(home.Main, name, token) is { } work ? work
            : throw new ConvertException($"no conversion of {name.Plain} is under way, and none is kept");

    static async Task<ConvertResult> EnterAsync(Session session, DatabaseSpec database, string table, ConvertOptions options,
        Func<Home, QName, PartitionWish, Task<(Conversion, string)>> work, CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        var (spec, name, wish) = Find(session, database, table);
        await using var home = new Home(session, spec, name, options.Time);
        await home.EnterAsync(token);
        var (done, outcome) = await work(home, name, wish);
        var (rows, longest) = await done.TotalsAsync(home.Main, token);
        return new(name.Plain, outcome, rows, TimeSpan.FromMilliseconds(longest), options.Time.GetElapsedTime(began));
    }

    static (PartitionsSpec, QName, PartitionWish) Find(Session session, DatabaseSpec database, string table)
    {
        var spec = PartitionsSpec.Read(new(session.Estate, session.Estate.Servers[database.Server], database))
            ?? throw new ConvertException($"database {database.Name} declares no partitions: write {table} under `partitions:`");
        if (spec.Tables.GetValueOrDefault(table) is { Within: not null })
            throw new ConvertException($"{table} is declared with partitions that are divided again, which are not made of a table in use: "
                + "leave `within` out, or make a new table by a migration, and copy the rows");
        return QName.Parse(table) is { } name
            && spec.Tables.FirstOrDefault(each => QName.Parse(each.Key) == name) is { Value: { } wish } ? (spec, name, wish)
            : throw new ConvertException($"database {database.Name} declares no partitions of {table}: it does of "
                + string.Join(", ", spec.Tables.Keys));
    }

    static async Task<(OldTable, IReadOnlyList<string>)> ReadAsync(NpgsqlConnection connection, QName name, PartitionWish wish,
        CancellationToken token)
    {
        if (await connection.OneAsync<bool>(Sql.Of($"""
            select exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where n.nspname = {new Literal(name.Schema)} and c.relname = {new Literal(name.Name)} and c.relkind = 'p')
            """), token))
            throw new ConvertException($"{name.Plain} is partitioned already: howdah apply makes what it lacks");
        var (table, problems) = await OldTable.ReadAsync(connection, name, wish.By, wish.Kind, problems: true, token)
            ?? throw new ConvertException($"there is no table {name.Plain}: a migration makes it, with PARTITION BY from the beginning");
        return (table, table.ByType.Length > 0 && DividingProblems.Misfit(wish, table.ByKind) is var (what, hint)
            ? [$"{wish.By} is of type {table.ByType}, {what}: {hint}", .. problems] : problems);
    }

    static ConvertPart Told(PlannedPart part) => part.Bound switch
    {
        RangeBound { Said: var (low, high) } => new(part.Name.Plain, part.Bound.Words, low, high),
        RangeBound range => new(part.Name.Plain, range.Words, range.Low, range.High),
        _ => new(part.Name.Plain, part.Bound.Words, null, null),
    };

    static List<string> Lines(OldTable old, PartitionWish wish, IReadOnlyList<PlannedPart> parts)
    {
        var lines = new List<string>
        {
            (parts.Count == 1 ? "1 partition" : $"{parts.Count} partitions") + wish.Kind switch
            {
                Kind.Hash => $" by the hash of {old.By}",
                Kind.List => $" by {old.By}: {string.Join("; ", parts.Select(static part => $"{part.Name.Name} ({part.Bound.Words})"))}",
                _ => $" by {old.By}, from {Told(parts[0]).From} to {Told(parts[^1]).To ?? "the greatest number"}",
            },
            string.Create(CultureInfo.InvariantCulture, $"{old.Bytes / 1048576.0:N1} MB on disk are needed once more, until ")
                + "the table as it was is dropped; about as much WAL is written",
        };
        if (old.NewKey.Count > old.Key.Count)
            lines.Add($"the primary key becomes ({string.Join(", ", old.NewKey)}): PostgreSQL keeps keys within a partition, so "
                + $"({string.Join(", ", old.Key)}) alone is unique only as long as one sequence gives it, and ON CONFLICT "
                + $"({string.Join(", ", old.Key)}) becomes ON CONFLICT ({string.Join(", ", old.NewKey)})");
        lines.AddRange(old.Of("view").Select(static view => $"view {view.Name} is pointed to the new table"));
        if (old.Of("foreign key").Any())
            lines.Add($"foreign keys are carried over: {string.Join(", ", old.Of("foreign key").Select(static key => key.Name))}");
        lines.Add("writers wait for each of three locks, at most a fraction of a second: to try the switch, to catch changes, to switch");
        lines.Add("the table as it was is kept in schema howdah, and the way back stays open, until --finish");
        return lines;
    }
}
