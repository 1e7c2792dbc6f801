using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Pooled;

/// <summary>
/// Attacks through a pooler: does anything of one client's session reach another's? Writes no row, keeps to names of its own, and takes
/// away
/// what it left, over the server connection on which it left it.
/// </summary>
static class PoolerAttacks
{
    /// <summary>By id.</summary>
    internal static IReadOnlyList<Attack> All { get; } =
    [
        ContextAttacks.Session, ContextAttacks.Local, Residues.Tables, Residues.Statements, SequenceAttack.Attack, Disturbance.Attack,
        Residues.Locks, Residues.Path, Residues.Roles, Residues.Channels,
    ];

    /// <summary>Makes all of them.</summary>
    /// <param name="connectionString">The application's, through its pooler.</param>
    /// <param name="surface">What there is to attack behind it.</param>
    internal static async Task<List<Finding>> RunAsync(string connectionString, Surface surface, PoolerOptions options,
        CancellationToken until, CancellationToken token)
    {
        await using var pool = new Pool(connectionString, Math.Max(3, options.Clients));
        Mark mark;
        try
        {
            options.Progress?.Invoke("finding out how the pooler shares server connections");
            await pool.FindOutAsync(token);
            mark = await DrawAsync(pool, token);
        }
        catch (NpgsqlException failure)
        {
            return Each(pool, surface, Verdict.Inconclusive, $"the way through the pooler did not work: {Told(failure)}");
        }
        if (pool.Database != surface.Database)
            return Each(pool, surface, Verdict.Inconclusive, $"the way through the pooler leads to the database {pool.Database}");
        if (pool.Sharing == Sharing.Nothing)
            return Each(pool, surface, Verdict.Held, $"there is no pooler on this way: each of {Math.Max(3, options.Clients)} clients had "
                + "a server process of its own, which ended with it, so nothing is shared");
        var stage = new Stage(pool, surface, options, mark);
        var findings = new List<Finding>();
        foreach (var (attack, run) in Runs(stage))
        {
            if (until.IsCancellationRequested)
            {
                findings.Add(stage.Say(attack, Verdict.Inconclusive, "the time allowed was over before it was tried"));
                continue;
            }
            options.Progress?.Invoke($"{attack.Id} through the pooler");
            try
            {
                // Found out where nobody was brought together: only what needs no second client can be told.
                findings.Add(pool.Sharing == Sharing.Unseen && attack != ContextAttacks.Session
                    ? stage.Unreached(attack, false) : await run(token));
            }
            catch (NpgsqlException failure)
            {
                findings.Add(stage.Say(attack, Verdict.Inconclusive, $"could not be staged: {Told(failure)}"));
            }
        }
        return findings;
    }

    static IEnumerable<(Attack Attack, Func<CancellationToken, Task<Finding>> Run)> Runs(Stage stage)
    {
        var residues = Residues.Of(stage).ToDictionary(static residue => residue.Attack);
        foreach (var attack in All)
            yield return (attack, attack switch
            {
                _ when residues.TryGetValue(attack, out var residue) => token => stage.RunAsync(residue, token),
                _ when attack == ContextAttacks.Session => token => ContextAttacks.SessionAsync(stage, token),
                _ when attack == ContextAttacks.Local => token => ContextAttacks.LocalAsync(stage, token),
                _ when attack == SequenceAttack.Attack => token => SequenceAttack.RunAsync(stage, token),
                _ => token => Disturbance.RunAsync(stage, token),
            });
    }

    static async Task<Mark> DrawAsync(Pool pool, CancellationToken token)
    {
        await using var client = await pool.OpenAsync(token);
        if (await client.BeginAsync(token) is null)
            throw new NpgsqlException("the pooler had no server connection to give");
        var mark = new Mark(await client.AskAsync<string>(Questions.Word, token) ?? "", await client.AskAsync<long>(Questions.Key, token));
        await client.RollbackAsync(token);
        return mark;
    }

    static string Told(NpgsqlException failure) =>
        failure.InnerException is TimeoutException ? "the pooler had no server connection to give in time" : Evidence.Of(failure);

    static List<Finding> Each(Pool pool, Surface surface, Verdict verdict, string evidence)
    {
        var stage = new Stage(pool, surface, new(), new("", 1));
        return [.. All.Select(attack => stage.Say(attack, verdict, evidence))];
    }
}
