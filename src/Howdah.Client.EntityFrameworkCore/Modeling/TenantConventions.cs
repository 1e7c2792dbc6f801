using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace Howdah.Client.EntityFrameworkCore.Modeling;

/// <summary>
/// The tenant's property is filled in on insert, never changes, and stands in the predicate of every update and delete by key, so that
/// partitions are pruned and indexes that begin with it are used. All of this goes into compiled models.
/// </summary>
sealed class TenantConventions(TenantProperties properties) : IConventionSetPlugin, IModelFinalizingConvention
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        conventionSet.Add(this);
        return conventionSet;
    }

    public void ProcessModelFinalizing(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
    {
        foreach (var entity in modelBuilder.Metadata.GetEntityTypes())
        {
            if (entity.BaseType is not null || entity.IsOwned() || properties.Of(entity) is not IConventionProperty property)
                continue;
            property.Builder.HasValueGeneratorFactory(typeof(TenantIdFactory));
            property.Builder.AfterSave(PropertySaveBehavior.Throw);
            if (!property.IsPrimaryKey())
                property.Builder.IsConcurrencyToken(true);
        }
    }
}
