using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>What bringing tenants' databases up to home came to.</summary>
/// <param name="Refreshed">Tenants whose databases were brought up.</param>
/// <param name="Failed">Those that could not be, and why.</param>
public sealed record PlaceRefresh(IReadOnlyList<string> Refreshed, IReadOnlyList<PlaceDifference> Failed)
{
    /// <summary>Goes through databases, one after the other.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="places">Which.</param>
    /// <param name="refresh">Brings one up, by a connection to it as the role that applies; whether there was something to do.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task<PlaceRefresh> EachAsync(Session session, IReadOnlyList<TenantPlace> places,
        Func<TenantPlace, NpgsqlConnection, Task<bool>> refresh, CancellationToken token)
    {
        var (refreshed, failed) = (new List<string>(), new List<PlaceDifference>());
        foreach (var place in places)
        {
            try
            {
                await using var inside = await session.Servers[place.At.Server].OpenAdminAsync(place.At.Database, token);
                if (await refresh(place, inside))
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
