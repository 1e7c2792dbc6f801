using System.Runtime.CompilerServices;
using Howdah.Engine.Applying;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Engine.Upkeep;

namespace Howdah.Engine;

/// <summary>An estate with its servers within reach.</summary>
public sealed class Session
{
    readonly IReadOnlyList<Promise> promises;

    internal Session(Estate estate, IReadOnlyList<Promise> promises, IReadOnlyDictionary<string, ServerAccess> servers, SecretStore secrets)
    {
        this.promises = promises;
        Estate = estate;
        Servers = servers;
        Secrets = secrets;
    }

    /// <summary>The estate.</summary>
    public Estate Estate { get; }

    /// <summary>Its servers by name.</summary>
    public IReadOnlyDictionary<string, ServerAccess> Servers { get; }

    /// <summary>Its secrets.</summary>
    public SecretStore Secrets { get; }

    /// <summary>The roles that can log in.</summary>
    public IReadOnlyList<Login> Logins => [.. promises.SelectMany(promise => promise.Logins()).Distinct()];

    /// <summary>What it needs again and again, in order of work.</summary>
    public IReadOnlyList<Chore> Chores => [.. promises.SelectMany(promise => promise.Chores())];

    /// <summary>Says what would change.</summary>
    /// <param name="rehearse">Whether patterns may try things on a scratch database; without it nothing at all is written.</param>
    /// <param name="token">Cancels.</param>
    public Task<Plan> PlanAsync(bool rehearse, CancellationToken token) => new Planner(Estate, Servers, promises, rehearse)
        .PlanAsync(token);

    /// <summary>Makes it so.</summary>
    public Task<ApplyResult> ApplyAsync(ApplyOptions options, CancellationToken token) => new Applier(this, options).RunAsync(token);

    /// <summary>Proves one thing in a database, with everything an arena gives.</summary>
    /// <param name="database">The database.</param>
    /// <param name="prove">Makes the attacks.</param>
    /// <param name="token">Cancels.</param>
    public async Task<T> ProveAsync<T>(DatabaseSpec database, Func<Arena, Task<T>> prove, CancellationToken token)
    {
        foreach (var each in Servers.Values)
            await each.ProbeAsync(token);
        var server = Servers[database.Server];
        using var fingerprint = new FingerprintBuilder();
        await using var catalog = await CatalogOpener.OpenAsync(server, database.Name, fingerprint, token);
        return await prove(new(new(Estate, Estate.Servers[database.Server], database), server, catalog, Servers));
    }

    /// <summary>Attacks the result through the front door.</summary>
    public IAsyncEnumerable<Finding> ProveAsync(CancellationToken token) => ProveAsync(null, token);

    /// <summary>Makes some attacks only: all where null.</summary>
    internal async IAsyncEnumerable<Finding> ProveAsync(Func<Attack, bool>? only, [EnumeratorCancellation] CancellationToken token)
    {
        foreach (var server in Servers.Values)
            await server.ProbeAsync(token);
        var origin = new Origin(Estate);
        foreach (var promise in promises.Where(promise => only is null || promise.Pattern.Attacks.Any(only)))
        {
            var server = Servers[promise.Target.Server.Name];
            using var fingerprint = new FingerprintBuilder();
            await using var catalog = await CatalogOpener.OpenAsync(server, promise.Target.Database?.Name, fingerprint, token);
            await foreach (var finding in promise.ProveAsync(
                new Arena(promise.Target, server, catalog, Servers) { Only = only }, token))
            {
                if (only?.Invoke(finding.Attack) == false)
                    continue;
                var found = finding with { Server = server.Name, Database = promise.Target.Database?.Name };
                yield return found.File is null && origin.Of(promise.Target, found.Pattern) is { } place
                    ? found with { File = place.File, Line = place.Line } : found;
            }
        }
    }
}
