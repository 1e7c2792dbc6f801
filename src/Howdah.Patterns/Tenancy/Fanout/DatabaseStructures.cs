using System.Collections.Concurrent;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Patterns.Tenancy.Blueprint;
using Howdah.Patterns.Tenancy.Registry;
using Howdah.Patterns.Tenancy.Sharing;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>Compares tenants' databases with home, a few at a time, each by one hash.</summary>
static class DatabaseStructures
{
    const int Parallel = 4;

    internal static async Task<IReadOnlyList<PlaceDifference>> DifferentAsync(Session session, TenancySpec spec, NpgsqlConnection home,
        CancellationToken token)
    {
        var places = await CurrentAsync(spec, home, token);
        if (places.Count == 0)
            return [];
        var shared = await SharedTables.SumsAsync(spec, home, token);
        var wanted = await Structures.ReadAsync(home, Structures.AtHome(spec, objects: false), token);
        var grants = await Structure.GrantsAsync(spec, spec.Wanted.Roles, home, token);
        var found = new ConcurrentBag<PlaceDifference>();
        await System.Threading.Tasks.Parallel.ForEachAsync(places,
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = token },
            async (place, each) =>
            {
                try
                {
                    await using var inside = await session.Servers[place.At.Server].OpenPlainAsync(place.At.Database, each);
                    var seen = await Structures.ReadAsync(inside, Structures.InDatabase(spec, place, objects: false), each);
                    if (SharedTables.Different(spec, shared, await SharedTables.SumsAsync(spec, inside, each)) is [var copy, ..])
                        found.Add(new(place.Name, place.Place,
                            $"its copy of the shared table {copy.Plain} has other rows: howdah apply brings it up"));
                    var may = PlaceGrants.Difference(grants, await Structure.GrantsAsync(spec, [place.Place], inside, each));
                    if (may is not null)
                        found.Add(new(place.Name, place.Place, $"{may}: howdah apply brings it up"));
                    if (seen.SequenceEqual(wanted))
                        return;
                    await using var beside = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, each);
                    if (await Structures.DifferenceAsync(spec, beside, inside, place, each) is { } difference
                        && !(may is not null && difference.StartsWith("privileges ", StringComparison.Ordinal)))
                        found.Add(new(place.Name, place.Place, difference));
                }
                catch (NpgsqlException cannot)
                {
                    found.Add(new(place.Name, place.Place, $"it cannot be asked: {PgErrors.Tell(cannot)}"));
                }
            });
        return [.. found.OrderBy(static each => each.Tenant, StringComparer.Ordinal)];
    }

    /// <summary>Databases that are served and at home's version.</summary>
    internal static async Task<IReadOnlyList<TenantPlace>> CurrentAsync(TenancySpec spec, NpgsqlConnection home, CancellationToken token)
    {
        var migrations = await PlaceVersions.AtHomeAsync(home, token);
        return [.. (await PlaceVersions.ReadAsync(spec, home, token)).Where(place =>
            place is { IsSchema: false, Moving: false, Served: true }
            && migrations is [.., var last] && place.Version == last.Name)];
    }
}
