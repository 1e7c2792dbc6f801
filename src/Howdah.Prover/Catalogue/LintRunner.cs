using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Howdah.Engine.Servers;
using Howdah.Prover.Scouting;
using Npgsql;

namespace Howdah.Prover.Catalogue;

/// <summary>Runs the lints in one read-only snapshot, on a large database over two connections.</summary>
static class LintRunner
{
    /// <summary>The key under which findings of this prover stand in reports.</summary>
    internal const string Pattern = "isolation";

    /// <summary>How many pairs of a role and a table are many.</summary>
    const int Large = 1000;

    /// <param name="connection">In whose transaction they run.</param>
    /// <param name="beside">Where a second connection may be opened, which sees the same snapshot and takes half of the work; null where
    /// none may.</param>
    internal static async Task<List<Finding>> RunAsync(NpgsqlConnection connection, string? beside, Surface surface,
        IReadOnlyList<Lint> lints, CancellationToken token)
    {
        await using var transaction = await BeginAsync(connection, surface, token);
        var findings = new List<Finding>[lints.Count];
        var next = -1;
        await using var second = beside is not null && IsLarge(surface) ? await JoinAsync(connection, beside, surface, token) : null;
        await Task.WhenAll(WorkAsync(transaction), second is null ? Task.CompletedTask : WorkAsync(second.Transaction));
        return [.. findings.SelectMany(static each => each)];

        async Task WorkAsync(NpgsqlTransaction lane)
        {
            for (var at = Interlocked.Increment(ref next); at < lints.Count; at = Interlocked.Increment(ref next))
                findings[at] = await TryAsync(lane, surface, lints[at], token);
        }
    }

    static bool IsLarge(Surface surface) => surface.Attackers.Count * surface.Tables.Count > Large;

    static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token);
        await LimitAsync(connection, surface, token);
        return transaction;
    }

    static async Task LimitAsync(NpgsqlConnection connection, Surface surface, CancellationToken token)
    {
        // To compile a lint takes longer than to run it. And the planner takes its common tables for small: on a large database it would
        // go through all of one for each row of another.
        var limits = "set transaction read only; set local search_path = ''; set local lock_timeout = '100ms'; "
            + "set local statement_timeout = '10s'; set local jit = off" + (IsLarge(surface) ? "; set local enable_nestloop = off" : "");
        await using var begin = new NpgsqlCommand(limits, connection);
        await begin.ExecuteNonQueryAsync(token);
    }

    /// <summary>A second lane in the same snapshot; null where the server has no room for one more connection.</summary>
    static async Task<Lane?> JoinAsync(NpgsqlConnection connection, string beside, Surface surface, CancellationToken token)
    {
        NpgsqlConnection? second = null;
        try
        {
            second = await ServerAccess.OpenAsync(beside, token);
            await using var export = new NpgsqlCommand("select pg_export_snapshot()", connection);
            var snapshot = (string)(await export.ExecuteScalarAsync(token))!;
            var transaction = await second.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, token);
            await using (var import = new NpgsqlCommand(
                Sql.Of($"set transaction snapshot {new Literal(snapshot)}").ToString(), second))
                await import.ExecuteNonQueryAsync(token);
            await LimitAsync(second, surface, token);
            return new(second, transaction);
        }
        catch (Exception failed)
        {
            if (second is not null)
                await second.DisposeAsync();
            if (failed is NpgsqlException && !token.IsCancellationRequested)
                return null;
            throw;
        }
    }

    static async Task<List<Finding>> TryAsync(NpgsqlTransaction lane, Surface surface, Lint lint, CancellationToken token)
    {
        await lane.SaveAsync("howdah_lint", token);
        try
        {
            var findings = await RunAsync(lane.Connection!, surface, lint, token);
            await lane.ReleaseAsync("howdah_lint", token);
            return findings;
        }
        catch (PostgresException refusal)
        {
            await lane.RollbackAsync("howdah_lint", token);
            return [refusal.SqlState == PostgresErrorCodes.InsufficientPrivilege && surface.Attackers.Count == 0
                ? new(lint.Attack, Pattern, surface.Database, Verdict.Held, "no role can log in here and attack")
                : new(lint.Attack, Pattern, surface.Database, Verdict.Inconclusive,
                    $"the catalogs could not be read: {Evidence.Of(refusal)}")];
        }
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

    sealed record Lane(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
