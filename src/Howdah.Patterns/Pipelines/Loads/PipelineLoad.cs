using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Loading;
using Howdah.Patterns.Pipelines.Querying;
using Howdah.Patterns.Pipelines.Streaming;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>Runs pipelines: each source in one transaction, exactly once by its content.</summary>
public static class PipelineLoad
{
    const int Attempts = 3;

    /// <summary>The pipelines of a database, each after those it waits for.</summary>
    /// <param name="database">The database.</param>
    /// <param name="withUp">Only those that <c>howdah up</c> loads.</param>
    public static IReadOnlyList<string> Order(DatabaseSpec database, bool withUp = false)
    {
        var pipelines = database.Get(PipelinesShapes.Section) ?? new Dictionary<string, PipelineWish>();
        var order = new List<string>();
        while (pipelines.Keys.FirstOrDefault(name => !order.Contains(name) && pipelines[name].After.All(order.Contains)) is { } next)
            order.Add(next);
        return [.. order.Where(name => !withUp || pipelines[name].WithUp)];
    }

    /// <summary>Loads the sources of a pipeline, in order of their names; stops at the first that cannot be loaded.</summary>
    /// <param name="session">The estate, applied.</param>
    /// <param name="database">The database.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; what was begun is rolled back.</param>
    /// <exception cref="ArgumentException">There is no such pipeline.</exception>
    /// <exception cref="NpgsqlException">The server failed for a reason that lies in no row.</exception>
    public static async Task<IReadOnlyList<LoadReport>> RunAsync(Session session, DatabaseSpec database, string pipeline,
        LoadOptions options, CancellationToken token)
    {
        var spec = Spec(session, database, pipeline);
        if (options.Streams is < 1 or > LoadStreams.Most)
            throw new ArgumentException($"a load goes over 1 to {LoadStreams.Most} streams, and not over {options.Streams}");
        var wish = spec.Pipelines[pipeline];
        var reports = new List<LoadReport>();
        foreach (var open in Sources(session, spec, wish, pipeline, options, reports))
        {
            LoadSource source;
            try
            {
                source = await open(token);
            }
            catch (LoadException wrong)
            {
                var named = wish.Fetch is { } fetch ? FetchedFile.Name(fetch) : wish.Url ?? "-";
                reports.Add(new(pipeline, named, LoadOutcome.Failed, wrong.Message));
                break;
            }
            using (source)
                reports.Add(await LoadAsync(session, spec, pipeline, source, options, token));
            if (reports[^1].Outcome is LoadOutcome.Failed or LoadOutcome.Refused)
                break;
        }
        return reports;
    }

    internal static PipelinesSpec Spec(Session session, DatabaseSpec database, string? pipeline)
    {
        var spec = PipelinesPattern.Read(new(session.Estate, session.Estate.Servers[database.Server], database))
            ?? throw new ArgumentException($"database {database.Name} declares no pipelines");
        return pipeline is null || spec.Pipelines.ContainsKey(pipeline) ? spec : throw new ArgumentException(
            $"there is no pipeline `{pipeline}` in database {database.Name}; "
                + (Suggestion.Nearest(pipeline, [.. spec.Pipelines.Keys]) is { } near ? $"did you mean `{near}`?"
                    : $"there are {string.Join(", ", spec.Pipelines.Keys)}"));
    }

    static IEnumerable<Func<CancellationToken, Task<LoadSource>>> Sources(Session session, PipelinesSpec spec, PipelineWish wish,
        string pipeline, LoadOptions options, List<LoadReport> reports)
    {
        if (options.Files.Count == 0 && wish.Query is { } query)
        {
            var fetch = new RowFetch(pipeline, query, session.Secrets);
            Action<long, long>? progress = options.Progress is { } told
                ? (rows, bytes) => told.Report(new(query.Name, "fetching", rows, 0, bytes, null)) : null;
            yield return _ => Task.FromResult(LoadSource.Of(fetch, query.Name, wish, progress));
            yield break;
        }
        var any = false;
        foreach (var text in options.Files.Count > 0 ? options.Files : [wish.Files ?? wish.Url!])
        {
            if (text == "-" || text.StartsWith("http://", StringComparison.Ordinal)
                || text.StartsWith("https://", StringComparison.Ordinal))
            {
                any = true;
                var input = text == "-" ? LoadInput.StandardInput() : LoadInput.Url(new(text), options.Client
                    ?? throw new ArgumentException("an address needs LoadOptions.Client"));
                yield return token => LoadSource.KeepAsync(input, wish, token);
                continue;
            }
            var declared = options.Files.Count == 0;
            foreach (var file in LoadInput.Glob(declared ? Path.Combine(spec.Folder, text) : text))
            {
                any = true;
                var name = declared ? Path.GetRelativePath(spec.Folder, file.Name) : file.Name;
                if (declared && wish.Fetch is { } fetch)
                    yield return token => FetchedAsync(spec, wish, fetch, name, file.Name, token);
                else if (File.Exists(file.Name))
                    yield return _ => Task.FromResult(LoadSource.File(name, file.Name, wish));
                else
                    reports.Add(new(pipeline, name, LoadOutcome.Failed, $"there is no file {name}"));
            }
        }
        if (!any)
            reports.Add(new(pipeline, wish.Files ?? "", LoadOutcome.Failed, $"no file matches {string.Join(", ", options.Files.Count > 0
                ? options.Files : [wish.Files!])}"));
    }

    // The same content has one name, at hand or fetched; another one is what it is.
    static async Task<LoadSource> FetchedAsync(PipelinesSpec spec, PipelineWish wish, FetchWish fetch, string name, string path,
        CancellationToken token) => !File.Exists(path)
            ? LoadSource.File(FetchedFile.Name(fetch), await FetchedFile.GetAsync(spec.Folder, fetch, name, token), wish)
            : LoadSource.File(await FetchedFile.IsItAsync(path, fetch, token) ? FetchedFile.Name(fetch) : name, path, wish);

    internal static async Task<LoadReport> LoadAsync(Session session, PipelinesSpec spec, string pipeline, LoadSource source,
        LoadOptions options, CancellationToken token)
    {
        for (var attempt = 1; ; attempt++)
        {
            var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
            if (await LoadSession.BeginAsync(spec, pipeline, connection, options.Wait, token) is not { } work)
                return new(pipeline, source.Name, LoadOutcome.Refused, $"another load of {pipeline} is under way; run it again later");
            // Ended after the load's transaction, which holds their tables.
            await using var streams = new LoadStreams(session.Servers[spec.Server], spec, pipeline,
                options.DryRun || source.RetryOf > 0 ? 1 : options.Streams ?? spec.Pipelines[pipeline].Streams);
            await using var alone = work;
            var run = new BatchRun(spec, pipeline, options, work, source, streams);
            try
            {
                var report = await run.RunAsync(token);
                if (report.Outcome != LoadOutcome.Loaded)
                    return report;
                if (!options.DryRun)
                    return await CommitAsync(session, spec, pipeline, work, report, options, token) ? streams.Done(report)
                        : attempt < Attempts ? throw new LostCommitException() : report with
                        {
                            Outcome = LoadOutcome.Failed, Batch = 0, Message = "the connection was lost at every commit; nothing is loaded",
                        };
                await work.RollbackAsync(token);
                return report with { Outcome = LoadOutcome.Tried, Batch = 0, Message = "tried; nothing was written" };
            }
            catch (LostCommitException)
            {
                // The batch is not there, so the load begins anew.
            }
            catch (KnownContentException known)
            {
                return known.Report;
            }
            catch (LoadException wrong)
            {
                return await FailAsync(work, spec, pipeline, source, run.Batch, wrong.Message, options, token);
            }
            catch (PostgresException wrong) when (run.Batch > 0 && work.Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
            {
                return await FailAsync(work, spec, pipeline, source, run.Batch, $"{wrong.MessageText} (SQLSTATE {wrong.SqlState})", options,
                    token);
            }
        }
    }

    // When the answer to COMMIT is lost, only the server knows: whoever gets the lock sees the end of the former transaction.
    static async Task<bool> CommitAsync(Session session, PipelinesSpec spec, string pipeline, LoadSession work, LoadReport report,
        LoadOptions options, CancellationToken token)
    {
        try
        {
            options.Fault("commit");
            await work.CommitAsync(token);
            options.Fault("committed");
            return true;
        }
        catch (NpgsqlException lost) when (lost is not PostgresException)
        {
            var connection = await session.Servers[spec.Server].OpenAdminAsync(spec.Database, token);
            await using var look = (await LoadSession.BeginAsync(spec, pipeline, connection, wait: true, token))!;
            return await look.ScalarAsync(
                Sql.Of($"select b.id from howdah.load_batch b where b.id = {report.Batch} and b.state = 'done'"), token) is long;
        }
    }

    // That it was tried is worth a row of its own; the rows it would have loaded are not there.
    static async Task<LoadReport> FailAsync(LoadSession work, PipelinesSpec spec, string pipeline, LoadSource source, long batch,
        string message, LoadOptions options, CancellationToken token)
    {
        await work.RollbackAsync(token);
        if ((batch > 0 || source.IsFetched) && !options.DryRun)
        {
            var fail = Sql.Of($"""
                insert into howdah.load_batch (pipeline, source, state, mapping, tool, message, finished)
                values ({new Literal(pipeline)}, {new Literal(source.Name)}, 'failed', {new Literal(Mapping.Of(spec.Pipelines[pipeline]))},
                  {new Literal(options.Tool)}, {new Literal(message)}, pg_catalog.clock_timestamp())
                """);
            await work.RunAsync(fail, token);
        }
        return new(pipeline, source.Name, LoadOutcome.Failed, message);
    }

    sealed class LostCommitException : Exception;
}
