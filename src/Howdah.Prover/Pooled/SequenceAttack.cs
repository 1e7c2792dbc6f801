using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Prover.Pooled;

/// <summary>The last number drawn from a sequence, which a session remembers.</summary>
static class SequenceAttack
{
    internal static readonly Attack Attack = new("TEN-E09P", "No client of a pooler learns the last number that another drew",
        Gravity.Low, true,
        "One client draws a number from a temporary sequence (with --intrusive, where it may not make one: from a real one, which moves on "
            + "for good); a break is the next client on the same server connection getting it by lastval().",
        "https://www.postgresql.org/docs/current/functions-sequence.html; reproduced on PgBouncer 1.18",
        "lastval() gives the id of another tenant's row; a program that takes it for its own goes on with that row.");

    internal static async Task<Finding> RunAsync(Stage stage, CancellationToken token)
    {
        bool temporary;
        string? real = null;
        await using (var client = await stage.Pool.OpenAsync(token))
        {
            if (await client.BeginAsync(token) is null)
                return stage.Unreached(Attack, false);
            // It has drawn nothing yet.
            var seen = await client.TryAsync(() => client.AskAsync<long>(Sql.Of($"select lastval()"), token), token);
            temporary = await client.AskAsync<bool>(
                Sql.Of($"select has_database_privilege(current_database(), 'TEMPORARY') and not pg_is_in_recovery()"), token);
            if (!temporary && stage.Options.Intrusive)
                real = await client.AskAsync<string>(Sql.Of($"""
                    select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'USAGE') and has_schema_privilege(n.oid, 'USAGE') end
                    order by c.oid limit 1
                    """), token);
            await client.RollbackAsync(token);
            if (seen.Refusal is null)
                return stage.Leak(Attack, "got a number by lastval() before it had drawn any", false, "select lastval();");
        }
        var name = stage.Mark.Name;
        if (temporary)
            return await stage.RunAsync(With(Sql.Of($"""
                create temporary sequence {name} start {stage.Mark.Key} maxvalue {stage.Mark.Key};
                select nextval({new Literal($"pg_temp.{name}")})
                """), Sql.Of($"select lastval() = {stage.Mark.Key}"), [Sql.Of($"drop sequence pg_temp.{name}")]), token);
        if (real is not null)
            // Whatever it is: the next client drew none.
            return await stage.RunAsync(With(Sql.Of($"select nextval({new Literal(real)})"), Sql.Of($"select lastval() is not null"),
                [Sql.Of($"discard sequences")]), token);
        return stage.Say(Attack, Verdict.NotRun, $"{stage.Pool.Role} may make no temporary sequence, and a number drawn from a real one is "
            + "gone for good");
    }

    static Residue With(Sql deed, Sql look, IReadOnlyList<Sql> clean) =>
        new(Attack, deed, look, "got the number that the first one had drawn by lastval()", clean)
        {
            Absent = [PostgresErrorCodes.ObjectNotInPrerequisiteState],
        };
}
