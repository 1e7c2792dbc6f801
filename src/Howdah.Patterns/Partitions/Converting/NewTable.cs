using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Npgsql;

namespace Howdah.Patterns.Partitions.Converting;

/// <summary>The new table beside the one that is in use: made empty, without keys and indexes until the rows are in.</summary>
/// <param name="conversion">The conversion.</param>
/// <param name="wish">What is declared.</param>
sealed class NewTable(Conversion conversion, PartitionWish wish)
{
    // How carried.sql calls the owner: it comes last, for what is granted is granted by it.
    const string Owner = "9";

    OldTable Old => conversion.Old;

    /// <summary>Makes the table with its partitions, and the place where changes are caught. What is there of an earlier run
    /// goes.</summary>
    internal async Task MakeAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await DropAsync(connection, conversion.New, token);
        await connection.ExecuteAsync(Sql.Of($"""
            create table {conversion.New} (like {Old.QName} including all excluding indexes excluding statistics)
              partition by {new Words(Old.Kind.Strategy())} ({new Ident(Old.By)})
              {(Old.Tablespace is { } space ? Sql.Of($"tablespace {new Ident(space)}") : null)}
            """), token);
        foreach (var carried in Old.Of("columns").Concat(Old.Of("tables").Where(static each => each.Name != Owner)))
            await connection.ExecuteAsync(Sql.Of($"alter table {conversion.New} {Sql.Written(carried.Text)}"), token);
        foreach (var carried in Old.Of("build"))
            await connection.ExecuteAsync(OldTable.About(carried, conversion.New), token);
        await GrantAsync(connection, token);
        await Parts.MakeAsync(connection, Old, wish, conversion.New, Old.QName, token);
        foreach (var changes in (QName[])[conversion.Changes, conversion.ChangesBack])
            await connection.ExecuteAsync(Sql.Of($"""
                drop table if exists {changes};
                create table {changes} as select {Old.NewKey.Columns()} from {Old.QName} with no data
                """), token);
    }

    async Task GrantAsync(NpgsqlConnection connection, CancellationToken token)
    {
        // The owner first: what is granted afterwards is granted by it. Then what default privileges gave at birth goes.
        var owner = Old.Of("tables").Single(static each => each.Name == Owner);
        await connection.ExecuteAsync(Sql.Of($"alter table {conversion.New} {Sql.Written(owner.Text)}"), token);
        var born = await connection.ListAsync(Sql.Of($"""
            select distinct case x.grantee when 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) end
            from pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) x
            where c.oid = {new Literal(conversion.New.ToString())}::pg_catalog.regclass
              and ({(Old.Of("grant").Any() ? Sql.Of($"true") : Sql.Of($"false"))} or x.grantee <> c.relowner)
            """), static row => row.GetString(0), token);
        foreach (var who in born)
            await connection.ExecuteAsync(Sql.Of($"revoke all on {conversion.New} from {Sql.Written(who)}"), token);
        if (Old.Of("grant").Any())
            await connection.ExecuteAsync(Sql.Of($"revoke all on {conversion.New} from {Sql.Written(owner.Text["owner to ".Length..])}"),
                token);
        foreach (var grant in Old.Of("grant"))
            await connection.ExecuteAsync(OldTable.About(grant, conversion.New), token);
    }

    /// <summary>Builds the keys and indexes of one partition, in one transaction; nothing where it has them.</summary>
    internal async Task IndexAsync(NpgsqlConnection connection, Part part, CancellationToken token)
    {
        if (part.Indexes >= Old.Indexes.Count)
            return;
        await using var transaction = await connection.BeginTransactionAsync(token);
        foreach (var index in Old.Indexes)
            await IndexAsync(connection, part.Name, index, null, token);
        await transaction.CommitAsync(token);
    }

    /// <summary>Gives the new table its keys and indexes: those of its partitions are taken as they are, and built where one has none.
    /// </summary>
    internal async Task IndexAsync(NpgsqlConnection connection, CancellationToken token)
    {
        for (var i = 0; i < Old.Indexes.Count; i++)
        {
            var (index, name) = (Old.Indexes[i], conversion.Unnamed("i", i));
            await IndexAsync(connection, conversion.New, index, name, token);
            var place = new QName(Old.Schema, name.Name);
            if (index.Comment is { } comment)
                await connection.ExecuteAsync(Sql.Of($"comment on index {place} is {new Literal(comment)}"), token);
            if (index.ConstraintComment is { } told)
                await connection.ExecuteAsync(
                    Sql.Of($"comment on constraint {name} on {conversion.New} is {new Literal(told)}"), token);
            if (!index.Identity)
                continue;
            await connection.ExecuteAsync(Sql.Of($"alter table {conversion.New} replica identity using index {name}"), token);
            foreach (var part in await Parts.OfAsync(connection, conversion.New, token))
                await Parts.MendAsync(connection, conversion.New, part.Name, token);
        }
        var number = 0;
        foreach (var statistics in Old.Of("statistics"))
            await connection.ExecuteAsync(Sql.Of($"create statistics {new QName(Old.Schema, conversion.Unnamed("s", number++).Name)} "
                + $"{OldTable.About(statistics, conversion.New)}"), token);
    }

    static async Task IndexAsync(NpgsqlConnection connection, QName table, OldIndex index, Ident? name, CancellationToken token)
    {
        await connection.ExecuteAsync(Sql.Of($"set local default_tablespace = {new Literal(index.Tablespace ?? "")}"), token);
        var called = name is { } given ? Sql.Of($"{given}") : null;
        await connection.ExecuteAsync(index.Kind.Length > 0
            ? Sql.Of($"alter table {table} add {(called is null ? null : Sql.Of($"constraint {called}"))} {Sql.Written(index.Text)}")
            : Sql.Of($"create {(index.Unique ? Sql.Of($"unique") : null)} index {called} on {table} {Sql.Written(index.Text)}"), token);
    }

    /// <summary>Removes a table that is not in use, with its partitions.</summary>
    internal static Task<int> DropAsync(NpgsqlConnection connection, QName table, CancellationToken token) =>
        connection.ExecuteAsync(Sql.Of($"drop table if exists {table}"), token);
}
