using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>
/// What the registry at home is told: that the tenant waits, that it is served again, that it is served elsewhere. Each is one transaction
/// together with the fence's body and the move's own step, so that nobody sees one without the others.
/// </summary>
/// <param name="home">A connection to the home database.</param>
/// <param name="spec">The tenancy.</param>
/// <param name="open">Opens another one, where this one is lost.</param>
sealed class Crossing(NpgsqlConnection home, TenancySpec spec, Func<CancellationToken, Task<NpgsqlConnection>> open) : IAsyncDisposable
{
    /// <summary>The same over a new connection.</summary>
    internal async Task<Crossing> AnewAsync(CancellationToken token) => new(await open(token), spec, open);

    /// <summary>How far the move is.</summary>
    internal async Task<MoveWork> ReadAsync(MoveWork work, CancellationToken token) =>
        await MoveWork.FindAsync(home, work.Tenant, token) ?? work;

    /// <summary>Keeps migrations out until this connection closes: by the lock that every apply takes.</summary>
    internal async Task KeepMigrationsOutAsync(string estate, MoveOptions options, CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        while (!await home.OneAsync<bool>(Sql.Of(
            $"select pg_catalog.pg_try_advisory_lock({EstateLock.ClassId}, {EstateLock.KeyOf(estate)})"), token))
        {
            if (options.Time.GetElapsedTime(began) > options.CatchUpPatience)
                throw new MoveException($"an apply of `{estate}` has been under way for too long: run --resume when it has ended");
            await Task.Delay(TimeSpan.FromMilliseconds(200), options.Time, token);
        }
    }

    public ValueTask DisposeAsync() => home.DisposeAsync();

    /// <summary>The tenant is refused from now on; who wrote before has to be waited for.</summary>
    internal Task<MoveWork> FenceAsync(MoveWork work, CancellationToken token) => InOneAsync(work, MoveStep.Fenced, "fence", Sql.Of($"""
        update howdah.tenants set state = 'fenced', epoch = epoch + 1
        where id = {new Literal(work.Tenant.ToString())} and state = 'active'
        """), token);

    /// <summary>The tenant is served again where it was.</summary>
    internal Task<MoveWork> LiftAsync(MoveWork work, MoveStep next, CancellationToken token) => InOneAsync(work, next, "unfence",
        Sql.Of($"""
        update howdah.tenants set state = 'active', epoch = epoch + 1
        where id = {new Literal(work.Tenant.ToString())} and state = 'fenced'
        """), token);

    /// <summary>The tenant is served in its new place.</summary>
    internal Task<MoveWork> SwitchAsync(MoveWork work, CancellationToken token) => InOneAsync(work, MoveStep.Switched, "move", Sql.Of($"""
        update howdah.tenants set state = 'active', epoch = epoch + 1, model = {new Literal(TenantRegistry.NameOf(work.To.Model))},
          server = {new Literal(work.To.Server == spec.Server ? null : work.To.Server)}, place = {new Literal(work.To.Place)}
        where id = {new Literal(work.Tenant.ToString())} and state = 'fenced'
        """), token);

    async Task<MoveWork> InOneAsync(MoveWork work, MoveStep next, string action, Sql change, CancellationToken token)
    {
        await using var transaction = await home.BeginTransactionAsync(token);
        if (await home.RunAsync(change, token) != 1)
            throw new MoveException(
                "the tenant's state was changed by somebody else while it was being moved: see howdah tenant show, then "
                + "howdah tenant move --resume or --abort");
        await home.RunAsync(Fence.Lay(spec), token);
        var stepped = await work.StepAsync(home, next, token);
        await work.NoteAsync(home, action, token);
        await transaction.CommitAsync(token);
        return stepped;
    }
}
