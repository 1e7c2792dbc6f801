using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace Howdah.Client.EntityFrameworkCore;

/// <summary>
/// Runs again what nothing is kept of, where the tenant had moved or was fenced: SaveChanges, and units of work given to
/// <c>CreateExecutionStrategy().ExecuteAsync(…)</c>. Also the provider's own transient failures.
/// </summary>
/// <remarks><c>UseNpgsql(npgsql => npgsql.ExecutionStrategy(d => new TenantExecutionStrategy(d)))</c></remarks>
public sealed class TenantExecutionStrategy : ExecutionStrategy
{
    /// <summary>Makes it.</summary>
    public TenantExecutionStrategy(ExecutionStrategyDependencies dependencies, int maxRetryCount = 6, TimeSpan? maxRetryDelay = null)
        : base(dependencies, maxRetryCount, maxRetryDelay ?? TimeSpan.FromSeconds(5))
    {
    }

    /// <inheritdoc/>
    protected override bool ShouldRetryOn(Exception exception) =>
        exception is TenantException { IsTransient: true } || NpgsqlTransientExceptionDetector.ShouldRetryOn(exception);

    /// <inheritdoc/>
    /// <remarks>At once where the tenant is known to be elsewhere: there is nothing to wait for.</remarks>
    protected override TimeSpan? GetNextDelay(Exception lastException) =>
        base.GetNextDelay(lastException) is { } delay ? lastException is TenantMovedException ? TimeSpan.Zero : delay : null;
}
