using Howdah.Engine.Planning;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Engine.Applying;

/// <summary>
/// Makes an estate so: lock, recover, look anew, do step after step, look again. The catalogs are the truth; the journal is intent and
/// history.
/// Killed anywhere and run again, it ends in the same state.
/// </summary>
sealed class Applier(Session session, ApplyOptions options)
{
    readonly Dictionary<(string, string?), DatabaseRun> entered = [];
    readonly Dictionary<string, Watcher> watchers = [];
    Plan? plan;
    Step? current;
    int done;

    internal async Task<ApplyResult> RunAsync(CancellationToken token)
    {
        try
        {
            return await ApplyAsync(token);
        }
        catch (ApplyStop stop)
        {
            await EndRunsAsync("failed");
            return new(stop.Outcome, stop.Message, plan, done, current);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            await EndRunsAsync("stopped");
            return Stopped();
        }
        catch (PostgresException e) when (token.IsCancellationRequested && e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            await EndRunsAsync("stopped");
            return Stopped();
        }
        catch (Exception e) when (e is PostgresException || PgErrors.IsLost(e))
        {
            await EndRunsAsync("failed");
            var at = current is null ? "" : $"{current.Object}: ";
            return new(ApplyOutcome.Failed, $"{at}{PgErrors.Tell(e)}; {done} steps are done, run again to go on", plan, done, current);
        }
        finally
        {
            foreach (var each in entered.Values)
                await each.DisposeAsync();
            foreach (var each in watchers.Values)
                await each.DisposeAsync();
        }
    }

    async Task<ApplyResult> ApplyAsync(CancellationToken token)
    {
        foreach (var server in session.Servers.Values)
            await EnterServerAsync(server, token);
        // Never the facts from before the lock: they may be another run's past.
        var whole = await session.PlanAsync(rehearse: true, token);
        plan = options.Narrow is { } narrow ? await narrow(whole, token) : whole;
        foreach (var run in entered.Values)
            run.Run.Fingerprint = plan.Fingerprint;
        Check(plan);
        if (plan.Steps.Count == 0)
            return new(ApplyOutcome.NothingToDo, options.Narrow is null
                ? "Nothing to do: the estate is as declared." : "Nothing to do: what the plan closes is closed.", plan, 0);
        options.Events?.Report(new(ApplyEventKind.Planned, null, $"{plan.Steps.Count} steps", Plan: plan));
        foreach (var step in plan.Steps)
        {
            token.ThrowIfCancellationRequested();
            current = step;
            var began = options.Time.GetTimestamp();
            options.Events?.Report(new(ApplyEventKind.Began, step, step.Object));
            await (await EnterAsync(session.Servers[step.Server], step.Database, token)).DoAsync(step, token);
            done++;
            options.Events?.Report(new(ApplyEventKind.Done, step, step.Object, options.Time.GetElapsedTime(began)));
        }
        current = null;
        options.Fault?.Invoke("before looking again");
        var undone = await LookAgainAsync(whole, token);
        await EndRunsAsync("done");
        return new(ApplyOutcome.Done, $"Done: {done} steps.{undone}", plan, done);
    }

    async Task<string> LookAgainAsync(Plan whole, CancellationToken token)
    {
        var left = await session.PlanAsync(rehearse: false, token);
        if (options.Narrow is not { } narrow)
            return left.Steps.Count == 0 ? "" : throw new ApplyStop(ApplyOutcome.Failed,
                $"all {done} steps are done, yet {left.Steps.Count} would change again ({left.Steps[0].Id}): somebody else changes the "
                    + $"same things, or this is a bug");
        var mine = plan!.Steps.Select(static step => step.Id).ToHashSet(StringComparer.Ordinal);
        if ((await narrow(left, token)).Steps.FirstOrDefault(step => mine.Contains(step.Id)) is { } open)
            throw new ApplyStop(ApplyOutcome.Failed, $"all {done} steps are done, yet what {open.Object} was to close is still found: "
                + "howdah prove tells what got through");
        var before = whole.Steps.Select(static step => step.Id).ToHashSet(StringComparer.Ordinal);
        return left.Steps.FirstOrDefault(step => !before.Contains(step.Id)) is { } back
            ? $" But the estate asks for what was closed ({back.Object}): change the file, or the next howdah apply opens it again." : "";
    }

    void Check(Plan plan)
    {
        if (plan.Notes.FirstOrDefault(note => note.Severity == Files.Severity.Error) is { } wrong)
            throw new ApplyStop(ApplyOutcome.Refused, $"{wrong.Message}{(wrong.Hint is null ? "" : $"; {wrong.Hint}")} ({wrong.Code})");
        if (plan.Steps.Count == 0)
            return;
        if (options.Saved is { } saved && saved.Fingerprint != plan.Fingerprint && !IsRestOf(plan, saved))
            throw new ApplyStop(ApplyOutcome.Refused,
                "the saved plan is stale: the estate or the database has changed since; make a new one with "
                    + (saved.Closes ? "howdah prove --fix" : "howdah plan --out"));
        var forbidden = plan.Hazards.Where(kind => !options.Allow.Contains(kind)).ToList();
        if (forbidden.Count == 0 || options.Confirm?.Invoke(plan) == true)
            return;
        var names = forbidden.Select(kind => Hazard.Kinds.First(each => each.Value == kind).Key).ToList();
        var first = plan.Steps.SelectMany(step => step.Hazards.Select(hazard => (step, hazard)))
            .First(each => forbidden.Contains(each.hazard.Kind));
        throw new ApplyStop(ApplyOutcome.Refused,
            $"refused: {first.step.Object}: {first.hazard.Why}; to allow it: {string.Join(' ', names.Select(name => $"--allow {name}"))}");
    }

    // A run of the saved plan that was cut off leaves the rest of the same plan, and nothing else.
    static bool IsRestOf(Plan plan, SavedPlan saved)
    {
        var known = saved.Steps.ToDictionary(step => step.Id, step => step.Sql);
        return plan.Steps.Count < saved.Steps.Count
            && plan.Steps.All(step => known.TryGetValue(step.Id, out var sql) && sql == step.SqlText);
    }

    async Task EnterServerAsync(ServerAccess server, CancellationToken token)
    {
        var facts = await server.ProbeAsync(token);
        if (facts.InRecovery)
            throw new ApplyStop(ApplyOutcome.Refused, $"{server.Where} is a standby: apply needs the primary");
        watchers[server.Name] = new(server);
        // The maintenance database's lock is the estate's; the others follow in name order, so two applies never hold one each.
        await EnterAsync(server, null, token);
        foreach (var database in session.Estate.Databases.Where(each => each.Server == server.Name)
            .OrderBy(each => each.Name, StringComparer.Ordinal))
        {
            if (await ExistsAsync(server, database.Name, token))
                await EnterAsync(server, database.Name, token);
        }
    }

    async Task<DatabaseRun> EnterAsync(ServerAccess server, string? database, CancellationToken token)
    {
        if (entered.TryGetValue((server.Name, database), out var run))
            return run;
        var info = new RunInfo(session.Estate.Name, session.Estate.SpecHash, options.Tool) { Fingerprint = plan?.Fingerprint ?? "" };
        run = new(session, server, database, info, options, watchers[server.Name]);
        entered.Add((server.Name, database), run);
        await run.EnterAsync(token);
        await Recovery.SettleAsync(run, watchers[server.Name], options, token);
        return run;
    }

    async Task<bool> ExistsAsync(ServerAccess server, string database, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from pg_catalog.pg_database where datname = $1 and datallowconn and datconnlimit <> -2)",
                entered[(server.Name, null)].Connection);
        command.Parameters.Add(new() { Value = database });
        return await command.ExecuteScalarAsync(token) is true;
    }

    ApplyResult Stopped() => new(ApplyOutcome.Stopped,
        current is null ? "Stopped before any step." : $"Stopped at {current.Object}: {done} steps are done, that one is undone"
            + $"{(current.Transactional ? "" : " or will be settled by the next run")}; run again to go on.", plan, done, current);

    // Best effort on the way out: a run without an end is settled by the next one all the same.
    async Task EndRunsAsync(string outcome)
    {
        foreach (var run in entered.Values.Where(each => each.Run.Id is not null))
        {
            try
            {
                await run.ExecuteAsync($"update howdah.run set ended = clock_timestamp(), outcome = '{outcome}' where id = {run.Run.Id}",
                    CancellationToken.None);
            }
            catch (Exception e) when (e is PostgresException or InvalidOperationException || PgErrors.IsLost(e))
            {
                // The connection is what failed; the row stays open and is marked interrupted by the next run.
            }
        }
    }
}
