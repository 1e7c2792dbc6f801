using Howdah.Patterns.Tenancy.Registry;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>A tenant's place and how far it is.</summary>
/// <param name="Tenant">The tenant's id.</param>
/// <param name="Name">The tenant's name.</param>
/// <param name="At">Where it is.</param>
/// <param name="Version">The last migration that ran there; empty where none did.</param>
/// <param name="Moving">Whether work on the tenant is under way.</param>
/// <param name="Served">Whether it is served; one that is suspended has no privileges.</param>
sealed record TenantPlace(Guid Tenant, string Name, Placement At, string Version, bool Moving = false, bool Served = true)
{
    /// <summary>The name of its schema or database, and of its role.</summary>
    internal string Place => At.Place!;

    internal bool IsSchema => At.Model == TenancyModel.Schemas;
}
