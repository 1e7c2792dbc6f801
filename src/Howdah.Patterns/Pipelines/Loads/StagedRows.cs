using Howdah.Engine.Planning;
using Howdah.Loading;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>Carries staged rows into their target, set by set; a set that the server refuses is halved down to the row at fault.</summary>
/// <param name="session">The batch's transaction.</param>
/// <param name="spec">The pipelines.</param>
/// <param name="wish">The pipeline.</param>
/// <param name="sql">Its statements.</param>
/// <param name="refusals">Where refused rows go.</param>
/// <param name="plain">Whether they would have gone straight into their target over one connection: what is refused is told as it is there.
/// </param>
sealed class StagedRows(LoadSession session, PipelinesSpec spec, PipelineWish wish, StagedSql sql, Refusals refusals, bool plain)
{
    const int Most = 1_000_001;

    /// <summary>Rows that are new or changed in the target.</summary>
    internal long Loaded { get; private set; }

    /// <summary>Rows that the target had.</summary>
    internal long Unchanged { get; private set; }

    /// <summary>Rows that another row of the source says, too, or replaces.</summary>
    internal long Skipped { get; private set; }

    /// <summary>Looks up, computes, sorts duplicates out and fills the target.</summary>
    internal async Task CarryAsync(bool lift, long batch, CancellationToken token)
    {
        await session.RunAsync(Sql.Of($"analyze {sql.Staged}"), token);
        // Only now: it locks the tables under the floor, and what was read needs none of them. Lookups may see nothing with it.
        if (lift || sql.Computes)
            await session.LiftAsync(token);
        foreach (var (column, each) in sql.Lookups)
        {
            var gone = await session.NumbersAsync(sql.Unmatched(column, each.Lookup!), Most, token);
            await refusals.KeepAsync([.. gone.OrderBy(static row => row[0]).Select(row => new Refusal(row[0], row[1], column, "lookup",
                null, row[2] == 0 ? $"{each.Lookup!.Table.Plain} has no such row"
                    : $"{each.Lookup!.Table.Plain} has {row[2]} such rows"))], token);
        }
        if (sql.Computes)
        {
            await session.RunAsync(sql.CreateComputed(), token);
            await FillAsync(sql.Staged, (low, high) => [sql.FillComputed(low, high)], token);
            await session.RunAsync(Sql.Of($"analyze {StagedSql.Computed}"), token);
        }
        if (wish.Mode == LoadMode.Upsert && await session.ScalarAsync(sql.HasDuplicates(), token) is true)
            await DuplicatesAsync(token);
        var before = refusals.Count;
        var ready = await CountAsync(sql.Ready, token);
        if (wish.Call is null)
        {
            Loaded = await FillAsync(sql.Ready, (low, high) => [sql.Carry(low, high)], token);
            Unchanged = ready - Loaded - (refusals.Count - before);
            if (Unchanged != 0 && wish.Mode == LoadMode.Insert)
                throw new LoadException($"{wish.Into!.Value.Plain} took {Loaded} of {ready} rows: a trigger or rule of it swallows "
                    + "the others, which cannot be accounted for");
            return;
        }
        await FillAsync(sql.Ready, (low, high) => sql.Call(low, high, spec.Owner), token);
        await CalledAsync(ready, before, batch, token);
    }

    async Task DuplicatesAsync(CancellationToken token)
    {
        Skipped += await session.RunAsync(sql.DropTwins(), token);
        if (wish.LastWins)
        {
            Skipped += await session.RunAsync(sql.DropEarlier(), token);
            return;
        }
        var conflicts = await session.NumbersAsync(sql.DropConflicts(), Most, token);
        await refusals.KeepAsync([.. conflicts.OrderBy(static row => row[0]).Select(row => new Refusal(row[0], row[1],
            string.Join(", ", wish.Key), "conflict", null,
            $"lines {row[2]} and {row[3]} say different things of one key"))], token);
    }

    async Task<long> FillAsync(QName from, Func<long, long, IEnumerable<Sql>> fill, CancellationToken token)
    {
        var bounds = await session.NumbersAsync(
            Sql.Of($"select coalesce(pg_catalog.min(s.howdah_line), 1), coalesce(pg_catalog.max(s.howdah_line), 0) from {from} s"), 1,
            token);
        var indexed = sql.Streamed && from == sql.Staged;
        var waits = new Stack<(long Low, long High)>();
        if (bounds[0][0] <= bounds[0][1])
            waits.Push((bounds[0][0], bounds[0][1]));
        long filled = 0;
        while (waits.TryPop(out var range))
        {
            var (rows, refusal) = await session.TryAsync(fill(range.Low, range.High), token);
            filled += rows;
            if (refusal is null)
                continue;
            if (range.Low == range.High)
            {
                await RefuseAsync(from, range.Low, refusal, token);
                continue;
            }
            if (!indexed)
                await session.RunAsync(Sql.Of($"create index on {from} (howdah_line)"), token);
            indexed = true;
            var middle = range.Low + (range.High - range.Low) / 2;
            waits.Push((middle + 1, range.High));
            waits.Push((range.Low, middle));
        }
        return filled;
    }

    async Task RefuseAsync(QName from, long line, PostgresException refusal, CancellationToken token)
    {
        var offset = await session.NumbersAsync(
            Sql.Of($"select s.howdah_offset from {from} s where s.howdah_line = {line}"), 1, token);
        var rule = !plain && refusal is { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null or "" } && refusal.MessageText
            .StartsWith("no partition", StringComparison.Ordinal) ? "partition" : Rules.Server;
        await session.RunAsync(Sql.Of($"delete from {from} s where s.howdah_line = {line}"), token);
        var message = plain && refusal.ConstraintName is { } constraint ? $"{refusal.MessageText} ({constraint})" : refusal.MessageText;
        await refusals.KeepAsync([new Refusal(line, offset[0][0], refusal.ColumnName, rule, refusal.SqlState, message)], token);
    }

    // A procedure counts for itself: in the quarantine, and in a load_log beside it, as those of the warehouse do.
    async Task CalledAsync(long ready, long before, long batch, CancellationToken token)
    {
        var ours = refusals.Count - before;
        var kept = await session.ScalarAsync(
            Sql.Of($"select pg_catalog.count(*) from howdah.quarantine q where q.batch = {batch}"), token) as long? ?? 0;
        var theirs = kept - refusals.Count;
        var known = theirs == 0 ? [] : await session.NumbersAsync(Sql.Of($"""
            select q.id, s.howdah_offset, q.line from howdah.quarantine q join {sql.Ready} s on s.howdah_line = q.line
            where q.batch = {batch}
            """), Most, token);
        await refusals.TakeOverAsync(theirs, [.. known.Select(static row => (row[0], row[1], row[2]))], token);
        var log = new QName(wish.Call!.Value.Schema, "load_log");
        var readable = await session.ScalarAsync(Sql.Of($"""
            select coalesce(pg_catalog.has_table_privilege(pg_catalog.to_regclass({new Literal(log.ToString())}), 'SELECT'), false)
            """), token) is true;
        var loaded = readable ? await session.ScalarAsync(
            Sql.Of($"select coalesce(pg_catalog.sum(l.rows_loaded), 0)::pg_catalog.int8 from {log} l where l.batch = {batch}"), token)
            : null;
        Loaded = loaded as long? ?? ready - ours - theirs;
        Unchanged = ready - ours - theirs - Loaded;
    }

    async Task<long> CountAsync(QName table, CancellationToken token) =>
        await session.ScalarAsync(Sql.Of($"select pg_catalog.count(*) from {table} t"), token) as long? ?? 0;
}
