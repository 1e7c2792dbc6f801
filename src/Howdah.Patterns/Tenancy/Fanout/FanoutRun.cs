using System.Collections.Concurrent;
using Howdah.Engine;
using Howdah.Engine.Catalogs;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// One run over all places that are behind: a canary of each model first, compared with home once it is done; then the others, several
/// at once.
/// Resuming is nothing but running again, for each place says itself how far it is.
/// </summary>
sealed class FanoutRun(Session session, TenancySpec spec, FanoutOptions options) : IDisposable
{
    static readonly CatalogQuery Sizes = CatalogQuery.Load(typeof(FanoutRun), "sizes.sql");

    readonly ConcurrentBag<PlaceFailure> failed = [];
    readonly ConcurrentBag<TenantPlace> moving = [];
    readonly SemaphoreSlim alone = new(1);
    int done;
    int of;

    internal async Task<FanoutReport> RunAsync(CancellationToken token)
    {
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var migrations = await PlaceVersions.AtHomeAsync(home, token);
        var places = await PlaceVersions.ReadAsync(spec, home, token);
        Known(places, options.Only.Concat(options.Canary is { } named ? [named] : []));
        var behind = places.Where(place => migrations.Count > 0 && string.CompareOrdinal(place.Version, migrations[^1].Name) < 0
            && (options.UnderWay || !place.Moving) && (options.Only.Count == 0 || options.Only.Contains(place.Name))).ToList();
        if (behind.Count == 0)
            return new(places.Count, 0, [], [], 0);
        var scripts = await PlaceScripts.MakeAsync(spec, home, migrations, behind, token);
        Refuse(scripts);
        of = behind.Count;
        foreach (var canary in await CanariesAsync(home, behind, token))
        {
            if (!await FirstAsync(home, scripts, canary, token))
                return Report(places.Count);
            behind.Remove(canary);
        }
        await RestAsync(scripts, behind, token);
        // Whoever held a tenant may be done by now.
        var held = moving.ToList();
        moving.Clear();
        await RestAsync(scripts, held, token);
        return Report(places.Count);
    }

    FanoutReport Report(int places) => new(places, done, [.. failed.OrderBy(static each => each.Tenant, StringComparer.Ordinal)],
        [.. moving.Select(static place => place.Name).Order(StringComparer.Ordinal)], of - done);

    static void Known(IReadOnlyList<TenantPlace> places, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (places.All(place => place.Name != name))
                throw new ArgumentException($"there is no tenant `{name}` with a schema or database of its own");
        }
    }

    static void Refuse(PlaceScripts scripts)
    {
        foreach (var script in scripts.Schemas.Concat(scripts.Databases))
        {
            if (script.Refused.Count > 0)
                throw new ArgumentException($"{script.Migration.Name} cannot run in tenants' places: {script.Refused[0]}");
        }
    }

    // The smallest of each model: where a mistake does the least harm and shows soonest.
    async Task<IReadOnlyList<TenantPlace>> CanariesAsync(NpgsqlConnection home, IReadOnlyList<TenantPlace> behind, CancellationToken token)
    {
        if (behind.FirstOrDefault(place => place.Name == options.Canary) is { } named)
            return [named];
        var schemas = behind.Where(static place => place.IsSchema && !place.Moving).ToDictionary(static place => place.Place);
        var canaries = behind.Where(static place => !place.IsSchema && !place.Moving).Take(1).ToList();
        if (schemas.Count == 0)
            return canaries;
        await using var command = new NpgsqlCommand(Sizes.Text, home) { Parameters = { new() { Value = schemas.Keys.ToArray() } } };
        return await command.ExecuteScalarAsync(token) is string smallest ? [schemas[smallest], .. canaries] : canaries;
    }

    async Task<bool> FirstAsync(NpgsqlConnection home, PlaceScripts scripts, TenantPlace canary, CancellationToken token)
    {
        await using (var worker = new PlaceWorker(session, spec, options, scripts, alone))
            Settle(canary, await worker.BringUpAsync(canary, token));
        if (failed.IsEmpty && moving.IsEmpty)
        {
            await using var own = canary.IsSchema ? null
                : await session.Servers[canary.At.Server].OpenPlainAsync(canary.At.Database, token);
            if (await Structures.DifferenceAsync(spec, home, own ?? home, canary, token) is { } difference)
                failed.Add(new(canary.Name, canary.Place, scripts.For(canary, canary.Version).Last().Migration.Name,
                    $"it went first, and its structure is not home's now: {difference}; the others were left as they are"));
        }
        options.Fault?.Invoke("after the canary");
        return failed.IsEmpty || options.ContinueOnError;
    }

    async Task RestAsync(PlaceScripts scripts, List<TenantPlace> places, CancellationToken token)
    {
        if (places.Count == 0)
            return;
        var queue = new ConcurrentQueue<TenantPlace>(places);
        await Task.WhenAll(Enumerable.Range(0, Math.Clamp(options.Parallel, 1, places.Count)).Select(async _ =>
        {
            await using var worker = new PlaceWorker(session, spec, options, scripts, alone);
            while ((failed.IsEmpty || options.ContinueOnError) && !token.IsCancellationRequested && queue.TryDequeue(out var place))
                Settle(place, await worker.BringUpAsync(place, token));
        }));
        token.ThrowIfCancellationRequested();
    }

    public void Dispose() => alone.Dispose();

    void Settle(TenantPlace place, PlaceOutcome outcome)
    {
        if (outcome.Failure is { } failure)
            failed.Add(failure);
        else if (outcome.Moving)
            moving.Add(place);
        else
            Interlocked.Increment(ref done);
        // A tenth at a time, and what failed: a thousand lines tell no more.
        if (outcome.Failure is not null || done == of || done % Math.Max(1, of / 10) == 0)
            options.Progress?.Report(new(done, of, outcome.Failure is { } why ? $"{place.Name}: {why.Why}" : place.Name));
    }
}
