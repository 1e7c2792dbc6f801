using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Pooled;

/// <summary>Where attacks through a pooler are made: one client leaves something, the next is brought to where it was and looks.</summary>
sealed class Stage(Pool pool, Surface surface, PoolerOptions options, Mark mark)
{
    internal Pool Pool => pool;
    internal Surface Surface => surface;
    internal PoolerOptions Options => options;
    internal Mark Mark => mark;

    /// <summary>Makes the attack. Nothing stays of it, also where it is given up half way.</summary>
    internal async Task<Finding> RunAsync(Residue residue, CancellationToken token)
    {
        Backend? left = null;
        var first = await pool.OpenAsync(token);
        try
        {
            if (await first.BeginAsync(token) is not { } home)
                return Say(residue.Attack, Verdict.Inconclusive, "the pooler had no server connection to give");
            if (residue.Before is not null && await residue.Before(first, token) is { } hindrance)
            {
                await first.RollbackAsync(token);
                return Say(residue.Attack, hindrance.Verdict, hindrance.Why);
            }
            try
            {
                await first.RunAsync(residue.Deed, token);
                left = home;
                await first.CommitAsync(token);
            }
            catch (PostgresException refusal)
            {
                // What the application may not do, no client can leave for the next.
                left = null;
                await first.RollbackAsync(token);
                return Say(residue.Attack, Forbidden(refusal) ? Verdict.Held : Verdict.Inconclusive,
                    $"{pool.Role} was refused: {Evidence.Of(refusal)}");
            }
            if (pool.Sharing == Sharing.InTurn)
                await first.DisposeAsync();
            var reached = await pool.ReachAsync(home, token);
            if (reached.Gone)
                left = null;
            if (reached.Client is not { } next)
                return Unreached(residue.Attack, reached.Gone);
            await using (next)
            {
                if (residue.Between is not null)
                {
                    await next.RunAsync(residue.Between, token);
                    await next.CommitAsync(token);
                    if (await next.BeginAsync(token) != home)
                    {
                        await next.RollbackAsync(token);
                        return Unreached(residue.Attack, false);
                    }
                }
                var (found, refusal) = await next.TryAsync(() => next.AskAsync<bool>(residue.Look, token), token);
                if (refusal is not null && !residue.Absent.Contains(refusal.SqlState))
                    return Say(residue.Attack, Verdict.Inconclusive, Evidence.Of(refusal));
                if (!found)
                {
                    await next.CommitAsync(token);
                    left = null;
                    return Say(residue.Attack, Verdict.Held, "the next client on the same server connection found nothing");
                }
                var seen = residue.Further is null ? residue.Found : await residue.Further(next, token);
                if (residue.Sequel is not null && pool.Sharing == Sharing.Interleaved)
                    return Leak(residue, seen + await residue.Sequel(first, next, home, token));
                await CleanAsync(residue, next, token);
                left = null;
                return Leak(residue, seen);
            }
        }
        finally
        {
            await first.DisposeAsync();
            if (left is { } place)
                await CleanUpAsync(residue, place);
        }
    }

    /// <summary>What a leak is: nothing to fear for an application that keeps nothing in its sessions, else a break.</summary>
    internal Finding Leak(Residue residue, string seen) =>
        Leak(residue.Attack, seen, residue.Bearable, residue.Script, residue.Fix);

    /// <inheritdoc cref="Leak(Residue, string)"/>
    internal Finding Leak(Attack attack, string seen, bool bearable, string script, string? fix = null)
    {
        var lived = bearable && options.TransactionScopedOnly;
        return Say(attack, lived ? Verdict.Residual : Verdict.Broken, $"another client, on the same server connection, {seen}",
            lived ? Fixes.Live : fix ?? (pool.Sharing == Sharing.InTurn ? Fixes.InTurn : Fixes.Interleaved)) with { Statement = script };
    }

    internal Finding Unreached(Attack attack, bool gone) => gone
        ? Say(attack, Verdict.Held, "the server connection was ended behind the client: nobody gets what was left there")
        : Say(attack, Verdict.Inconclusive, $"no client got to the same server connection in time ({options.Clients} clients, "
            + "several tries): the pool is busy, or too large; try when it is quiet, or at a pool of size 1");

    internal Finding Say(Attack attack, Verdict verdict, string evidence, string? fix = null) =>
        new(attack, LintRunner.Pattern, $"{pool.Database} through the pooler as {pool.Role}", verdict, evidence, fix);

    /// <summary>Takes away what was left, and commits. Never by DISCARD ALL, which would take away other clients' things too.</summary>
    internal static async Task CleanAsync(Residue residue, Client client, CancellationToken token)
    {
        foreach (var statement in residue.Clean)
            await client.KeepAsync(() => client.RunAsync(statement, token), token);
        await client.CommitAsync(token);
    }

    // Also where the run was cancelled: hence no token. What cannot be reached is ended with its server connection, and harmless till then.
    async Task CleanUpAsync(Residue residue, Backend place)
    {
        try
        {
            var reached = await pool.ReachAsync(place, CancellationToken.None);
            if (reached.Client is { } client)
                await using (client)
                    await CleanAsync(residue, client, CancellationToken.None);
        }
        catch (NpgsqlException)
        {
            options.Progress?.Invoke($"something harmless of {residue.Attack.Id} stays until the pooler renews its server connection");
        }
    }

    static bool Forbidden(PostgresException refusal) =>
        refusal.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction;
}

/// <summary>What closes a leak: comments where it is not done in SQL.</summary>
static class Fixes
{
    internal const string Interleaved = """
        -- application: pass the context by set_config(name, value, true) inside each transaction, and keep nothing in the session
        --   (then say that it is so, and what is left is residual);
        -- or pgbouncer.ini: server_reset_query = DISCARD ALL and server_reset_query_always = 1; or pool_mode = session
        """;

    internal const string InTurn = """
        -- pgbouncer.ini: server_reset_query = DISCARD ALL (its default: it was emptied, or put in place by something that resets less);
        --   other poolers: have them send DISCARD ALL before a server connection goes to the next client
        """;

    internal const string Live = """
        -- live with it: the context comes by set_config(name, value, true) inside each transaction (that nothing of this leaks was tried
        --   too: TEN-E02); no SET, PREPARE, LISTEN, WITH HOLD, session lock or temporary table; tables are named with their schema
        """;
}
