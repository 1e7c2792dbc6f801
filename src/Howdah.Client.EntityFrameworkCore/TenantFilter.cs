namespace Howdah.Client.EntityFrameworkCore;

/// <summary>The query filter that entities with a tenant get.</summary>
public static class TenantFilter
{
    /// <summary>
    /// Its name, for <c>IgnoreQueryFilters([TenantFilter.Name])</c>: the statement loses its predicate and keeps its tenant, because the
    /// database holds that.
    /// </summary>
    public const string Name = "Howdah.Tenant";
}
