using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Moving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Leaves;

/// <summary>
/// Makes and drops one tenant's leaves. For that the tables' locks are needed for a moment: each try waits a short time, so that nobody
/// queues behind it for long.
/// </summary>
static class TenantLeaves
{
    const int Tries = 60;

    /// <summary>Makes those that are missing; nothing where tables are not partitioned.</summary>
    internal static Task MakeAsync(TenancySpec spec, NpgsqlConnection home, Guid tenant, CancellationToken token) =>
        WithLocksAsync(spec, home, Sql.Of($"select howdah.make_leaves({new Literal(tenant.ToString())})"), token);

    /// <summary>Drops them; they must be empty.</summary>
    internal static Task DropAsync(TenancySpec spec, NpgsqlConnection home, Guid tenant, CancellationToken token) =>
        WithLocksAsync(spec, home, Sql.Of($"select howdah.drop_leaves({new Literal(tenant.ToString())})"), token);

    static async Task WithLocksAsync(TenancySpec spec, NpgsqlConnection home, Sql statement, CancellationToken token)
    {
        if (!spec.Wanted.Partitioned)
            return;
        for (var attempt = 1; ; attempt++)
        {
            await using var transaction = await home.BeginTransactionAsync(token);
            try
            {
                await home.RunAsync(Sql.Of($"set local lock_timeout = {new Literal("300ms")}"), token);
                await home.RunAsync(statement, token);
                await transaction.CommitAsync(token);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected
                && attempt < Tries)
            {
                await transaction.RollbackAsync(token);
            }
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1000, 50 * attempt)), TimeProvider.System, token);
        }
    }
}
