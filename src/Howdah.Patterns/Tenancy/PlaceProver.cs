using System.Globalization;
using System.Runtime.CompilerServices;
using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Patterns.Tenancy.Attacks;
using Howdah.Patterns.Tenancy.Placing;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tenancy.Sparing;
using Npgsql;

namespace Howdah.Patterns.Tenancy;

/// <summary>Attacks places of tenants' own: all of them by catalogs in one query a server, some of them live through their own logins.
/// </summary>
static class PlaceProver
{
    /// <summary>How many tenants of each model attack live, unless one is named.</summary>
    const int Sample = 2;

    static readonly CatalogQuery Schemas = CatalogQuery.Load(typeof(PlaceAttacks), "schemas.sql");
    static readonly CatalogQuery Databases = CatalogQuery.Load(typeof(PlaceAttacks), "databases.sql");

    static readonly CatalogQuery Shelf = CatalogQuery.Load(typeof(SparesInspector), "shelf.sql");

    /// <summary>Proves all, or one tenant.</summary>
    internal static async IAsyncEnumerable<Finding> ProveAsync(TenancySpec spec, Arena arena, Guid? only,
        [EnumeratorCancellation] CancellationToken token)
    {
        var (all, unclear) = await TenantsAsync(spec, arena, token);
        var placed = all.Where(static tenant => tenant.Home.Place is not null && tenant.State != "creating").ToList();
        if (unclear is null)
            yield return await ClosedAsync(spec, arena, [.. all.Where(tenant => tenant.State != "active"
                || tenant.Home.Place is not null).Take(2 * Sample)], token);
        if (unclear is null && only is null)
        {
            await foreach (var finding in SparesAsync(spec, arena, token))
                yield return finding;
        }
        if (unclear is not null || placed.Count == 0)
        {
            foreach (var attack in PlaceAttacks.All.Where(attack => unclear is not null
                || attack != PlaceAttacks.Closed && attack != PlaceAttacks.Spares))
                yield return new(attack, TenancySpec.Key, spec.Database, unclear is null ? Verdict.Held : Verdict.Inconclusive,
                    unclear ?? "no tenant has a place of its own");
            yield break;
        }
        yield return await MakeAsync(PlaceAttacks.Schemas, spec.Database, () => arena.EnterAsAdminAsync(token), async bout =>
            Judged(await FaultsAsync(bout, Schemas, token, spec.Wanted.Tables.Select(static table => table.Name).ToArray(), spec.Group,
                spec.Owner, (object?)only ?? DBNull.Value)));
        var attacked = only is null ? placed : [.. placed.Where(tenant => tenant.Id == only)];
        foreach (var group in attacked.Where(static tenant => tenant.Home.Model == TenancyModel.Databases)
            .GroupBy(static tenant => tenant.Home.Server))
            yield return await MakeAsync(PlaceAttacks.Databases, group.Key, () => arena.EnterAsAdminAsync(group.Key, null, token),
                async bout =>
                Judged(await FaultsAsync(bout, Databases, token, [group.Select(static tenant => tenant.Home.Place!).ToArray()])));
        if (arena.Catalog.Secrets is not { } secrets)
            yield break;
        var key = TenantKey.Of(secrets, spec);
        foreach (var tenant in attacked.Where(static tenant => tenant.State == "active").GroupBy(static tenant => tenant.Home.Model)
            .SelectMany(static group => group.Take(Sample)))
        {
            var place = tenant.Home.Place!;
            var near = placed.Where(other => other.Id != tenant.Id && other.Home.Server == tenant.Home.Server).ToList();
            foreach (var (about, make) in PlaceAttacks.Live)
                yield return await MakeAsync(about, place, () => arena.EnterAsync(tenant.Home.Server, tenant.Home.Database, place,
                    key.PasswordOf(place), token), bout => make(new(spec, bout, tenant, [.. near.Where(other =>
                        other.Home.Database == tenant.Home.Database || tenant.Home.Model == TenancyModel.Databases).Take(Sample)
                        .Select(static other => other.Home.Place!)]), token));
            if (tenant.Home.Model == TenancyModel.Databases)
                yield return await KnockAsync(spec, arena, tenant, key, near, token);
        }
    }

    static async IAsyncEnumerable<Finding> SparesAsync(TenancySpec spec, Arena arena, [EnumeratorCancellation] CancellationToken token)
    {
        var facts = await SparesInspector.InspectAsync(arena.Catalog, await arena.Catalog.QueryAsync(Shelf, static row =>
            row.GetBoolean(0), token) is [true], token);
        foreach (var group in facts.All.Where(static spare => spare.Ready).GroupBy(spare => spare.Server ?? spec.Server))
            yield return await MakeAsync(PlaceAttacks.Spares, group.Key, () => arena.EnterAsAdminAsync(group.Key, null, token),
                async bout => await FaultsAsync(bout, Spare.Faults, token, group.Select(static spare => spare.Name).ToArray(), spec.Owner)
                    is { Count: > 0 } faults ? Outcome.Broken(string.Join("; ", faults), "howdah upkeep --once drops it and makes another")
                    : Outcome.Held("closed to everybody, and nobody was ever connected to them"));
        if (!facts.All.Any(static spare => spare.Ready))
            yield return new(PlaceAttacks.Spares, TenancySpec.Key, spec.Database, Verdict.Held, "no database waits for a tenant");
    }

    // The door: another tenant's role with its right password, and the application.
    static async Task<Finding> KnockAsync(TenancySpec spec, Arena arena, Tenant tenant, TenantKey key, List<Tenant> near,
        CancellationToken token)
    {
        var tried = new List<string>();
        foreach (var other in near.Take(Sample).Select(static other => other.Home.Place!))
        {
            try
            {
                await using var bout = await arena.EnterAsync(tenant.Home.Server, tenant.Home.Database, other, key.PasswordOf(other),
                    token);
                return new(PlaceAttacks.Door, TenancySpec.Key, tenant.Home.Place!, Verdict.Broken, $"{other} was let in",
                    $"REVOKE CONNECT ON DATABASE {tenant.Home.Database} FROM PUBLIC, {other}");
            }
            catch (PostgresException refusal) when (Stage.Denied(refusal))
            {
                tried.Add(other);
            }
            catch (NpgsqlException cannot)
            {
                return new(PlaceAttacks.Door, TenancySpec.Key, tenant.Home.Place!, Verdict.Inconclusive, Evidence.Of(cannot));
            }
        }
        foreach (var role in tenant.Home.Server == spec.Server ? spec.Wanted.Roles : [])
        {
            try
            {
                await using var bout = await arena.EnterAsync(role, tenant.Home.Database, token);
                return new(PlaceAttacks.Door, TenancySpec.Key, tenant.Home.Place!, Verdict.Broken, $"{role} was let in",
                    $"REVOKE CONNECT ON DATABASE {tenant.Home.Database} FROM PUBLIC, {role}");
            }
            catch (PostgresException refusal) when (Stage.Denied(refusal))
            {
                tried.Add(role);
            }
            catch (Exception cannot) when (cannot is NpgsqlException or LoginUnavailableException)
            {
                return new(PlaceAttacks.Door, TenancySpec.Key, tenant.Home.Place!, Verdict.Inconclusive, Evidence.Of(cannot));
            }
        }
        return new(PlaceAttacks.Door, TenancySpec.Key, tenant.Home.Place!, tried.Count > 0 ? Verdict.Held : Verdict.Inconclusive,
            tried.Count > 0 ? $"refused: {string.Join(", ", tried)}" : "there is nobody else to try it with");
    }

    static Task<Finding> ClosedAsync(TenancySpec spec, Arena arena, IReadOnlyList<Tenant> closed, CancellationToken token) =>
        MakeAsync(PlaceAttacks.Closed, spec.Database, () => arena.EnterAsync(spec.Wanted.Roles[0], token), async bout =>
        {
            foreach (var said in closed.SelectMany(static tenant => (string[])[tenant.Id.ToString(),
                tenant.Id.ToString().ToUpperInvariant()]))
            {
                await bout.ScalarAsync("select pg_catalog.set_config($1, $2, true)", token, spec.Wanted.Context, spec.Said(said));
                var (row, refusal) = await bout.TryAsync(inner => inner.ScalarAsync(Sql.Of(
                    $"select 1 from {spec.Wanted.Tables[0]} limit 1").ToString(), token), token);
                // Of an empty table the server asks nobody whose rows they are: then what the floor asks is asked itself.
                if (refusal is null && row is null)
                    (_, refusal) = await bout.TryAsync(inner => inner.ScalarAsync("select howdah.current_tenant()", token), token);
                if (refusal is null)
                    return Outcome.Broken($"{said} is served in rows at home",
                        "howdah apply: it makes howdah.current_tenant() and howdah.unless_closed() again");
                if (refusal.SqlState != Fence.State)
                    return Outcome.Unclear(Evidence.Of(refusal));
            }
            return Outcome.Held(closed.Count == 0 ? "every tenant is served at home" : "refused with HW001, in capital letters, too");
        });

    static async Task<(List<Tenant> Tenants, string? Unclear)> TenantsAsync(TenancySpec spec, Arena arena, CancellationToken token)
    {
        try
        {
            await using var bout = await arena.EnterAsAdminAsync(token);
            return ([.. await new TenantRegistry(bout.Connection, spec.Server).ListAsync(token)], null);
        }
        catch (NpgsqlException cannot)
        {
            return ([], Evidence.Of(cannot));
        }
    }

    static async Task<List<string>> FaultsAsync(Bout bout, CatalogQuery query, CancellationToken token, params object[] parameters) =>
        await LoginAttacks.TextsAsync(bout, query.Text, token, parameters);

    static Outcome Judged(List<string> faults) => faults.Count == 0 ? Outcome.Held("none found")
        : Outcome.Broken(string.Join("; ", faults.Take(5)) + (faults.Count > 5
            ? string.Create(CultureInfo.InvariantCulture, $"; {faults.Count - 5} more") : ""),
            "take the privilege away, or: howdah tenant suspend NAME, and move the tenant to a new place");

    static async Task<Finding> MakeAsync(Attack about, string target, Func<Task<Bout>> enter, Func<Bout, Task<Outcome>> make)
    {
        try
        {
            await using var bout = await enter();
            var outcome = await make(bout);
            return new(about, TenancySpec.Key, target, outcome.Verdict, outcome.Evidence, outcome.Fix);
        }
        catch (Exception cannot) when (cannot is NpgsqlException or LoginUnavailableException)
        {
            return new(about, TenancySpec.Key, target, Verdict.Inconclusive, Evidence.Of(cannot));
        }
    }
}
