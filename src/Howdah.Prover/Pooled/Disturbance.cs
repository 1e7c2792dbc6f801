using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Prover.Pooled;

/// <summary>Transactions that do not end as they should, and who comes after them.</summary>
static class Disturbance
{
    internal static readonly Attack Attack = new("TEN-E10",
        "A transaction that failed, was cancelled or was left leaves nothing to the next client",
        Gravity.Critical, true,
        "One client sets its context for a transaction, takes a session advisory lock in it, and then: fails and rolls back; fails and "
            + "leaves; is cancelled by a request through the pooler and rolls back; leaves in the middle. A break is another client, on "
            + "the same server connection, in that transaction, with that context, or with that lock.",
        "https://github.com/pgbouncer/pgbouncer/blob/master/NEWS.md; Howdah",
        "Errors and time-outs are when pools hand on what they should have thrown away. ROLLBACK gives back settings, but neither session "
            + "locks nor prepared statements.");

    sealed record Ending(string Name, bool Leaves, Func<Client, Stage, CancellationToken, Task> Disturb);

    static readonly IReadOnlyList<Ending> Endings =
    [
        new("failed and was rolled back", false, (client, _, token) => FailAsync(client, token)),
        new("failed and was left", true, (client, _, token) => FailAsync(client, token)),
        new("was cancelled and rolled back", false, (client, stage, token) => client.CancelAsync(stage.Options.Time, token)),
        new("was left in the middle", true, static (_, _, _) => Task.CompletedTask),
    ];

    internal static async Task<Finding> RunAsync(Stage stage, CancellationToken token)
    {
        var leaks = new List<(string Text, bool Bearable)>();
        var unreached = new List<string>();
        foreach (var ending in Endings)
        {
            var (leak, bearable, reached) = await TryAsync(stage, ending, token);
            if (leak is not null)
                leaks.Add(($"{leak} (the first one's transaction {ending.Name})", bearable));
            else if (!reached)
                unreached.Add(ending.Name);
        }
        if (leaks.Count > 0)
            return stage.Leak(Attack, string.Join("; ", leaks.Select(static leak => leak.Text)), leaks.All(static leak => leak.Bearable),
                Script(stage.Mark));
        return unreached.Count > 0
            ? stage.Say(Attack, Verdict.Inconclusive, "no client got to the same server connection in time after a transaction that "
                + string.Join(", ", unreached))
            : stage.Say(Attack, Verdict.Held, "whoever came next on the same server connection found nothing of a transaction that failed, "
                + "was cancelled or was left, or the pooler had ended the connection");
    }

    static async Task<(string? Leak, bool Bearable, bool Reached)> TryAsync(Stage stage, Ending ending, CancellationToken token)
    {
        var locked = new Locked();
        try
        {
            return await TryAsync(stage, ending, locked, token);
        }
        finally
        {
            if (locked.At is { } place)
                await FreeAsync(stage, place);
        }
    }

    // Where the lock may still be held.
    sealed class Locked
    {
        internal Backend? At { get; set; }
    }

    static async Task<(string? Leak, bool Bearable, bool Reached)> TryAsync(Stage stage, Ending ending, Locked held,
        CancellationToken token)
    {
        Backend home;
        await using (var first = await stage.Pool.OpenAsync(token))
        {
            if (await first.BeginAsync(token) is not { } place)
                return (null, false, false);
            held.At = home = place;
            await first.RunAsync(Questions.SetForTransaction(Mark.Setting, stage.Mark.Word), token);
            await first.RunAsync(Lock(stage.Mark), token);
            await ending.Disturb(first, stage, token);
            if (!ending.Leaves)
                await first.RollbackAsync(token);
        }
        Reached reached;
        try
        {
            reached = await stage.Pool.ReachAsync(home, token);
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InFailedSqlTransaction)
        {
            // It would be so for everybody after us, too.
            await using var healer = await stage.Pool.OpenAsync(token);
            await healer.HealAsync(token);
            return ("was given a server connection whose transaction had failed already", false, true);
        }
        if (reached.Gone)
            held.At = null;
        if (reached.Client is not { } next)
            return (null, false, reached.Gone);
        await using (next)
        {
            var inside = await next.AskAsync<string>(Questions.Read(Mark.Setting), token) == stage.Mark.Word;
            var locked = await next.AskAsync<bool>(Unlock(stage.Mark), token);
            held.At = null;
            await next.RollbackAsync(token);
            return (inside ? "was in the first one's transaction, with its context" : locked ? "still had its advisory lock" : null,
                !inside, true);
        }
    }

    // Also where the run was cancelled: hence no token. A session lock outlives its transaction, and its client.
    static async Task FreeAsync(Stage stage, Backend place)
    {
        try
        {
            if ((await stage.Pool.ReachAsync(place, CancellationToken.None)).Client is not { } client)
                return;
            await using (client)
            {
                await client.AskAsync<bool>(Unlock(stage.Mark), CancellationToken.None);
                await client.RollbackAsync(CancellationToken.None);
            }
        }
        catch (NpgsqlException)
        {
            stage.Options.Progress?.Invoke($"a lock of {Attack.Id} that nobody else asks for stays until the pooler renews its "
                + "server connection");
        }
    }

    static async Task FailAsync(Client client, CancellationToken token)
    {
        try
        {
            await client.RunAsync(Sql.Of($"select 1 / 0"), token);
        }
        catch (PostgresException)
        {
            // As meant.
        }
    }

    static Sql Lock(Mark mark) => Sql.Of($"select pg_try_advisory_lock({mark.Key})");
    static Sql Unlock(Mark mark) => Sql.Of($"select pg_advisory_unlock({mark.Key})");

    static string Script(Mark mark) => $"""
        -- client 1
        begin; {Questions.SetForTransaction(Mark.Setting, mark.Word)}; {Lock(mark)}; select 1 / 0; rollback;
        -- client 2, on the same server connection
        {Questions.Read(Mark.Setting)}; {Unlock(mark)};
        """;
}
