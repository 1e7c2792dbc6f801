using System.Globalization;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Servers;

namespace Howdah.Engine.Planning;

/// <summary>Inspects and diffs every promise of an estate into one plan. Reads only, unless it may rehearse.</summary>
sealed class Planner(Estate estate, IReadOnlyDictionary<string, ServerAccess> servers, IReadOnlyList<Promise> promises, bool rehearse)
{
    internal async Task<Plan> PlanAsync(CancellationToken token)
    {
        using var fingerprint = new FingerprintBuilder();
        fingerprint.Append(estate.SpecHash);
        var steps = new List<Step>();
        var notes = new List<Diagnostic>();
        foreach (var server in servers.Values)
        {
            var facts = await server.ProbeAsync(token);
            fingerprint.Append($"{facts.Name} {facts.SystemIdentifier} {facts.Major}");
            await PlanDatabaseAsync(server, null, fingerprint, steps, notes, token);
            foreach (var database in estate.Databases.Where(database => database.Server == server.Name))
                await PlanDatabaseAsync(server, database, fingerprint, steps, notes, token);
        }
        return new(estate.Name, StepOrder.Sort([.. steps.OrderBy(static step => step.Work is not null)]), notes, fingerprint.Finish(),
            [.. servers.Values.Select(server => new PlanTarget(server.Name, server.Where, VersionText(server.Facts.Version)))]);
    }

    async Task PlanDatabaseAsync(ServerAccess server, DatabaseSpec? database, FingerprintBuilder fingerprint,
        List<Step> steps, List<Diagnostic> notes, CancellationToken token)
    {
        var mine = promises.Where(promise => promise.Target.Server.Name == server.Name && promise.Target.Database?.Name == database?.Name)
            .ToList();
        if (mine.Count == 0)
            return;
        await using var catalog = await CatalogOpener.OpenAsync(server, database?.Name, fingerprint, token);
        steps.AddRange(Memory.Steps(server.Name, database?.Name, catalog));
        foreach (var promise in mine)
        {
            var before = steps.Where(step => step.Server == server.Name && (step.Database is null || step.Database == database?.Name))
                .ToList();
            var workshop = rehearse ? new Workshop(server, Path.Combine(estate.StateFolder, "rehearsals"), before) : null;
            var delta = await promise.PlanAsync(catalog, workshop, token);
            steps.AddRange(delta.Steps);
            notes.AddRange(delta.Notes);
        }
    }

    static string VersionText(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 10000}.{version % 10000}");
}
