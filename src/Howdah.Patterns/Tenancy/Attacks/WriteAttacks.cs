using Howdah.Engine.Planning;
using Howdah.Engine.Proving;
using Npgsql;

namespace Howdah.Patterns.Tenancy.Attacks;

/// <summary>Attacks that change another tenant's rows, plant rows with it, or take its protection away.</summary>
static class WriteAttacks
{
    internal static IReadOnlyList<Staged> All { get; } =
    [
        new(new("TEN-B02", "Rows cannot be given to another tenant", Gravity.Critical, true,
            "As A, sets the tenant column of all rows to B (no WHERE, so that no SELECT policy helps); success is a break.", "Howdah"),
            (stage, token) => RefusedAsync(stage, stage.A, Sql.Of($"update {stage.Table} set {stage.Column} = {stage.Foreign}"), token)),

        new(new("TEN-B04", "Rows cannot be planted with another tenant", Gravity.Critical, true,
            "As A, inserts a copy of one of its rows as B's; success is a break, and so is a key conflict: it means that the row was let "
                + "in.", "Howdah"),
            async (stage, token) =>
            {
                var columns = await ColumnsAsync(stage, token);
                var list = Sql.Join(", ", columns.Select(column => Sql.Of($"{new Ident(column)}")));
                var values = Sql.Join(", ", columns.Select(column => column == stage.Spec.Wanted.Column
                    ? Sql.Of($"{stage.Foreign}::{new Words(stage.Spec.Wanted.Type)}") : Sql.Of($"{new Ident(column)}")));
                return await RefusedAsync(stage, stage.A,
                    Sql.Of($"insert into {stage.Table} ({list}) select {values} from {stage.Table} limit 1"), token);
            }),

        new(new("TEN-B07", "Without a tenant no row can be planted", Gravity.Critical, true,
            "Takes a row of A, empties the context and inserts the row again, as A's and as nobody's; success is a break, and so is a key "
                + "conflict or a NOT NULL: it means that the row was let in.", "Howdah"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                var row = await stage.Bout.ScalarAsync(Sql.Of(
                    $"select pg_catalog.to_jsonb(t)::text from {stage.Table} t where {stage.Column} = {stage.Own} limit 1").ToString(),
                    token);
                if (row is not string own)
                    return Outcome.Unclear("no own row to try it with");
                var columns = await ColumnsAsync(stage, token);
                var list = Sql.List(columns.Select(column => new Ident(column)));
                foreach (var nobody in (bool[])[false, true])
                {
                    var values = Sql.Join(", ", columns.Select(column => nobody && column == stage.Spec.Wanted.Column
                        ? Sql.Of($"null") : Sql.Of($"{new Ident(column)}")));
                    var outcome = await RefusedAsync(stage, null, Sql.Of($"""
                        insert into {stage.Table} ({list})
                        select {values} from pg_catalog.jsonb_populate_record(null::{stage.Table}, {new Literal(own)})
                        """), token);
                    if (outcome.Verdict != Verdict.Held)
                        return outcome;
                }
                return Outcome.Held("no tenant set: insert as A's, as nobody's: refused");
            }),

        new(new("TEN-B10", "Another tenant's rows cannot be updated", Gravity.Critical, true,
            "As A, updates rows of B and, without WHERE, all rows; a change of more than A's rows is a break.", "Howdah"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                return await ReachAsync(stage, Sql.Of($"update {stage.Table} set {stage.Column} = {stage.Column}"), token);
            }),

        new(new("TEN-B11", "Another tenant's rows cannot be deleted", Gravity.Critical, true,
            "As A, deletes all rows; more than A's own (or a foreign row's key holding them) is a break.", "Howdah"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                return await ReachAsync(stage, Sql.Of($"delete from {stage.Table} where {stage.Column} = {stage.Foreign}"), token,
                    expectNone: true);
            }),

        new(new("TEN-B12", "Another tenant's rows cannot be locked", Gravity.High, true,
            "As A, selects rows of B FOR UPDATE; a row is a break.", "Howdah"),
            async (stage, token) =>
            {
                await stage.BecomeAsync(stage.A, token);
                var (count, refusal) = await stage.Bout.TryAsync(_ => stage.CountAsync(Sql.Of(
                    $"select count(*) from (select 1 from {stage.Table} where {stage.Column} = {stage.Foreign} for update) held"), token),
                        token);
                return refusal is not null ? Outcome.Refused("select … for update", refusal)
                    : count == 0 ? Outcome.Held("select … for update where the tenant is B: no row")
                    : Outcome.Broken($"select … for update: {count} rows of B locked", stage.Floor);
            }),

        new(new("TEN-C06", "The table cannot be emptied", Gravity.Critical, true,
            "TRUNCATE, which no policy stops; success is a break, and so is a refusal because of a foreign key: it comes after the "
                + "right was looked at.", "PostgreSQL documentation, Row Security Policies"),
            async (stage, token) =>
            {
                // Without CASCADE: with it, the right to another table could be what is missing.
                var truncate = Sql.Of($"truncate {stage.Table}");
                var fix = $"REVOKE TRUNCATE ON {stage.Table} FROM {new Ident(stage.Bout.Role)}";
                var (_, refusal) = await stage.Bout.TryAsync(_ => stage.RunAsync(truncate, token), token);
                return refusal is null ? Outcome.Broken($"{Short(truncate)}: let through", fix)
                    : refusal.SqlState == PostgresErrorCodes.FeatureNotSupported
                        ? Outcome.Broken($"{Short(truncate)}: only a foreign key was in the way", fix)
                    : Outcome.Refused(Short(truncate), refusal);
            }),

        new(new("TEN-A03", "No login can take the protection away", Gravity.Critical, true,
            "Tries NO FORCE, DISABLE, DROP POLICY and CREATE POLICY; any that is let through is a break.", "Howdah"),
            async (stage, token) =>
            {
                foreach (var statement in (Sql[])
                    [
                        Sql.Of($"alter table {stage.Table} no force row level security"),
                        Sql.Of($"alter table {stage.Table} disable row level security"),
                        Sql.Of($"drop policy if exists {new Ident(TenancySpec.Floor)} on {stage.Table}"),
                        Sql.Of($"create policy howdah_intruder on {stage.Table} using (true)"),
                    ])
                {
                    var outcome = await DeniedAsync(stage, statement,
                        $"ALTER TABLE {stage.Table} OWNER TO {new Ident(stage.Spec.Owner)}, and take {stage.Bout.Role} out of that role",
                            token);
                    if (outcome.Verdict != Verdict.Held)
                        return outcome;
                }
                return Outcome.Held("NO FORCE, DISABLE, DROP POLICY, CREATE POLICY: all refused");
            }),

        new(new("TEN-C07", "No login can point foreign keys or hang triggers at the table", Gravity.High, false,
            "Asks whether the login has REFERENCES or TRIGGER: with one it learns of others' keys and blocks their deletes, with the "
                + "other it runs code as every writer.",
            "PostgreSQL documentation, GRANT"),
            async (stage, token) => await stage.Bout.ScalarAsync(
                "select pg_catalog.has_table_privilege($1::pg_catalog.regclass, 'REFERENCES') or "
                    + "pg_catalog.has_table_privilege($1::pg_catalog.regclass, 'TRIGGER')",
                token, stage.Table.ToString()) is true
                ? Outcome.Broken("has REFERENCES or TRIGGER",
                    $"REVOKE REFERENCES, TRIGGER ON {stage.Table} FROM {new Ident(stage.Bout.Role)}")
                : Outcome.Held("has neither REFERENCES nor TRIGGER")),
    ];

    // The floor's refusal is 42501 "new row violates row-level security policy"; so is a missing privilege. A constraint is asked only
    // after the policies: its refusal says that the row was let in. Anything else (a trigger, a lock, no partition) says nothing.
    static async Task<Outcome> RefusedAsync(Stage stage, string? tenant, Sql statement, CancellationToken token)
    {
        await stage.BecomeAsync(tenant, token);
        var (count, refusal) = await stage.Bout.TryAsync(_ => stage.RunAsync(statement, token), token);
        return refusal is null
            ? count == 0 ? Outcome.Unclear("no own row to try it with")
                : Outcome.Broken($"{Short(statement)}: {count} rows", stage.Floor)
            : refusal is { ConstraintName: not null } or { SqlState: PostgresErrorCodes.NotNullViolation, TableName: not null }
                ? Outcome.Broken($"{Short(statement)}: let in, then {refusal.MessageText}", stage.Floor)
            : Outcome.Refused(Short(statement), refusal);
    }

    static async Task<Outcome> ReachAsync(Stage stage, Sql statement, CancellationToken token, bool expectNone = false)
    {
        var own = expectNone ? 0
            : await stage.CountAsync(Sql.Of($"select count(*) from {stage.Table} where {stage.Column} = {stage.Own}"), token);
        var (count, refusal) = await stage.Bout.TryAsync(_ => stage.RunAsync(statement, token), token);
        return refusal switch
        {
            not null when Stage.Denied(refusal) => Outcome.Held($"{Short(statement)}: {refusal.MessageText}"),
            // A foreign key that holds the row means that the row was reached.
            { SqlState: PostgresErrorCodes.ForeignKeyViolation } =>
                Outcome.Broken($"{Short(statement)}: reached, then {refusal.MessageText}", stage.Floor),
            not null => Outcome.Unclear(refusal.MessageText),
            null when count <= own => Outcome.Held($"{Short(statement)}: {(expectNone ? "no row" : "own rows only")}"),
            null => Outcome.Broken($"{Short(statement)}: {count} rows, of which {own} are its own", stage.Floor),
        };
    }

    static async Task<Outcome> DeniedAsync(Stage stage, Sql statement, string fix, CancellationToken token)
    {
        var (_, refusal) = await stage.Bout.TryAsync(_ => stage.RunAsync(statement, token), token);
        return refusal is null ? Outcome.Broken($"{Short(statement)}: let through", fix)
            : Outcome.Refused(Short(statement), refusal);
    }

    static async Task<List<string>> ColumnsAsync(Stage stage, CancellationToken token)
    {
        await using var command = new NpgsqlCommand(
            """
            select attname::text from pg_catalog.pg_attribute
            where attrelid = $1::pg_catalog.regclass and attnum > 0 and not attisdropped
              and attgenerated = '' and attidentity <> 'a' order by attnum
            """, stage.Bout.Connection);
        command.Parameters.Add(new() { Value = stage.Table.ToString() });
        await using var rows = await command.ExecuteReaderAsync(token);
        var columns = new List<string>();
        while (await rows.ReadAsync(token))
            columns.Add(rows.GetString(0));
        return columns;
    }

    // The ids of tenants are nobody's secret, but evidence needs no data of users.
    static string Short(Sql statement) => statement.ToString().Split('\'')[0].TrimEnd('=', ' ', ',', '(').Trim();
}
