using Howdah.Client.EntityFrameworkCore.Binding;
using Howdah.Client.EntityFrameworkCore.Modeling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace Howdah.Client.EntityFrameworkCore.Saving;

/// <summary>
/// Looks at what is to be saved before the first statement is sent: all of it is the context's tenant's. The database would refuse it,
/// too; here the mistake has a name.
/// </summary>
sealed class TenantDatabase(DatabaseDependencies dependencies, RelationalDatabaseDependencies relationalDependencies, ContextTenant tenant,
    TenantProperties properties) : RelationalDatabase(dependencies, relationalDependencies)
{
    public override int SaveChanges(IList<IUpdateEntry> entries)
    {
        Check(entries);
        return base.SaveChanges(entries);
    }

    public override Task<int> SaveChangesAsync(IList<IUpdateEntry> entries, CancellationToken cancellationToken = default)
    {
        Check(entries);
        return base.SaveChangesAsync(entries, cancellationToken);
    }

    void Check(IList<IUpdateEntry> entries)
    {
        if (tenant.AtDesignTime)
            return;
        var id = tenant.Tenant.Id;
        IEntityType? type = null;
        IProperty? property = null;
        foreach (var entry in entries)
        {
            if (entry.EntityType != type)
            {
                type = entry.EntityType;
                property = type.IsOwned() ? null : properties.Of(type) as IProperty;
            }
            if (property is null)
                continue;
            var now = (Guid)entry.GetCurrentValue(property)!;
            var before = entry.EntityState == EntityState.Added ? now : (Guid)entry.GetOriginalValue(property)!;
            if (now != id || before != id)
                throw new ForeignTenantException(type.DisplayName(), property.Name, now == Guid.Empty || before == Guid.Empty);
        }
    }
}
