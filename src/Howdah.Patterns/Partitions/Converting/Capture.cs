using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>
/// Catches the keys of rows that are written while a copy is made, in the transaction that writes them: by statement, for that costs a
/// writer of many rows far less than by row; always, for a session that replays a replica's changes counts, too.
/// </summary>
static class Capture
{
    /// <summary>Catches what is written to a table; the table is locked against writers already.</summary>
    /// <param name="connection">A connection, in a transaction.</param>
    /// <param name="conversion">The conversion.</param>
    /// <param name="table">The table.</param>
    /// <param name="changes">Where the keys go.</param>
    /// <param name="token">Cancels.</param>
    internal static async Task BeginAsync(NpgsqlConnection connection, Conversion conversion, QName table, QName changes,
        CancellationToken token)
    {
        var function = Function(changes);
        var columns = conversion.Old.NewKey.Columns();
        var refusal = new Literal($"{conversion.Old.QName.Plain} is being partitioned, and TRUNCATE is not taken meanwhile");
        var hint = new Literal(
            $"DELETE its rows, or end it first: howdah partition convert {conversion.Old.QName.Plain} --abort, or --finish");
        var body = Sql.Of($"""

            begin
              if tg_op = 'TRUNCATE' then
                raise exception using message = {refusal}, hint = {hint}, errcode = 'object_in_use';
              elsif tg_op = 'INSERT' then
                insert into {changes} ({columns}) select {columns} from howdah_after;
              elsif tg_op = 'DELETE' then
                insert into {changes} ({columns}) select {columns} from howdah_before;
              else
                insert into {changes} ({columns}) select {columns} from howdah_before union select {columns} from howdah_after;
              end if;
              return null;
            end
            """);
        await connection.ExecuteAsync(Sql.Of($"""
            create or replace function {function}() returns trigger language plpgsql security definer set search_path = ''
              as {new DollarQuoted(body.ToString())};
            revoke all on function {function}() from public
            """), token);
        foreach (var (action, rows) in ((Words, Sql)[])[(new("insert"), Sql.Of($"referencing new table as howdah_after")),
            (new("update"), Sql.Of($"referencing old table as howdah_before new table as howdah_after")),
            (new("delete"), Sql.Of($"referencing old table as howdah_before")), (new("truncate"), Sql.Of($""))])
        {
            var name = Trigger(conversion, action);
            await connection.ExecuteAsync(Sql.Of($"""
                create trigger {name} after {action} on {table} {rows} for each statement execute function {function}();
                alter table {table} enable always trigger {name}
                """), token);
        }
    }

    /// <summary>Stops catching.</summary>
    internal static async Task EndAsync(NpgsqlConnection connection, Conversion conversion, QName table, QName changes,
        CancellationToken token)
    {
        foreach (var action in (Words[])[new("insert"), new("update"), new("delete"), new("truncate")])
            await connection.ExecuteAsync(Sql.Of($"drop trigger if exists {Trigger(conversion, action)} on {table}"), token);
        await connection.ExecuteAsync(Sql.Of($"drop function if exists {Function(changes)}()"), token);
    }

    static QName Function(QName changes) => changes with { Name = $"catch_{changes.Name}" };

    static Ident Trigger(Conversion conversion, Words action) => new($"howdah_convert_{conversion.Id}_{action}");
}
