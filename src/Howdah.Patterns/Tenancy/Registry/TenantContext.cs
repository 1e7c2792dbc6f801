using Howdah.Engine.Files;

namespace Howdah.Patterns.Tenancy.Registry;

/// <summary>How a session says which tenant it serves.</summary>
public static class TenantContext
{
    /// <summary>The setting that carries the tenant in a database; null where no tenancy is declared.</summary>
    public static string? SettingOf(DatabaseSpec database) => database.Get(TenancySpec.Section)?.Context;

    /// <summary>The column that says whose a row is; null where no tenancy is declared.</summary>
    public static string? ColumnOf(DatabaseSpec database) => database.Get(TenancySpec.Section)?.Column;

    /// <summary>The first role that applications log in as; null where no tenancy is declared.</summary>
    public static string? ApplicationOf(DatabaseSpec database) => database.Get(TenancySpec.Section)?.Roles[0];

    /// <summary>The last tenant table declared, for a first look; null where no tenancy is declared.</summary>
    public static string? SampleTableOf(DatabaseSpec database) => database.Get(TenancySpec.Section)?.Tables[^1].Plain;
}
