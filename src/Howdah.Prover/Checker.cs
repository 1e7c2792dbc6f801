using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;
using Howdah.Prover.Pooled;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover;

/// <summary>Attacks the isolation of a database that may never have seen Howdah. Nothing stays of it.</summary>
public static class Checker
{
    /// <summary>Every attack in the catalogue, by id.</summary>
    public static IReadOnlyList<Attack> Attacks => [.. LintBook.All.Select(static lint => lint.Attack), .. PoolerAttacks.All];

    /// <summary>Checks a database.</summary>
    /// <param name="connectionString">As whom to look, in Npgsql's form; a superuser can become every other role.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels; everything begun is rolled back.</param>
    /// <exception cref="NpgsqlException">The server cannot be reached, or the connection is lost.</exception>
    public static async Task<CheckResult> CheckAsync(string connectionString, CheckOptions options, CancellationToken token)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Enlist = false,
            ApplicationName = "howdah check" };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(token);
        var surface = await Scout.LookAsync(connection, options.Hints, token);
        var findings = await LintRunner.RunAsync(connection, surface, LintBook.All, token);
        if (options.Pooled is { } pooled)
            findings.AddRange(await PoolerAttacks.RunAsync(pooled, surface, PoolerOptions.Of(options), token));
        return new(surface.Database, $"PostgreSQL {connection.PostgreSqlVersion}", builder.Username ?? "", surface.Guesses, [], findings);
    }
}
