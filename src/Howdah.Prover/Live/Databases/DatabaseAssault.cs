using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Live.Databases;

/// <summary>Attacks a database from the others of its server, and the others from it.</summary>
/// <param name="Premises">The database and what stands around it.</param>
/// <param name="Guests">The logins that were given, with where they belong.</param>
sealed record DatabaseAssault(Premises Premises, IReadOnlyList<Guest> Guests)
{
    /// <summary>Asks the logins that were given where they belong.</summary>
    internal static async Task<DatabaseAssault> BeginAsync(NpgsqlConnection connection, Surface surface, CheckOptions options,
        CancellationToken until, CancellationToken token)
    {
        var premises = await Premises.ReadAsync(connection, surface, token);
        return new(premises, await Guest.AskAsync(options.Logins, surface.Database, premises, until, token));
    }

    /// <summary>The same options, without the logins of other databases: they have no business in attacks on this one's tables.</summary>
    internal CheckOptions Home(CheckOptions options) => options with
    {
        Logins = options.Logins.Where(login => !Guests.Any(guest => guest.Role == login.Key && guest.Standing == Standing.Elsewhere))
            .ToDictionary(StringComparer.Ordinal),
    };

    /// <summary>Makes all attacks and adds what came of them to what the catalogs say.</summary>
    internal async Task<List<Finding>> RunAsync(string connectionString, NpgsqlConnection connection, Surface surface,
        IReadOnlyList<Finding> lints, CheckOptions options, bool pooled, List<string> notes, CancellationToken until,
        CancellationToken token)
    {
        var tally = new DatabaseTally();
        if (options.Logins.Count > 0)
            notes.AddRange(await LoginAttack.MakeAsync(connection, Premises, Guests, tally, until, token));
        var home = Guests.Any(static guest => guest.Standing == Standing.Home);
        if (!home && Premises.Siblings > 0 && surface.Attackers.Count > 0)
            notes.Add("no login of this database was given, so rights alone decided who gets into the other databases of its owner "
                + "(--login ROLE=CONNECTION really tries)");
        options.Progress?.Invoke("tried logins on other databases");
        await TemplateAttack.MakeAsync(connectionString, Premises, tally, until, token);
        // What a foreign server opens stays with the session, and behind a pooler that would be handed to others.
        if (pooled)
            tally.NotRun(DatabaseTally.Road, surface.Database, "a pooler stands between this check and the server");
        else
            await RoadAttack.MakeAsync(connectionString, connection, surface, Guests, tally, until, token);
        options.Progress?.Invoke("went by foreign servers");
        return tally.Conclude(lints, surface.Database, home);
    }
}
