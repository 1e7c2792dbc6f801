using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Prover.Pooled;

/// <summary>The tenant's context as it goes through a pooler.</summary>
static class ContextAttacks
{
    internal static readonly Attack Session = new("TEN-E01", "No client of a pooler has the context that another set for its session",
        Gravity.Critical, true,
        "First asks, as a client that set nothing, for the settings that carry the tenant. Then one client sets a setting of its own "
            + "(howdah.probe; the real one with --intrusive) for its session; a break is another on the same server connection reading it. "
            + "Where clients take turns, the second sets it too and the first and a third look.",
        "https://www.pgbouncer.org/features.html; reproduced on PgBouncer 1.18",
        "A client that forgets to set its tenant, or does so only sometimes, works as the tenant of whoever had the server connection "
            + "before.");

    internal static readonly Attack Local = new("TEN-E02",
        "A context set for a transaction is gone after it, and no other client's comes in its place", Gravity.High, true,
        "One client sets a setting for a transaction and commits; a break is another on the same server connection reading it. Then one "
            + "sets it for its session, another for a transaction: a break is the other reading the first one's value after its COMMIT.",
        "https://www.postgresql.org/docs/current/sql-set.html; reproduced on PgBouncer 1.18",
        "SET LOCAL goes back to what the session had. Through a pooler that may be the value of another client.");

    internal static async Task<Finding> SessionAsync(Stage stage, CancellationToken token)
    {
        var inherited = await InheritedAsync(stage, token);
        if (inherited.Count > 0)
        {
            var setting = string.Join(", ", inherited);
            // Seen, so no declaration helps: somebody does set it for the session.
            return stage.Say(Session, Verdict.Broken, $"a client that had set nothing found a value in {setting} that is not the session's "
                + "default: another client left it there", Fixes.Interleaved) with { Statement = Questions.Read(inherited[0]).ToString() };
        }
        return stage.Pool.Sharing == Sharing.Unseen ? stage.Unreached(Session, false) : await stage.RunAsync(OfSession(stage), token);
    }

    internal static async Task<Finding> LocalAsync(Stage stage, CancellationToken token)
    {
        var setting = Setting(stage);
        var scoped = new Residue(Local, Questions.SetForTransaction(setting, stage.Mark.Word), Seen(setting, stage.Mark.Word),
            "read what the first had set for a transaction that had ended", [Questions.Reset(setting)]) { Bearable = false };
        var finding = await stage.RunAsync(scoped, token);
        if (finding.Verdict != Verdict.Held)
            return finding;
        var mixed = new Residue(Local, Questions.SetForSession(setting, stage.Mark.Word), Seen(setting, stage.Mark.Word),
            "set its own value for a transaction, and read the first one's after COMMIT", [Questions.Reset(setting)])
        {
            Between = Questions.SetForTransaction(setting, $"{stage.Mark.Word} too"),
        };
        return await stage.RunAsync(mixed, token);
    }

    static Residue OfSession(Stage stage)
    {
        var setting = Setting(stage);
        var other = $"{stage.Mark.Word} too";
        return new(Session, Questions.SetForSession(setting, stage.Mark.Word), Seen(setting, stage.Mark.Word),
            $"read what the first had set in {setting} for its session", [Questions.Reset(setting)])
        {
            Sequel = async (first, second, home, token) =>
            {
                var added = "";
                await second.RunAsync(Questions.SetForSession(setting, other), token);
                await second.CommitAsync(token);
                if (await first.BeginAsync(token) is { } place)
                {
                    if (place == home && await first.AskAsync<bool>(Seen(setting, other), token))
                        added = "; the second then set its own, and the first went on with that";
                    await first.RollbackAsync(token);
                }
                var third = await stage.Pool.ReachAsync(home, token);
                await using var client = third.Client;
                if (client is not null && await client.AskAsync<bool>(Seen(setting, other), token))
                    added += "; a third, that never set any, had it too";
                if (client is not null)
                    await client.RollbackAsync(token);
                return added;
            },
        };
    }

    // What stands in the settings of a client that has just come. A default of the role or database is none of another client's.
    static async Task<List<string>> InheritedAsync(Stage stage, CancellationToken token)
    {
        var inherited = new List<string>();
        await using var client = await stage.Pool.OpenAsync(token);
        if (await client.BeginAsync(token) is null)
            return inherited;
        foreach (var setting in stage.Surface.Contexts)
        {
            if (await client.AskAsync<string>(Questions.Read(setting), token) is not { Length: > 0 } value)
                continue;
            var first = await client.TryAsync(async () =>
            {
                await client.RunAsync(Questions.Reset(setting, local: true), token);
                return await client.AskAsync<string>(Questions.Read(setting), token);
            }, token);
            if (first.Refusal is null && first.Result != value)
                inherited.Add(setting);
        }
        await client.RollbackAsync(token);
        return inherited;
    }

    // Another client that found a wrong tenant in the real setting would be harmed; what one setting does, every one does.
    static string Setting(Stage stage) =>
        stage.Options.Intrusive && stage.Surface.Contexts.Count > 0 ? stage.Surface.Contexts[0] : Mark.Setting;

    static Sql Seen(string setting, string value) =>
        Sql.Of($"select coalesce(current_setting({new Literal(setting)}, true) = {new Literal(value)}, false)");
}
