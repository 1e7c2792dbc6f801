using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Prover.Catalogue;
using Howdah.Prover.Live;
using Howdah.Prover.Live.Byways;
using Howdah.Prover.Live.Databases;
using Howdah.Prover.Live.Entrances;
using Howdah.Prover.Live.Schemas;
using Howdah.Prover.Pooled;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover;

/// <summary>Attacks the isolation of a database that may never have seen Howdah. Nothing stays of it.</summary>
public static class Checker
{
    /// <summary>Every attack in the catalogue, by id.</summary>
    public static IReadOnlyList<Attack> Attacks => [.. LiveAttacks.All, .. SchemaAttacks.All, .. EntranceAttacks.All,
        .. LintBook.All.Select(static lint => lint.Attack), .. PoolerAttacks.All];

    /// <summary>Checks a database.</summary>
    /// <param name="connectionString">As whom to look, in Npgsql's form; a superuser can become every other role.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; everything begun is rolled back.</param>
    /// <exception cref="ServerUnavailableException">A table is locked so that it cannot even be looked at.</exception>
    /// <exception cref="NpgsqlException">The server cannot be reached, or the connection is lost.</exception>
    public static async Task<CheckResult> CheckAsync(string connectionString, CheckOptions options, CancellationToken token)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Enlist = false,
            ApplicationName = "howdah check" };
        var weather = await LookOutAsync(builder.ConnectionString, token);
        builder.ConnectionString = weather.Unlock(builder) ?? builder.ConnectionString;
        await using var connection = await ServerAccess.OpenAsync(builder.ConnectionString, token);
        var surface = await LookAsync(connection, weather, options.Hints, token);
        options.Progress?.Invoke("read the catalogs");
        var findings = await LintRunner.RunAsync(connection, options.Connections > 1 && !weather.Pooled
            ? builder.ConnectionString : null, surface, LintBook.All, token);
        var notes = weather.Notes.ToList();
        if (surface.Locked.Count > 0)
            findings.Add(new Finding(LiveAttacks.Own, LintRunner.Pattern, surface.Locked[0], Verdict.Inconclusive,
                "another session locks it (a migration, perhaps: see pg_locks for AccessExclusiveLock), so it was not looked at")
                .On(surface.Locked));
        using var limit = options.MaxDuration is { } span ? new CancellationTokenSource(span, options.Time) : new();
        var around = options.CatalogOnly ? null
            : await DatabaseAssault.BeginAsync(connection, surface, options, limit.Token, token);
        if (around is not null && surface.Tables.Count > 0)
            findings = await AttackAsync(builder.ConnectionString, connection, surface, around.Home(options), findings, notes, limit.Token,
                token);
        if (!options.CatalogOnly && surface.TenantSchemas.Count > 1)
            findings = await VisitAsync(connection, surface, options, findings, limit.Token, token);
        if (around is not null)
            findings = await around.RunAsync(builder.ConnectionString, connection, surface, findings, options, weather.Pooled, notes,
                limit.Token, token);
        if (!surface.Super && !options.CatalogOnly)
            findings.AddRange(Unmade(findings, surface));
        if (options.Pooled is { } pooled)
            findings.AddRange(await PoolerAttacks.RunAsync(pooled, surface, PoolerOptions.Of(options), limit.Token, token));
        findings = Judge.Agree(findings);
        return new(surface.Database, $"PostgreSQL {connection.PostgreSqlVersion}", builder.Username ?? "", surface.Guesses, notes,
            [.. findings.Select(surface.Entrance.Mask).Select(weather.Settle).OrderBy(static finding => finding.Attack.Gravity)
                .ThenBy(static finding => finding.Attack.Id, StringComparer.Ordinal)
                .ThenBy(static finding => finding.Target, StringComparer.Ordinal)]);
    }

    /// <summary>Live attacks that need somebody who can become every role: each is listed, so that nobody takes silence for an answer.
    /// </summary>
    static List<Finding> Unmade(List<Finding> findings, Surface surface) => [.. Attacks
        .Where(attack => attack.Live && !PoolerAttacks.All.Contains(attack) && !findings.Exists(each => each.Attack.Id == attack.Id))
        .Select(attack => new Finding(attack, LintRunner.Pattern, surface.Database, Verdict.NotRun,
            "only a superuser can become every role and make up rows; what the catalogs tell was read"))];

    static async Task<Weather> LookOutAsync(string connectionString, CancellationToken token)
    {
        await using var connection = await ServerAccess.OpenAsync(connectionString, token);
        return await Weather.ReadAsync(connection, token);
    }

    static async Task<Surface> LookAsync(NpgsqlConnection connection, Weather weather, Hints hints, CancellationToken token)
    {
        // Behind a pooler what is set for the session would reach other clients.
        await using var transaction = weather.Pooled ? await connection.BeginTransactionAsync(token) : null;
        await using (var limits = new NpgsqlCommand(weather.Pooled
            ? "set local lock_timeout = '2s'; set local statement_timeout = '60s'; set local jit = off"
            : "set lock_timeout = '2s'; set statement_timeout = '60s'; set jit = off", connection))
            await limits.ExecuteNonQueryAsync(token);
        try
        {
            return await Scout.LookAsync(connection, hints, token);
        }
        catch (PostgresException locked) when (locked.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new ServerUnavailableException("another session locks a table so that not even its policies can be read (a migration, "
                + "perhaps: see pg_locks for AccessExclusiveLock); try again when it is done");
        }
    }

    static async Task<List<Finding>> VisitAsync(NpgsqlConnection connection, Surface surface, CheckOptions options,
        List<Finding> findings, CancellationToken until, CancellationToken token)
    {
        if (!surface.Super)
            return [.. findings, .. SchemaAttacks.All.Select(attack => new Finding(attack, LintRunner.Pattern, surface.Database,
                Verdict.NotRun, "only a superuser can become the logins of several tenants; the catalogs were read (TEN-G01 to "
                    + "TEN-G08)"))];
        return await SchemaAssault.RunAsync(connection, surface, findings, options.Progress, until, token);
    }

    static async Task<List<Finding>> AttackAsync(string connectionString, NpgsqlConnection connection, Surface surface,
        CheckOptions options,
        List<Finding> lints, List<string> notes, CancellationToken until, CancellationToken token)
    {
        var accesses = await Access.ReadAsync(connection, surface, token);
        var untried = surface.Super ? [] : surface.Attackers.Where(role => !options.Logins.ContainsKey(role.Name))
            .Select(static role => role.Name).ToList();
        if (untried.Count > 0)
            notes.Add($"not a superuser, so these roles were judged from the catalogs only: {string.Join(", ", untried)} "
                + "(--login ROLE=CONNECTION tries them)");
        var tally = surface.Super ? await new Assault(connectionString, surface, options).RunAsync(accesses, until, token)
            : await LoginAssault.RunAsync(connection, surface, accesses, options, until, token);
        if (surface.Super)
        {
            await using var link = new Link(connectionString);
            await using var second = new Link(connectionString);
            await StructureAttacks.MakeAsync(link, surface, options, tally, until, token);
            await new FunctionAttacks(surface, options, tally).MakeAsync(link, accesses,
                tally.Open, until, token);
            await new ByTheWay(surface, tally, options.Intrusive, until, token).MakeAsync(link, second, accesses, tally.Open);
        }
        var findings = Judge.Conclude(lints, tally.Breaches, surface);
        findings.AddRange(tally.Others(surface.Database));
        if (!surface.Super)
            return findings;
        if (surface.Contexts.Count > 0)
            findings.AddRange(await EntranceAssault.RunAsync(connectionString, connection, surface, accesses, until, token));
        await using var ring = await Ring.EnterAsync(connection, super: true, token, surface.Entrance);
        findings.AddRange(await ViewAttack.MakeAsync(ring, surface,
            tally.Open, token));
        return findings;
    }
}
