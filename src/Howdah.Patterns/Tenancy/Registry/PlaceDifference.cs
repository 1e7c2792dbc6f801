namespace Howdah.Patterns.Tenancy.Registry;

/// <summary>A place whose structure is not home's, though home's migrations ran there.</summary>
/// <param name="Tenant">The tenant's name.</param>
/// <param name="Place">The place's name.</param>
/// <param name="Difference">The first difference, in words.</param>
public sealed record PlaceDifference(string Tenant, string Place, string Difference)
{
    /// <summary>The code of a plan's note that tells of one.</summary>
    public const string Code = "HOW0641";
}
