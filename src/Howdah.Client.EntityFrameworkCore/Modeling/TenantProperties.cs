using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Howdah.Client.EntityFrameworkCore.Modeling;

/// <summary>Which property of an entity holds its tenant.</summary>
sealed class TenantProperties(string name, string column)
{
    /// <summary>The property; null for what all tenants share.</summary>
    internal IReadOnlyProperty? Of(IReadOnlyEntityType entity)
    {
        if (entity.FindProperty(name) is { } named && named.ClrType == typeof(Guid))
            return named;
        foreach (var property in entity.GetProperties())
        {
            if (property.ClrType == typeof(Guid) && property.GetColumnName() == column)
                return property;
        }
        return null;
    }
}
