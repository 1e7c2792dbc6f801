using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Sharing;

/// <summary>What bringing copies of shared tables up came to.</summary>
/// <param name="Refreshed">Tenants whose copies were brought up.</param>
/// <param name="Failed">Those that could not be, and why.</param>
public sealed record SharedRefresh(IReadOnlyList<string> Refreshed, IReadOnlyList<PlaceDifference> Failed)
{
    internal static async Task<SharedRefresh> RunAsync(Session session, TenancySpec spec, NpgsqlConnection home, CancellationToken token)
    {
        var (refreshed, failed) = (new List<string>(), new List<PlaceDifference>());
        if (spec.Wanted.Shared.Count == 0)
            return new(refreshed, failed);
        var places = await DatabaseStructures.CurrentAsync(spec, home, token);
        var wanted = places.Count == 0 ? [] : await SharedTables.SumsAsync(spec, home, token);
        foreach (var place in places)
        {
            try
            {
                await using var inside = await session.Servers[place.At.Server].OpenAdminAsync(place.At.Database, token);
                var different = SharedTables.Different(spec, wanted, await SharedTables.SumsAsync(spec, inside, token));
                if (different.Count == 0)
                    continue;
                await SharedTables.RefreshAsync(spec, home, inside, different, token);
                refreshed.Add(place.Name);
            }
            catch (Exception cannot) when (cannot is NpgsqlException or ArgumentException)
            {
                failed.Add(new(place.Name, place.Place, cannot is NpgsqlException lost ? PgErrors.Tell(lost) : cannot.Message));
            }
        }
        return new(refreshed, failed);
    }
}
