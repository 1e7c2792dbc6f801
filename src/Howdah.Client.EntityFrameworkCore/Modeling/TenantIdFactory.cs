using System.ComponentModel;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.ValueGeneration;

namespace Howdah.Client.EntityFrameworkCore;

/// <summary>Fills in the tenant of an entity that is added without one. Public because compiled models name it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TenantIdFactory : ValueGeneratorFactory
{
    /// <inheritdoc/>
    public override ValueGenerator Create(IProperty property, ITypeBase typeBase) => new TenantId();

    sealed class TenantId : ValueGenerator<Guid>
    {
        public override bool GeneratesTemporaryValues => false;

        // The same for all of a context: an entity that came without one is not taken for a new one because of that.
        public override bool GeneratesStableValues => true;

        public override Guid Next(EntityEntry entry) => entry.Context.GetTenant().Id;
    }
}
