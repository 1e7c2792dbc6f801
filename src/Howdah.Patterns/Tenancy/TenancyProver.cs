using System.Runtime.CompilerServices;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Attacks;
using Howdah.Patterns.Tenancy.Placing;
using Npgsql;

namespace Howdah.Patterns.Tenancy;

/// <summary>Makes every attack: each login on each table, with two tenants that both have rows there.</summary>
static class TenancyProver
{
    static readonly IReadOnlyList<Staged> OnTables = [.. ReadAttacks.All, .. WriteAttacks.All];
    static readonly IReadOnlyList<(Attack About, Func<TenancySpec, Bout, CancellationToken, Task<Outcome>> MakeAsync)> OnDatabase =
        [.. LoginAttacks.All, .. SurroundingAttacks.All, .. ForgeAttacks.All];

    internal static IReadOnlyList<Attack> Attacks { get; } =
    [
        .. OnTables.Select(each => each.About), .. OnDatabase.Select(each => each.About),
            .. OwnerAttacks.OnTables.Select(each => each.About),
        .. PlaceAttacks.All, OwnerAttacks.Registry.About, OwnerAttacks.Newborn.About, .. CatalogAttacks.All.Select(each => each.About),
    ];

    internal static async IAsyncEnumerable<Finding> ProveAsync(TenancySpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        await foreach (var finding in AllAsync(spec, arena, token))
        {
            if (finding is not null)
                yield return finding;
        }
    }

    // Null for an attack that nobody asked for.
    static async IAsyncEnumerable<Finding?> AllAsync(TenancySpec spec, Arena arena, [EnumeratorCancellation] CancellationToken token)
    {
        if (spec.Wanted.Signed && arena.Catalog.Secrets is { } secrets)
        {
            // For as long as the proof may take; any backend, for each attack has one of its own.
            var (key, expiry) = (TenantKey.Of(secrets, spec), TimeProvider.System.GetUtcNow().AddHours(4));
            spec = spec with
            {
                Said = tenant => key.Sign(tenant, expiry, 0),
                Forged = (tenant, how) => how == ForgedContext.Expired ? key.Sign(tenant, DateTimeOffset.UnixEpoch.AddDays(1), 0)
                    : key.Sign(tenant, expiry, 1),
            };
        }
        var pairs = await TenantPairs.FindAsync(spec, arena, token);
        foreach (var (about, query, fix) in CatalogAttacks.All)
            yield return await AsAdminAsync(about, spec.Database, arena, bout => CatalogAttacks.MakeAsync(spec, bout, query, fix, token),
                token);
        yield return await AsAdminAsync(OwnerAttacks.Registry.About, spec.Database, arena, bout =>
            OwnerAttacks.Registry.MakeAsync(spec, bout, token), token);
        foreach (var table in spec.Wanted.Tables)
        {
            foreach (var (about, make) in OwnerAttacks.OnTables)
                yield return pairs.TryGetValue(table, out var pair)
                    ? await AsAdminAsync(about, table.Plain, arena, bout => make(spec, bout, table, pair.A, pair.B, token), token)
                    : Unstaged(about, table.Plain);
        }
        if (PlaceAttacks.All.Any(arena.Wants))
        {
            await foreach (var finding in PlaceProver.ProveAsync(spec, arena, null, token))
                yield return finding;
        }
        foreach (var login in arena.Logins)
        {
            yield return await AsAdminAsync(OwnerAttacks.Newborn.About, login, arena, bout =>
                OwnerAttacks.Newborn.MakeAsync(spec, bout, login, token), token);
            foreach (var (about, make) in OnDatabase)
                yield return await AsLoginAsync(spec, about, login, login, arena, bout => make(spec, bout, token), token);
            foreach (var table in spec.Wanted.Tables)
            {
                foreach (var staged in OnTables)
                    yield return pairs.TryGetValue(table, out var pair)
                        ? await AsLoginAsync(spec, staged.About, $"{table.Plain} as {login}", login, arena,
                            bout => staged.MakeAsync(new(spec, bout, table, pair.A, pair.B), token), token)
                        : Unstaged(staged.About, $"{table.Plain} as {login}");
            }
        }
    }

    static Finding Unstaged(Attack about, string target) =>
        new(about, TenancySpec.Key, target, Verdict.Inconclusive, "there are no two tenants with rows in this table to try it with");

    static Task<Finding?> AsLoginAsync(
        TenancySpec spec, Attack about, string target, string login, Arena arena, Func<Bout, Task<Outcome>> make,
            CancellationToken token) =>
        MakeAsync(arena, about, target, () => arena.EnterAsync(login, token), make, attacker: true,
            shut: !spec.Wanted.Roles.Contains(login));

    static Task<Finding?> AsAdminAsync(Attack about, string target, Arena arena, Func<Bout, Task<Outcome>> make,
        CancellationToken token) =>
        MakeAsync(arena, about, target, () => arena.EnterAsAdminAsync(token), make, attacker: false, shut: false);

    // A login that is not the application's may be shut out of the database: that is a refusal. The application's own login being shut out
    // means
    // that the attack was never staged, and so does a privilege that the role that applies lacks for setting the stage.
    static async Task<Finding?> MakeAsync(Arena arena, Attack about, string target, Func<Task<Bout>> enter,
        Func<Bout, Task<Outcome>> make, bool attacker, bool shut)
    {
        if (!arena.Wants(about))
            return null;
        var inside = false;
        try
        {
            await using var bout = await enter();
            inside = true;
            var outcome = await make(bout);
            return new(about, TenancySpec.Key, target, outcome.Verdict, outcome.Evidence, outcome.Fix);
        }
        catch (PostgresException refusal) when (attacker && Stage.Denied(refusal) && (inside || shut))
        {
            return new(about, TenancySpec.Key, target, Verdict.Held, refusal.MessageText);
        }
        catch (Exception cannot) when (cannot is NpgsqlException or LoginUnavailableException)
        {
            return new(about, TenancySpec.Key, target, Verdict.Inconclusive, Evidence.Of(cannot));
        }
    }
}
