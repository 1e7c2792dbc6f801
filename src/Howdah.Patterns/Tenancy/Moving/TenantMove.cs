using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Patterns.Tenancy.Fanout;
using Howdah.Patterns.Tenancy.Registry;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>Moves tenants between rows, schemas and databases while they are read and written.</summary>
public static class TenantMove
{
    /// <summary>Moves a tenant. Nothing is done where it lives there already.</summary>
    /// <param name="session">The estate.</param>
    /// <param name="database">The home database.</param>
    /// <param name="name">The tenant.</param>
    /// <param name="to">The model it is to have.</param>
    /// <param name="server">The server of its database; the one that holds the fewest where null.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; before the switch the tenant stays where it is.</param>
    /// <exception cref="MoveException">It cannot be moved; the sentence says why.</exception>
    public static Task<MoveResult> StartAsync(Session session, DatabaseSpec database, string name, TenancyModel to, string? server,
        MoveOptions options, CancellationToken token) => LockedAsync(session, database, name, options, async (spec, home, tenant) =>
    {
        if (await MoveWork.FindAsync(home, tenant.Id, token) is { } open)
            throw new MoveException($"a move of {name} is under way ({open.Step.Word()}) and nobody works at it: "
                + $"howdah tenant move {name} --resume finishes it, --abort takes it back");
        if (tenant.State != "active")
            throw new MoveException($"{name} is {tenant.State}; a tenant is moved while it is active: howdah tenant resume {name}");
        var goal = Places.Goal(session, spec, to, server);
        if (tenant.Home.Model == to && (to != TenancyModel.Databases || tenant.Home.Server == goal))
            return new MoveResult(name, tenant.Id, "there", tenant.Home, tenant.Home, 0, 0, null, true);
        var place = await Places.NameAsync(session, spec, home, to, goal, token);
        var mover = new Mover(session, spec, tenant, options);
        var problems = await mover.ProblemsAsync(new(default, tenant.Id, MoveStep.Placing, tenant.Home, place), token);
        if (problems.Count > 0)
            throw new MoveException(string.Join("\n", problems));
        var work = await MoveWork.BeginAsync(home, tenant.Id, tenant.Home, place, token);
        options.Fault?.Invoke("begun");
        return await mover.GoAsync(work, token);
    }, token);

    /// <summary>Finishes a move that was cut off, from the step that it had come to.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static Task<MoveResult> ResumeAsync(Session session, DatabaseSpec database, string name, MoveOptions options,
        CancellationToken token) => LockedAsync(session, database, name, options, async (spec, home, tenant) =>
            await new Mover(session, spec, tenant, options).GoAsync(await OpenAsync(home, tenant, token), token), token);

    /// <summary>Takes back a move that has not switched: the tenant is served where it was, and nothing of the move is left.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static Task<MoveResult> AbortAsync(Session session, DatabaseSpec database, string name, MoveOptions options,
        CancellationToken token) => LockedAsync(session, database, name, options, async (spec, home, tenant) =>
            await new Mover(session, spec, tenant, options).AbortAsync(await OpenAsync(home, tenant, token), token), token);

    static async Task<MoveWork> OpenAsync(NpgsqlConnection home, Tenant tenant, CancellationToken token) =>
        await MoveWork.FindAsync(home, tenant.Id, token)
            ?? throw new MoveException($"no move of {tenant.Name} is under way: see howdah tenant list");

    // The lock is the session's: whoever is killed lets go of it.
    static async Task<MoveResult> LockedAsync(Session session, DatabaseSpec database, string name, MoveOptions options,
        Func<TenancySpec, NpgsqlConnection, Tenant, Task<MoveResult>> work, CancellationToken token)
    {
        var spec = TenancySpec.Of(database) ?? throw new MoveException($"database {database.Name} declares no tenancy");
        await using var home = await session.Servers[spec.Server].OpenPlainAsync(spec.Database, token);
        var registry = new TenantRegistry(home, spec.Server);
        var found = await registry.FindAsync(name, token)
            ?? throw new MoveException($"there is no tenant {name}: howdah tenant list shows who there is");
        // A session that was just killed lets go of its lock in a moment.
        for (var attempt = 1; !await TenantLock.TryAsync(home, found.Id, token); attempt++)
        {
            if (attempt == 20)
                throw new MoveException($"somebody else is at work on {name} right now: wait until that has ended");
            await Task.Delay(TimeSpan.FromMilliseconds(100), options.Time, token);
        }
        try
        {
            // As it is now that nobody else can change it.
            return await work(spec, home, (await registry.FindAsync(found.Id, token))!);
        }
        finally
        {
            if (home.State == System.Data.ConnectionState.Open)
                await TenantLock.ReleaseAsync(home, found.Id, CancellationToken.None);
        }
    }
}
