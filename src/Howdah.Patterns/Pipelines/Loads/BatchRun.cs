using Howdah.Engine.Planning;
using Howdah.Loading;
using Howdah.Patterns.Pipelines.Querying;
using Howdah.Patterns.Pipelines.Streaming;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>One source in one transaction: its batch, its rows, what was refused, or nothing of it.</summary>
/// <param name="spec">The pipelines.</param>
/// <param name="name">The pipeline.</param>
/// <param name="options">How it is run.</param>
/// <param name="session">The transaction, alone on the pipeline.</param>
/// <param name="source">The source.</param>
/// <param name="streams">What it is copied over.</param>
sealed class BatchRun(PipelinesSpec spec, string name, LoadOptions options, LoadSession session, LoadSource source, LoadStreams streams)
{
    readonly PipelineWish wish = spec.Pipelines[name];
    string? identity;

    /// <summary>The batch's number, once it has one.</summary>
    internal long Batch { get; private set; }

    /// <summary>Does all but the commit.</summary>
    /// <exception cref="LoadException">The source cannot be loaded as it is.</exception>
    internal async Task<LoadReport> RunAsync(CancellationToken token)
    {
        await source.FetchAsync(token);
        options.Fault("fetched");
        if (await KnownAsync(token) is { } known)
            return known;
        Batch = (long)(await session.ScalarAsync(Sql.Of($"""
            insert into howdah.load_batch (pipeline, source, state, forced, retry_of, mapping, tool, header)
            values ({new Literal(name)}, {new Literal(source.Name)}, 'running', {new Words(options.Force ? "true" : "false")},
              {(source.RetryOf > 0 ? Sql.Of($"{source.RetryOf}") : Sql.Of($"null"))},
              {new Literal(Mapping.Of(wish))}, {new Literal(options.Tool)}, null)
            returning id
            """), token))!;
        options.Fault("began");
        if (!options.DryRun && (await Leftovers.FindAsync(session, token)).Count > 0)
            await streams.SweepAsync(token);
        await HeaderAsync(token);
        var origins = source.Origins;
        var refusals = new Refusals(session.Connection, Batch, wish.Limit.Rows, source.Raw,
            origins.Count == 0 ? null : line => origins.GetValueOrDefault(line).Line);
        if (wish.Into is { } into)
            refusals.Late = await LateAsync(into, token);
        var report = await ReadAsync(refusals, token);
        options.Fault("carried");
        if (report.Read > 0 && report.Quarantined * 100 > wish.Limit.Percent * report.Read)
            throw new LoadException($"{report.Quarantined} of {report.Read} rows are refused, more than the allowed "
                + $"{wish.Limit.Percent} of a hundred");
        await FinishAsync(report, token);
        if (origins.Count > 0)
            await session.RunAsync(Sql.Of($"update howdah.quarantine set resolved_at = pg_catalog.now(), resolved_batch = {Batch} "
                + $"where id in ({Sql.Join(", ", origins.Values.Select(static row => Sql.Of($"{row.Id}")))})"), token);
        await session.RestoreAsync(token);
        options.Fault("finished");
        return report;
    }

    async Task<LoadReport> ReadAsync(Refusals refusals, CancellationToken token)
    {
        var target = wish.Into is { } table ? await TargetFacts.ReadAsync(session, table, token) : TargetFacts.Unknown;
        if (wish.Into is not null && target.Lacks(wish) is { } lacking)
            throw new LoadException($"{wish.Into!.Value.Plain} has no column {lacking}: correct the pipeline, or add it by a migration");
        if (target.Protected && !session.AsOwner)
            throw new LoadException($"{wish.Into!.Value.Plain} is under row security, which only {spec.Owner} can lift for a load: "
                + $"run it as a member of {spec.Owner}");
        // Straight into the table where nothing is made of the rows and its own types are the declared ones.
        var plain = source.RetryOf == 0 && target.TakesDirectly(wish);
        var direct = plain && !streams.Any;
        Staging? staging = streams.Any ? await streams.OpenAsync(session,
            StagedSql.Columns(wish, column => plain && target.Columns[column].NotNull), token) : null;
        options.Fault("opened");
        var sql = new StagedSql(wish, Batch, staging);
        var temporary = !direct && staging is null;
        if (temporary)
            await session.RunAsync(sql.Create(), token);
        var job = new LoadJob(await ReceiverAsync(direct ? wish.Into!.Value : sql.Staged, temporary, token),
            [.. Fields(direct)], source.Reading(wish)) { FindRefused = direct, MaxRejected = wish.Limit.Rows };
        refusals.Job = job;
        var read = staging is { } aside
            ? await streams.CopyAsync(source.Input, job, (batch, stop) => refusals.KeepAsync(batch.Rows,
                (batch.Connection!, aside.Refused), stop), Told("reading"), token)
            : await CopyLoad.RunAsync([session.Connection], source.Input, job,
                (batch, stop) => refusals.KeepAsync(batch.Rows, null, stop), Told("reading"), token);
        options.Fault("read");
        if (source.RetryOf == 0 && source.Content is null && !options.Force && await SameAsync(read.Sha256, token) is { } same)
            throw new KnownContentException(same);
        if (staging is not null)
            await GatherAsync(staging.Value, read, refusals, token);
        var rows = new StagedRows(session, spec, wish, sql, refusals, plain);
        if (!direct)
        {
            options.Progress?.Report(new(source.Name, "loading", read.Records, read.Rejected, read.Bytes, read.Bytes));
            if (options.Alone)
                await session.RunAsync(Sql.Of($"set local howdah.alone = 'on'"), token); // for the procedures of facts
            await rows.CarryAsync(target.Protected || wish.Call is not null, Batch, token);
        }
        if (staging is { } over)
            await session.RunAsync(over.Drop(), token);
        return new(name, source.Name, LoadOutcome.Loaded)
        {
            Batch = Batch,
            Read = read.Records,
            Loaded = direct ? read.Sent : rows.Loaded,
            Unchanged = rows.Unchanged,
            Quarantined = refusals.Count,
            Skipped = read.Skipped + rows.Skipped,
            Bytes = read.Bytes,
            Sha256 = identity ?? read.Sha256,
        };
    }

    async Task<CopyTarget> ReceiverAsync(QName table, bool temporary, CancellationToken token) =>
        await CopyTarget.ReadAsync(session.Connection, !temporary ? table.Schema : (string)(await session
            .ScalarAsync(Sql.Of($"select n.nspname::text from pg_catalog.pg_namespace n where n.oid = pg_catalog.pg_my_temp_schema()"),
                token))!, table.Name, token);

    // What streams have committed is there, unless the server was killed meanwhile: unlogged tables are then empty.
    async Task GatherAsync(Staging staging, LoadCounts read, Refusals refusals, CancellationToken token)
    {
        var kept = await session.RunAsync(Refusals.Gather(staging), token);
        var there = await session.ScalarAsync(Sql.Of($"select pg_catalog.count(*) from {staging.Rows} s"), token) as long? ?? 0;
        if (there != read.Sent || kept != refusals.Count)
            throw new LoadException($"{there} of the {read.Sent} rows that were sent are still there, and {kept} of {refusals.Count} "
                + "refused ones: somebody or a restart of the server has emptied their tables; nothing is loaded: run it again");
        await session.RunAsync(Sql.Of($"create index on {staging.Rows} (howdah_line)"), token);
        options.Fault("gathered");
    }

    // Whoever retires partitions says from where on a table takes rows.
    async Task<string?> LateAsync(QName table, CancellationToken token) =>
        await session.ScalarAsync(Sql.Of($"select pg_catalog.to_regprocedure('howdah.low_water(regclass)') is not null"), token) is true
            && await session.ScalarAsync(Sql.Of($"select howdah.low_water(pg_catalog.to_regclass({new Literal(table.ToString())}))"), token)
                is string low ? $"rows before {low} come too late: their partitions were retired, and {table.Plain} takes none any more "
                    + "(howdah.low_water)" : null;

    IEnumerable<LoadField> Fields(bool direct) =>
    [
        .. wish.Columns.Where(static each => each.Value.Staged)
            .Select(static each => new LoadField(each.Key, each.Value.From, Default: each.Value.Default)),
        .. direct ? wish.BatchColumn is { } column ? [LoadField.Constant(column, $"{Batch}")] : (LoadField[])[]
            : [LoadField.Counted("howdah_line", Filling.Line), LoadField.Counted("howdah_offset", Filling.Offset)],
    ];

    // A file that was loaded before is told before it is read, if one of its size was.
    async Task<LoadReport?> KnownAsync(CancellationToken token)
    {
        if (source.Content is { } content)
            return await LastAsync(content, token);
        if (options.Force || source.RetryOf > 0)
            return null;
        var size = new FileInfo(source.Path).Length;
        if (await session.ScalarAsync(Sql.Of($"select exists (select from howdah.load_batch b where b.pipeline = {new Literal(name)} "
            + $"and b.state = 'done' and b.bytes = {size})"), token) is not true)
            return null;
        await using var file = File.OpenRead(source.Path);
        var hash = Convert.ToHexStringLower(await System.Security.Cryptography.SHA256.HashDataAsync(file, token));
        return await SameAsync(hash, token);
    }

    // Rows of a query are known by those of the batch before: what a table went back to is to be loaded, too.
    async Task<LoadReport?> LastAsync(string content, CancellationToken token)
    {
        var last = await session.NumbersAsync(Sql.Of($"select b.id from howdah.load_batch b where b.pipeline = {new Literal(name)} "
            + $"and b.state = 'done' and b.retry_of is null order by b.id desc limit 2"), 2, token);
        identity = RowSum.After(content, last is [[var newest], ..] ? newest : 0);
        return options.Force || last.Count == 0 ? null
            : await SameAsync(RowSum.After(content, last is [_, [var former]] ? former : 0), token);
    }

    async Task<LoadReport?> SameAsync(string hash, CancellationToken token)
    {
        await using var command = new NpgsqlCommand("select id, source, mapping from howdah.load_batch where pipeline = $1 and sha256 = $2 "
            + "and state = 'done' and retry_of is null order by id limit 1", session.Connection)
        {
            Parameters = { new() { Value = name }, new() { Value = hash } },
        };
        await using var row = await command.ExecuteReaderAsync(token);
        if (!await row.ReadAsync(token))
            return null;
        var (batch, as_, mapping) = (row.GetInt64(0), row.GetString(1), row.GetString(2));
        var other = source.Content is null && as_ != source.Name;
        return new(name, source.Name, other ? LoadOutcome.Refused : LoadOutcome.Known, (other
            ? $"the same content was loaded as {as_} by batch {batch}"
            : $"{(source.Content is null ? "this content was" : "these rows were")} loaded by batch {batch}")
            + (mapping != Mapping.Of(wish) ? ", before the pipeline was changed" : "")
            + (other || mapping != Mapping.Of(wish) ? "; --force loads it again" : "; nothing to do")) { Batch = batch, Sha256 = hash };
    }

    async Task HeaderAsync(CancellationToken token)
    {
        if ((source.Raw.HasOffsets && !wish.Format.Header) || source.RetryOf > 0
            || source.Raw.First() is not { Length: < RawRecords.Most } header)
            return;
        await using var command = new NpgsqlCommand("update howdah.load_batch set header = $2 where id = $1", session.Connection)
        {
            Parameters = { new() { Value = Batch }, new() { Value = header } },
        };
        await command.ExecuteNonQueryAsync(token);
    }

    // Numbers from the tables, not from the loader's counters: what does not agree is not committed.
    async Task FinishAsync(LoadReport report, CancellationToken token)
    {
        var kept = await session.ScalarAsync(
            Sql.Of($"select pg_catalog.count(*) from howdah.quarantine q where q.batch = {Batch}"), token) as long? ?? 0;
        if (report.Read != report.Loaded + report.Unchanged + report.Quarantined + report.Skipped || kept != report.Quarantined
            || long.Min(report.Loaded, report.Unchanged) < 0)
            throw new LoadException($"the load does not balance: {report.Read} rows read, {report.Loaded} loaded, "
                + $"{report.Unchanged} unchanged, "
                + $"{report.Quarantined} refused ({kept} kept), {report.Skipped} skipped; nothing of it is kept");
        await session.RunAsync(Sql.Of($"""
            update howdah.load_batch set state = 'done', sha256 = {new Literal(report.Sha256)}, bytes = {report.Bytes},
              rows_read = {report.Read}, rows_loaded = {report.Loaded}, rows_unchanged = {report.Unchanged},
              rows_quarantined = {report.Quarantined}, rows_skipped = {report.Skipped}, finished = pg_catalog.clock_timestamp()
            where id = {Batch}
            """), token);
    }

    Progress? Told(string doing) => options.Progress is { } told ? new Progress(told, source.Name, doing) : null;

    sealed class Progress(IProgress<LoadStage> told, string source, string doing) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) =>
            told.Report(new(source, doing, value.Records, value.Rejected, value.Bytes, value.Total));
    }
}

/// <summary>A content turned out, once read, to have been loaded before.</summary>
sealed class KnownContentException(LoadReport report) : Exception(report.Message)
{
    internal LoadReport Report => report;
}
