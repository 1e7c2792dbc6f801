using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;

namespace Howdah.Client.EntityFrameworkCore;

/// <summary>The one call that makes a context a tenant's.</summary>
public static class HowdahDbContextOptionsExtensions
{
    /// <summary>
    /// Makes every command of the context run for its tenant, wherever that lives: queries, SaveChanges, ExecuteUpdate, ExecuteDelete and
    /// raw SQL, each with the tenant's context in the same round trip. <c>UseNpgsql</c> may stand before it for the provider's own
    /// settings; its connection string, if any, serves design time (migrations) only.
    /// </summary>
    public static DbContextOptionsBuilder UseHowdah(this DbContextOptionsBuilder builder, HowdahOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Options.FindExtension<NpgsqlOptionsExtension>() is null)
            builder.UseNpgsql();
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new HowdahOptionsExtension(options ?? new()));
        return builder;
    }

    /// <summary>Makes every command of the context run for its tenant.</summary>
    public static DbContextOptionsBuilder<TContext> UseHowdah<TContext>(this DbContextOptionsBuilder<TContext> builder,
        HowdahOptions? options = null) where TContext : DbContext
    {
        UseHowdah((DbContextOptionsBuilder)builder, options);
        return builder;
    }
}
