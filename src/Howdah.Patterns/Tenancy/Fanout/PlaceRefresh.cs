using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>What bringing tenants' databases up to home came to.</summary>
/// <param name="Shared">Tenants whose copies of shared tables were brought up.</param>
/// <param name="Grants">Tenants whose roles' privileges were brought up.</param>
/// <param name="Failed">Those of which something could not be brought up: what and why. One tenant may stand here twice, and here as well
/// as in another list.</param>
public sealed record PlaceRefresh(IReadOnlyList<string> Shared, IReadOnlyList<string> Grants, IReadOnlyList<PlaceDifference> Failed);
