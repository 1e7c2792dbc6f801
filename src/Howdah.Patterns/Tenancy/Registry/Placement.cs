namespace Howdah.Patterns.Tenancy.Registry;

/// <summary>How a tenant is kept apart from the others.</summary>
public enum TenancyModel
{
    /// <summary>One set of tables, rows told apart by a column, kept apart by row-level security.</summary>
    Rows,
    /// <summary>A schema of its own in the home database, kept apart by privileges.</summary>
    Schemas,
    /// <summary>A database of its own, kept apart by CONNECT.</summary>
    Databases,
}

/// <summary>Where a tenant's tables are.</summary>
/// <param name="Model">How it is kept apart.</param>
/// <param name="Server">The server's name in the estate.</param>
/// <param name="Database">The database: home's, or the tenant's own.</param>
/// <param name="Place">The name of its schema or database, which is its role's name, too; null for rows.</param>
public sealed record Placement(TenancyModel Model, string Server, string Database, string? Place);

/// <summary>Something that was done to a tenant.</summary>
/// <param name="At">When.</param>
/// <param name="By">The role that did it.</param>
/// <param name="Action">What.</param>
/// <param name="Detail">More of it, as JSON.</param>
public sealed record TenantEvent(DateTimeOffset At, string By, string Action, string Detail);

/// <summary>A tenant.</summary>
/// <param name="Id">Its opaque id: what stands in the tenant column.</param>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>creating</c>, <c>active</c>, <c>suspended</c>, <c>fenced</c> or <c>erasing</c>.</param>
/// <param name="Home">Where it lives.</param>
/// <param name="Epoch">Counts the changes of state and placement, so that a client sees that what it knows is old.</param>
public sealed record Tenant(Guid Id, string Name, string State, Placement Home, long Epoch);
