using Howdah.Engine.Proving;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Catalogue;

/// <summary>Runs the lints over one connection, in one read-only snapshot.</summary>
static class LintRunner
{
    /// <summary>The key under which findings of this prover stand in reports.</summary>
    internal const string Pattern = "isolation";

    /// <summary>How many pairs of a role and a table are many.</summary>
    const int Large = 1000;

    internal static async Task<List<Finding>> RunAsync(NpgsqlConnection connection, Surface surface, IEnumerable<Lint> lints,
        CancellationToken token)
    {
        var findings = new List<Finding>();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token);
        // To compile a lint takes longer than to run it. And the planner takes its common tables for small: on a large database it would
        // go through all of one for each row of another.
        var limits = "set transaction read only; set local search_path = ''; set local lock_timeout = '100ms'; "
            + "set local statement_timeout = '10s'; set local jit = off"
            + (surface.Attackers.Count * surface.Tables.Count > Large ? "; set local enable_nestloop = off" : "");
        await using (var begin = new NpgsqlCommand(limits, connection, transaction))
            await begin.ExecuteNonQueryAsync(token);
        foreach (var lint in lints)
        {
            await transaction.SaveAsync("howdah_lint", token);
            try
            {
                findings.AddRange(await RunAsync(connection, surface, lint, token));
                await transaction.ReleaseAsync("howdah_lint", token);
            }
            catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege
                && surface.Attackers.Count == 0)
            {
                await transaction.RollbackAsync("howdah_lint", token);
                findings.Add(new(lint.Attack, Pattern, surface.Database, Verdict.Held, "no role can log in here and attack"));
            }
            catch (PostgresException refusal)
            {
                await transaction.RollbackAsync("howdah_lint", token);
                findings.Add(new(lint.Attack, Pattern, surface.Database, Verdict.Inconclusive,
                    $"the catalogs could not be read: {Evidence.Of(refusal)}"));
            }
        }
        return findings;
    }

    static async Task<List<Finding>> RunAsync(NpgsqlConnection connection, Surface surface, Lint lint, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(lint.Sql, connection);
        command.Parameters.Add(new() { Value = surface.Attackers.Select(static role => role.Oid).ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = surface.Tables.Select(static table => table.Oid).ToArray(), DataTypeName = "oid[]" });
        command.Parameters.Add(new() { Value = surface.Tables.Select(static table => table.TenantColumn.Number).ToArray() });
        command.Parameters.Add(new() { Value = surface.Contexts.ToArray() });
        command.Parameters.Add(new() { Value = surface.TenantSchemas.ToArray(), DataTypeName = "oid[]" });
        await using var rows = await command.ExecuteReaderAsync(token);
        var findings = new List<Finding>();
        while (await rows.ReadAsync(token))
        {
            var targets = rows.GetFieldValue<string[]>(0);
            // A fourth column is the severity of this very cause, where it is not the lint's.
            var attack = rows.FieldCount > 3 && !rows.IsDBNull(3)
                ? lint.Attack with { Gravity = Enum.Parse<Gravity>(rows.GetString(3), ignoreCase: true) } : lint.Attack;
            findings.Add(new(attack, Pattern, targets.Length == 1 ? targets[0] : $"{targets[0]} and {targets.Length - 1} more",
                lint.Residual ? Verdict.Residual : Verdict.Broken, rows.GetString(1), rows.IsDBNull(2) ? null : rows.GetString(2))
            {
                Targets = targets,
            });
        }
        return findings.Count > 0 ? findings : [new(lint.Attack, Pattern, surface.Database, Verdict.Held, "none found")];
    }
}
