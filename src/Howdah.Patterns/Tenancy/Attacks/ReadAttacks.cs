using Howdah.Engine.Planning;
using Howdah.Engine.Proving;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>Attacks that read another tenant's rows of a table.</summary>
static class ReadAttacks
{
    internal static IReadOnlyList<Staged> All { get; } =
    [
        new(new("TEN-B01", "A tenant sees its own rows only", Gravity.Critical, true,
            "As tenant A, reads all rows and counts those that are not A's; a count above zero is a break.",
                "PostgreSQL documentation, Row Security Policies"),
            async (stage, token) =>
                Rows(stage, await ForeignAsync(stage, token), "as tenant A: select count(*) where the tenant is not A")),

        new(new("TEN-B03", "Another tenant's rows cannot be read by naming it", Gravity.Critical, true,
            "As tenant A, reads rows where the tenant column is B; any row is a break.", "PostgreSQL documentation, Row Security Policies"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                return Rows(stage, await stage.CountAsync(Sql.Of(
                    $"select count(*) from {stage.Table} where {stage.Column} = {stage.Foreign}"), token),
                    "as tenant A: select … where the tenant is B");
            }),

        new(new("TEN-B21", "A tenant does see its own rows", Gravity.Medium, true,
            "As tenant A, reads a row of A; none is a break: the base policy is missing, and that all else held would mean nothing.",
                "Howdah"),
            async (stage, token) =>
            {
                if (!stage.Spec.Wanted.Roles.Contains(stage.Bout.Role))
                    return Outcome.Held($"{stage.Bout.Role} serves no tenant");
                await stage.BecomeAsync(stage.A, token);
                return await stage.CountAsync(Sql.Of($"select count(*) from (select 1 from {stage.Table} limit 1) own"), token) > 0
                    ? Outcome.Held("as tenant A: select: a row")
                    : Outcome.Broken("as tenant A: select: no row",
                        $"howdah apply: it makes {TenancySpec.Base} on {stage.Table.Plain} again");
            }),

        new(new("TEN-B05", "Without a tenant there are no rows", Gravity.Critical, true,
            "Reads with a context never set; any row is a break (fail-open policies say `is null or`).", "pgrls SEC004; agor#2591"),
            async (stage, token) =>
                Rows(stage, await 
                    stage.CountAsync(Sql.Of($"select count(*) from {stage.Table}"), token), "no tenant set: select count(*)")),

        new(new("TEN-B06", "An empty tenant has no rows", Gravity.Critical, true,
            "Reads with the context set to the empty text, as it is after a transaction ended; any row is a break, an error is not.",
            "PostgreSQL documentation, current_setting"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(null, token);
                return Rows(stage, await stage.CountAsync(Sql.Of($"select count(*) from {stage.Table}"), token),
                    "tenant set to '': select count(*)");
            }),

        new(new("TEN-A09", "row_security = off raises instead of showing", Gravity.Critical, true,
            "Turns row_security off and reads; rows are a break, the refusal (42501) is right.", "PostgreSQL documentation, row_security"),
            async (stage, token) =>
            {
                await stage.RunAsync(Sql.Of($"set local row_security = off"), token);
                var (count, refusal) = await stage.Bout.TryAsync(
                    _ => stage.CountAsync(Sql.Of($"select count(*) from {stage.Table}"), token), token);
                return refusal is not null
                    ? Outcome.Refused("set row_security = off; select count(*)", refusal)
                    : Rows(stage, count, "set row_security = off; select count(*)");
            }),

        new(new("TEN-C09", "COPY gives out own rows only", Gravity.Critical, true,
            "As tenant A, copies the table out and looks for lines of B; a line is a break.", "PostgreSQL documentation, COPY"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                using var lines = await stage.Bout.Connection.BeginTextExportAsync(
                    Sql.Of($"copy {stage.Table} ({stage.Column}) to stdout").ToString(), token);
                var foreign = 0L;
                while (await lines.ReadLineAsync(token) is { } line)
                    foreign += line == stage.A ? 0 : 1;
                return Rows(stage, foreign, "as tenant A: copy … to stdout");
            }),

        new(new("TEN-E08", "A change of tenant in the middle of a cursor shows nothing new", Gravity.High, true,
            "Opens a cursor as one tenant and fetches a row, becomes the other, fetches the rest; a row that is not the first one's is a "
                + "break (an unwrapped policy is asked anew for each row). Both ways round and without indexes.", "Howdah"),
            (stage, token) => BothWaysAsync(stage, "cursor opened as one tenant, fetched as the other", async (a, b) =>
            {
                await stage.BecomeAsync(a, token);
                await stage.RunAsync(Sql.Of(
                    $"declare howdah_cursor no scroll cursor for select {stage.Column}::text from {stage.Table}"), token);
                // The tenant is read when the first row is fetched, and must stay what it was.
                await stage.Bout.ScalarAsync("fetch 1 from howdah_cursor", token);
                await stage.BecomeAsync(b, token);
                var foreign = 0L;
                await using var command = new Npgsql.NpgsqlCommand("fetch all from howdah_cursor", stage.Bout.Connection);
                await using var rows = await command.ExecuteReaderAsync(token);
                while (await rows.ReadAsync(token))
                    foreign += rows.IsDBNull(0) || rows.GetString(0) != a ? 1 : 0;
                return foreign;
            }, token)),

        new(new("TEN-E09", "A statement prepared as one tenant serves the next one's rows only", Gravity.Critical, true,
            "Prepares and executes as A, executes as B; a row of A is a break (an IMMUTABLE helper in the policy is frozen into the plan).",
            "Howdah"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                await stage.RunAsync(Sql.Of($"prepare howdah_statement as select count(*) from {stage.Table} where {stage.Column} <> "
                    + $"{stage.Foreign}"), token);
                // PREPARE makes no plan yet; the first execution does, and what it froze is what the next tenant would get.
                await stage.CountAsync(Sql.Of($"execute howdah_statement"), token);
                await stage.BecomeAsync(stage.B, token);
                var foreign = await stage.CountAsync(Sql.Of($"execute howdah_statement"), token);
                await stage.RunAsync(Sql.Of($"deallocate howdah_statement"), token);
                return Rows(stage, foreign, "prepared and executed as A, executed as B");
            }),

        new(new("TEN-F02", "One statement cannot walk from tenant to tenant", Gravity.Critical, true,
            "As one tenant, calls set_config(the other) in the select list and reads on; a row of the other is a break (an unwrapped "
                + "policy is asked anew for each row). Both ways round and without indexes.", "Howdah"),
            (stage, token) => BothWaysAsync(stage, "select …, set_config(…, another, true) from the table", async (a, b) =>
            {
                await stage.BecomeAsync(a, token);
                return await stage.CountAsync(Sql.Of($"""
                    select count(*) from (select {stage.Column} as tenant,
                        pg_catalog.set_config({new Literal(stage.Spec.Wanted.Context)}, {new Literal(stage.Spec.Said(b))}, true)
                                          from {stage.Table} offset 0) walk where tenant <> {new Literal(a)}
                    """), token);
            }, token)),

        new(new("TEN-E05", "A rolled-back change of tenant is gone", Gravity.High, true,
            "As A, becomes B after a savepoint and rolls back to it; then a row that is not A's is a break.", "Howdah"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                await stage.RunAsync(Sql.Of($"savepoint howdah_turn"), token);
                await stage.BecomeAsync(stage.B, token);
                await stage.RunAsync(Sql.Of($"rollback to savepoint howdah_turn"), token);
                return Rows(stage, await stage.CountAsync(Sql.Of(
                    $"select count(*) from {stage.Table} where {stage.Column} <> {stage.Own}"), token),
                    "as A: savepoint, become B, rollback to savepoint, select");
            }),
    ];

    static async Task<long> ForeignAsync(Stage stage, CancellationToken token)
    {
        await stage.BecomeAsync(stage.A, token);
        return await stage.CountAsync(Sql.Of($"select count(*) from {stage.Table} where {stage.Column} is distinct from {stage.Own}"),
            token);
    }

    // An index is asked once for a tenant's rows; a walk over the table itself shows only rows that stand behind the first. So indexes are
    // left out, and each of the two walks: one of them has a row before the other's last.
    static async Task<Outcome> BothWaysAsync(Stage stage, string how, Func<string, string, Task<long>> walkAsync, CancellationToken token)
    {
        await stage.RunAsync(Sql.Of($"""
            set local enable_indexscan = off; set local enable_indexonlyscan = off; set local enable_bitmapscan = off;
            set local max_parallel_workers_per_gather = 0
            """), token);
        foreach (var (a, b) in ((string, string)[])[(stage.A, stage.B), (stage.B, stage.A)])
        {
            var (foreign, refusal) = await stage.Bout.TryAsync(_ => walkAsync(a, b), token);
            if (refusal is not null)
                return Outcome.Refused(how, refusal);
            if (foreign > 0)
                return Rows(stage, foreign, how);
        }
        return Rows(stage, 0, how);
    }

    static Outcome Rows(Stage stage, long count, string how) =>
        count == 0 ? Outcome.Held($"{how}: no row") : Outcome.Broken($"{how}: {count} rows that it may not see", stage.Floor);
}
