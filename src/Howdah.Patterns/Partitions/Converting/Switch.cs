using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>
/// What happens while both tables are locked: names change hands, and what hangs on a name or cannot be on both goes along. All in the
/// transaction that the connection is in; only catalogs are written.
/// </summary>
/// <param name="conversion">The conversion.</param>
sealed class Switch(Conversion conversion)
{
    static readonly CatalogQuery Owned = CatalogQuery.Load(typeof(Switch), "owned.sql");

    OldTable Old => conversion.Old;

    /// <summary>Puts the new table in the old one's place.</summary>
    internal async Task ForwardAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await Capture.EndAsync(connection, conversion, Old.QName, conversion.Changes, token);
        foreach (var column in Old.Of("sequence"))
            await CarryValueAsync(connection, Old.QName, conversion.New, column.Name, token);
        // A foreign key of a table that nobody writes any more would keep others from deleting what it refers to.
        foreach (var key in Old.Of("foreign key"))
            await connection.ExecuteAsync(Sql.Of($"alter table {Old.QName} drop constraint {new Ident(key.Name)}"), token);
        await WrittenAsync(connection, "unpublish", token);
        // A sequence that a column owns goes to another schema with its table; a default keeps to it wherever it is.
        await WrittenAsync(connection, "disown", token);
        await StatisticsAsync(connection, (own, number) => (new(own.Name), conversion.Unnamed("b", number)), token);
        var states = Old.Of("trigger states").ToList();
        if (states.Count > 0)
            await connection.ExecuteAsync(Sql.Of($"alter table {Old.QName} disable trigger user"), token);
        await connection.ExecuteAsync(Sql.Of($"alter table {Old.QName} rename to {new Ident(conversion.Parked.Name)}"), token);
        await connection.ExecuteAsync(Sql.Of(
            $"alter table {Old.QName with { Name = conversion.Parked.Name }} set schema {new Ident(conversion.Parked.Schema)}"), token);
        await connection.ExecuteAsync(Sql.Of($"alter table {conversion.New} rename to {new Ident(Old.Name)}"), token);
        await NamesAsync(connection, Old.QName, forward: true, token);
        await StatisticsAsync(connection, (own, number) => (conversion.Unnamed("s", number), new(own.Name)), token);
        foreach (var part in await Parts.OfAsync(connection, Old.QName, token))
            foreach (var key in Old.Of("foreign key"))
                await connection.ExecuteAsync(Sql.Of(
                    $"alter table {part.Name} add constraint {new Ident(key.Name)} {Sql.Written(key.Text)} not valid"), token);
        await WrittenAsync(connection, "trigger", token);
        foreach (var state in states.Where(static each => !each.Text.StartsWith("enable trigger", StringComparison.Ordinal)))
            await connection.ExecuteAsync(Sql.Of($"alter table {Old.QName} {Sql.Written(state.Text)}"), token);
        foreach (var part in (string[])["publish", "view", "owned", "sequence grant"])
            await WrittenAsync(connection, part, token);
        await OwnAsync(connection, conversion.Parked, token);
        await Capture.BeginAsync(connection, conversion, Old.QName, conversion.ChangesBack, token);
    }

    /// <summary>Puts the table as it was in its place again, and removes the new one.</summary>
    internal async Task BackAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await Capture.EndAsync(connection, conversion, Old.QName, conversion.ChangesBack, token);
        foreach (var column in Old.Of("sequence"))
            await CarryValueAsync(connection, Old.QName, conversion.Parked, column.Name, token);
        await WrittenAsync(connection, "unpublish", token);
        await StatisticsAsync(connection, (own, number) => (new(own.Name), conversion.Unnamed("s", number)), token);
        await NamesAsync(connection, Old.QName, forward: false, token);
        await connection.ExecuteAsync(Sql.Of($"alter table {Old.QName} rename to {new Ident(conversion.New.Name)}"), token);
        await connection.ExecuteAsync(Sql.Of($"alter table {conversion.Parked} set schema {new Ident(Old.Schema)}"), token);
        await connection.ExecuteAsync(Sql.Of(
            $"alter table {conversion.Parked with { Schema = Old.Schema }} rename to {new Ident(Old.Name)}"), token);
        await StatisticsAsync(connection, (own, number) => (conversion.Unnamed("b", number), new(own.Name)), token);
        foreach (var state in Old.Of("trigger states"))
            await connection.ExecuteAsync(Sql.Of($"alter table {Old.QName} {Sql.Written(state.Text)}"), token);
        foreach (var part in (string[])["publish", "view", "owned"])
            await WrittenAsync(connection, part, token);
        await OwnAsync(connection, conversion.New, token);
        await NewTable.DropAsync(connection, conversion.New, token);
        foreach (var key in Old.Of("foreign key"))
            await connection.ExecuteAsync(Sql.Of(
                $"alter table {Old.QName} add constraint {new Ident(key.Name)} {Sql.Written(key.Text)} not valid"), token);
        await WrittenAsync(connection, "foreign key comment", token);
    }

    /// <summary>Checks the foreign keys that were added unchecked, and puts them on the table as a whole.</summary>
    internal async Task CheckKeysAsync(NpgsqlConnection connection, QName table, CancellationToken token)
    {
        foreach (var key in Old.Of("foreign key"))
            await connection.ExecuteAsync(Sql.Of($"alter table {table} validate constraint {new Ident(key.Name)}"), token);
    }

    /// <summary>Puts checked foreign keys of all partitions on the table: they are taken as they are.</summary>
    internal async Task LiftKeysAsync(NpgsqlConnection connection, CancellationToken token)
    {
        foreach (var key in Old.Of("foreign key"))
            if (!await connection.OneAsync<bool>(Sql.Of($"""
                select exists (select from pg_catalog.pg_constraint k where k.contype = 'f' and k.conname = {new Literal(key.Name)}
                  and k.conrelid = {new Literal(Old.QName.ToString())}::pg_catalog.regclass)
                """), token))
                await connection.ExecuteAsync(
                    Sql.Of($"alter table {Old.QName} add constraint {new Ident(key.Name)} {Sql.Written(key.Text)}"), token);
        await WrittenAsync(connection, "foreign key comment", token);
    }

    async Task WrittenAsync(NpgsqlConnection connection, string part, CancellationToken token)
    {
        foreach (var carried in Old.Of(part))
            await connection.ExecuteAsync(OldTable.About(carried, Old.QName), token);
    }

    // Of indexes and sequences: those of the table that is parked keep theirs, for they went to another schema with it.
    async Task NamesAsync(NpgsqlConnection connection, QName table, bool forward, CancellationToken token)
    {
        for (var i = 0; i < Old.Indexes.Count; i++)
        {
            var (from, to) = Turn(conversion.Unnamed("i", i), new(Old.Indexes[i].Name), forward);
            await connection.ExecuteAsync(Sql.Of($"alter index {new QName(Old.Schema, from.Name)} rename to {to}"), token);
        }
        var number = 0;
        foreach (var sequence in Old.Of("sequence"))
        {
            var own = QName.Parse(sequence.Text)!.Value;
            var to = forward ? own.Name : conversion.Unnamed("q", number++).Name;
            var now = QName.Parse((await SequenceAsync(connection, table, sequence.Name, token))!)!.Value;
            if (now.Name != to)
                await connection.ExecuteAsync(Sql.Of($"alter sequence {now} rename to {new Ident(to)}"), token);
        }
    }

    async Task StatisticsAsync(NpgsqlConnection connection, Func<Carried, int, (Ident From, Ident To)> names, CancellationToken token)
    {
        var number = 0;
        foreach (var statistics in Old.Of("statistics"))
        {
            var (from, to) = names(statistics, number++);
            await connection.ExecuteAsync(Sql.Of($"alter statistics {new QName(Old.Schema, from.Name)} rename to {to}"), token);
        }
    }

    static (Ident From, Ident To) Turn(Ident one, Ident other, bool forward) => forward ? (one, other) : (other, one);

    static async Task CarryValueAsync(NpgsqlConnection connection, QName from, QName to, string column, CancellationToken token)
    {
        var (source, target) = (await SequenceAsync(connection, from, column, token), await SequenceAsync(connection, to, column, token));
        await connection.ExecuteAsync(Sql.Of($"""
            select pg_catalog.setval({new Literal(target)}::pg_catalog.regclass, last_value, is_called)
            from {QName.Parse(source!)!.Value}
            """), token);
    }

    static Task<string?> SequenceAsync(NpgsqlConnection connection, QName table, string column, CancellationToken token) =>
        connection.OneAsync<string>(Sql.Of($"""
            select pg_catalog.pg_get_serial_sequence({new Literal(table.ToString())}, {new Literal(column)})
            """), token);

    // What Howdah owns is known by oid: what took the place of an owned thing is owned.
    async Task OwnAsync(NpgsqlConnection connection, QName gone, CancellationToken token)
    {
        await connection.ExecuteAsync(Sql.Of($"""
            select pg_catalog.set_config('howdah.convert_gone', {new Literal(gone.ToString())}, true),
                   pg_catalog.set_config('howdah.convert_now', {new Literal(Old.QName.ToString())}, true)
            """), token);
        await connection.ExecuteAsync(Owned.AsSql(), token);
    }
}
