using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Schemas;

/// <summary>Attacks a database with a schema for each tenant, as every login and every role it can become. A superuser's work.</summary>
/// <param name="connection">A superuser's.</param>
/// <param name="neighborhood">Which schema is whose.</param>
/// <param name="tally">Where results go.</param>
/// <param name="until">When to stop.</param>
sealed class SchemaAssault(NpgsqlConnection connection, Neighborhood neighborhood, SchemaTally tally, CancellationToken until)
{
    internal Neighborhood Neighborhood => neighborhood;

    internal SchemaTally Tally => tally;

    internal NpgsqlConnection Connection => connection;

    /// <summary>Makes all attacks and adds what came of them to what the catalogs say.</summary>
    internal static async Task<List<Finding>> RunAsync(NpgsqlConnection connection, Surface surface, IReadOnlyList<Finding> lints,
        Action<string>? progress, CancellationToken until, CancellationToken token)
    {
        var neighborhood = await Neighborhood.ReadAsync(connection, surface, token);
        var assault = new SchemaAssault(connection, neighborhood, new(), until);
        await ReachAttack.MakeAsync(assault, token);
        progress?.Invoke("attacked tenants' schemas by full names");
        await NameAttack.MakeAsync(assault, token);
        progress?.Invoke("attacked tenants' schemas by short names");
        await SharedAttack.MakeAsync(assault, surface, token);
        progress?.Invoke("attacked tenants' schemas through views");
        return assault.Tally.Conclude(lints, surface.Database);
    }

    /// <summary>Works in a transaction that is rolled back; one target's trouble is not the others', but it is that of all attacks that
    /// would have been made on it.</summary>
    internal async Task GuardAsync(IReadOnlyList<Attack> attacks, string target, Func<Ring, Task> work, CancellationToken token)
    {
        if (until.IsCancellationRequested)
        {
            foreach (var attack in attacks)
                tally.Unclear(attack, target, "the time allowed was over before it was tried");
            return;
        }
        try
        {
            await using var ring = await Ring.EnterAsync(connection, super: true, token);
            await work(ring);
        }
        catch (PostgresException trouble)
        {
            foreach (var attack in attacks)
                tally.Unclear(attack, target, Evidence.Of(trouble));
        }
    }
}
