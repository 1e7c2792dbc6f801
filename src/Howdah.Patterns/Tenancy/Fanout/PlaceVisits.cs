using System.Collections.Concurrent;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tenancy.Sharing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>
/// Visits tenants' databases, several at once and each once: one connection, in which everything that may differ from home is compared
/// and what does is brought up, each part in a transaction of its own. What a visit did shows in the database, so that being cut off and
/// run again is nothing special. A database that cannot be visited keeps no other from its visit.
/// </summary>
static class PlaceVisits
{
    internal static async Task<PlaceRefresh> RunAsync(Session session, TenancySpec spec, NpgsqlConnection home, int parallel,
        CancellationToken token)
    {
        var places = await DatabaseStructures.CurrentAsync(spec, home, token);
        if (places.Count == 0)
            return new([], [], []);
        var rows = await SharedTables.SumsAsync(spec, home, token);
        var grants = await PlaceGrants.WantedAsync(spec, home, token);
        var (shared, granted, failed) = (new ConcurrentBag<string>(), new ConcurrentBag<string>(), new ConcurrentBag<PlaceDifference>());
        await Parallel.ForEachAsync(places, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = token },
            async (place, each) =>
            {
                try
                {
                    await using var inside = await session.Servers[place.At.Server].OpenPlainAsync(place.At.Database, each);
                    await PartAsync(place, "its copies of shared tables", shared,
                        () => SharedTables.BringUpAsync(session, spec, rows, inside, each));
                    await PartAsync(place, "the privileges of its role", granted,
                        () => PlaceGrants.BringUpAsync(spec, place, grants, inside, each));
                }
                catch (NpgsqlException cannot)
                {
                    failed.Add(new(place.Name, place.Place, $"it cannot be brought up: {PgErrors.Tell(cannot)}"));
                }
            });
        return new(Sorted(shared), Sorted(granted), [.. failed.OrderBy(static each => each.Tenant, StringComparer.Ordinal)
            .ThenBy(static each => each.Difference, StringComparer.Ordinal)]);

        // What one part is refused says nothing of the other; a connection that is gone does.
        async Task PartAsync(TenantPlace place, string what, ConcurrentBag<string> done, Func<Task<bool>> bringUp)
        {
            try
            {
                if (await bringUp())
                    done.Add(place.Name);
            }
            catch (Exception refused) when (refused is PostgresException or ArgumentException && !PgErrors.IsLost(refused))
            {
                failed.Add(new(place.Name, place.Place, $"{what} cannot be brought up: {PgErrors.Tell(refused)}"));
            }
        }
    }

    static IReadOnlyList<string> Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];
}
