using System.Runtime.CompilerServices;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Npgsql;

namespace Howdah.Patterns.Pipelines;

/// <summary>Counts what loads say against what is there, and tries to read what was refused.</summary>
static class PipelinesProver
{
    internal static async IAsyncEnumerable<Finding> ProveAsync(PipelinesSpec spec, Arena arena,
        [EnumeratorCancellation] CancellationToken token)
    {
        await using (var bout = await arena.EnterAsAdminAsync(token))
        {
            await bout.ExecuteAsync("set transaction isolation level repeatable read read only; set local statement_timeout = '30min'; "
                + "set local search_path = ''", token);
            foreach (var check in LoadChecks.For(spec))
            {
                var statement = check.Statement.ToString();
                var (offenders, refusal) = await bout.TryAsync(b => b.ScalarAsync("select pg_catalog.string_agg(o.offender, '; ') "
                    + $"from (select q.offender from ({statement}) q(offender) limit 20) o", token), token);
                yield return refusal is not null
                    ? new(check.Attack, PipelinesSpec.Key, check.Target, Verdict.Inconclusive, Evidence.Of(refusal))
                    : offenders is string text
                        ? new(check.Attack, PipelinesSpec.Key, check.Target, Verdict.Broken, text, check.Fix) { Statement = statement }
                        : new(check.Attack, PipelinesSpec.Key, check.Target, Verdict.Held, "no row offends");
            }
        }
        foreach (var role in arena.Logins.Where(role => role != spec.Owner && !spec.Loading.Readers.Contains(role)))
            yield return await PeepAsync(arena, role, token);
    }

    static async Task<Finding> PeepAsync(Arena arena, string role, CancellationToken token)
    {
        const string Peep = "select q.raw from howdah.quarantine q limit 1";
        var target = $"howdah.quarantine as {role}";
        try
        {
            await using var bout = await arena.EnterAsync(role, token);
            var (_, refusal) = await bout.TryAsync(b => b.ScalarAsync(Peep, token), token);
            return refusal switch
            {
                null => new(LoadChecks.Secret, PipelinesSpec.Key, target, Verdict.Broken, "refused rows were read",
                    "see which role it is a member of, and take that membership or right away") { Statement = Peep },
                { SqlState: PostgresErrorCodes.InsufficientPrivilege } => new(LoadChecks.Secret, PipelinesSpec.Key, target, Verdict.Held,
                    Evidence.Of(refusal)),
                _ => new(LoadChecks.Secret, PipelinesSpec.Key, target, Verdict.Inconclusive, Evidence.Of(refusal)),
            };
        }
        catch (LoginUnavailableException away)
        {
            return new(LoadChecks.Secret, PipelinesSpec.Key, target, Verdict.Inconclusive, away.Message);
        }
        catch (PostgresException shut) when (shut.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return new(LoadChecks.Secret, PipelinesSpec.Key, target, Verdict.Held, Evidence.Of(shut)); // it may not even connect
        }
    }
}
