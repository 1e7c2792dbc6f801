using Howdah.Client.EntityFrameworkCore.Binding;
using Howdah.Client.EntityFrameworkCore.Modeling;
using Howdah.Client.EntityFrameworkCore.Saving;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.Extensions.DependencyInjection;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace Howdah.Client.EntityFrameworkCore;

/// <summary>
/// What <c>UseHowdah</c> leaves in the options. Neither the tenant nor the accessor is part of what EF Core caches by: one model and one
/// set of compiled queries serve all tenants.
/// </summary>
sealed class HowdahOptionsExtension(HowdahOptions options) : IDbContextOptionsExtension
{
    ExtensionInfo? info;

    internal HowdahOptions Options => options;

    public DbContextOptionsExtensionInfo Info => info ??= new(this);

    public void ApplyServices(IServiceCollection services)
    {
        // The provider adds what is not there yet, and of several the last counts: either way these are taken.
        services.AddSingleton(new TenantProperties(options.TenantProperty, options.TenantColumn));
        services.AddScoped<ContextTenant>();
        services.AddScoped<IResettableService>(static inside => inside.GetRequiredService<ContextTenant>());
        services.AddScoped<INpgsqlRelationalConnection, TenantRelationalConnection>();
        services.AddScoped<IRelationalDatabaseCreator, TenantDatabaseCreator>();
        services.AddScoped<IDatabase, TenantDatabase>();
        services.AddScoped<IModificationCommandBatchFactory, TenantModificationBatches>();
        services.AddSingleton<IModelRuntimeInitializer, TenantModelInitializer>();
        services.AddScoped<IConventionSetPlugin, TenantConventions>();
    }

    public void Validate(IDbContextOptions options)
    {
    }

    sealed class ExtensionInfo(HowdahOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        HowdahOptions Options => ((HowdahOptionsExtension)Extension).Options;

        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "using Howdah ";

        public override int GetServiceProviderHashCode() => HashCode.Combine(Options.TenantProperty, Options.TenantColumn);

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is ExtensionInfo mine
            && mine.Options.TenantProperty == Options.TenantProperty && mine.Options.TenantColumn == Options.TenantColumn;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) =>
            debugInfo["Howdah:TenantProperty"] = Options.TenantProperty;
    }
}
