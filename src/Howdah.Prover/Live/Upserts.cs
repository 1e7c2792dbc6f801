using Howdah.Engine.Planning;
using Howdah.Prover.Scouting;

namespace Howdah.Prover.Live;

/// <summary>Tries that reach a row by writing: INSERT … ON CONFLICT, MERGE in all its branches, RETURNING. Pure.</summary>
static class Upserts
{
    /// <summary>The tries.</summary>
    /// <param name="access">Who may do what.</param>
    /// <param name="stake">The rows.</param>
    /// <param name="any">A column that may be updated; null where none may.</param>
    /// <param name="a">The context of A.</param>
    internal static IEnumerable<Shot> Of(Access access, Stake stake, Ident? any, string a)
    {
        var table = access.Table;
        if (!access.Reads)
            yield break;
        if (any is { } column)
        {
            yield return Returned(LiveAttacks.Update, "update a row of B as A and have it returned", a,
                Sql.Of($"update {table.Name} set {column} = {column} where {stake.Foreign.Where} returning 1"));
            foreach (var shot in Conflicts(access, stake, column, a))
                yield return shot;
        }
        if (access.Deletes)
        {
            yield return Returned(LiveAttacks.Delete, "delete a row of B as A and have it returned", a,
                Sql.Of($"delete from {table.Name} where {stake.Foreign.Where} returning 1"));
            yield return Shot.Change(LiveAttacks.Delete, "merge a row of B away as A", a, Sql.Of($"""
                merge into {table.Name} t using (select 1) s on {On(stake)} when matched then delete
                """));
        }
        if (Row.All(access, stake) is { } row)
        {
            // Not matched by the row that is there: the branch of MERGE that inserts.
            var shown = Sql.Of($"merge into {table.Name} … when not matched then insert … values (… {new Literal(stake.B)} …)");
            yield return Shot.Change(LiveAttacks.Plant, "merge in a row of B as A", a, Sql.Of($"""
                merge into {table.Name} t using (select 1) s on false
                when not matched then insert ({row.Names}) overriding system value values ({row.Values})
                """), planted: true) with { Statement = shown };
        }
    }

    // What was there already was updated and not inserted: then its xmax is set. A row that A may insert beside it is no break.
    static IEnumerable<Shot> Conflicts(Access access, Stake stake, Ident any, string a)
    {
        var table = access.Table;
        if (Row.All(access, stake) is not { } row)
            yield break;
        foreach (var key in access.Keys.Where(static key => key.Named))
        {
            var target = Sql.List(table.Columns.Where(column => key.Columns.Contains(column.Number))
                .Select(static column => new Ident(column.Name)));
            yield return Conflict(row.Values, stake.B, "upsert the row of B as A");
            // With the tenant in the key it would meet A's own rows.
            if (!key.Columns.Contains(table.TenantColumn.Number) && row.Beside(stake.A, key.Columns) is { } beside)
                yield return Conflict(beside, stake.A, "upsert with B's key as A");

            Shot Conflict(Sql values, string tenant, string name)
            {
                // A partitioned table does not tell a row that was met from one that was made; its key holds the tenant, so it is met.
                var met = table.Kind == 'p' ? Sql.Of($"1") : Sql.Of($"t.xmax::pg_catalog.text::pg_catalog.int8");
                var upsert = Sql.Of($"""
                    with u as (insert into {table.Name} as t ({row.Names}) overriding system value values ({values})
                      on conflict ({target}) do update set {any} = t.{any} returning {met} as met)
                    select count(*) from u where met <> 0
                    """);
                return new(LiveAttacks.Update, name, a,
                    Sql.Of($"insert into {table.Name} … values (… {new Literal(tenant)} …) on conflict ({target}) do update …"),
                    Sql.Of($"execute {new DollarQuoted(upsert.ToString())} into n;"));
            }
        }
    }

    static Shot Returned(Engine.Proving.Attack attack, string name, string a, Sql statement) => new(attack, name, a, statement,
        Sql.Of($"execute {new DollarQuoted(Sql.Of($"with u as ({statement}) select count(*) from u").ToString())} into n;"));

    static Sql On(Stake stake) =>
        Sql.Of($"t.tableoid = {new Literal(stake.Foreign.Table)}::pg_catalog.oid and t.ctid = {stake.Foreign.Tid}");
}

/// <summary>B's row as a role may insert it.</summary>
sealed record Row(TenantTable Table, IReadOnlyList<Column> Columns, IReadOnlyDictionary<short, Sql> Given)
{
    internal Sql Names => Sql.List(Columns.Select(static column => new Ident(column.Name)));

    internal Sql Values => Sql.Join(", ", Columns.Select(column => Given[column.Number]));

    /// <summary>Null where it may not be inserted, or a column left out would take its default, which may burn a number of a sequence.
    /// </summary>
    internal static Row? All(Access access, Stake stake)
    {
        var table = access.Table;
        var columns = table.Columns.Where(column => access.Insert.Contains(column.Number) && !column.Generated).ToList();
        return stake.Values.Count == 0 || !columns.Exists(column => column.Number == table.TenantColumn.Number)
            || table.Columns.Any(column => (column.HasDefault || column.Identity) && !column.Generated && !columns.Contains(column))
            ? null : new(table, columns, stake.Values);
    }

    /// <summary>Its values with another tenant: as they are in the columns of a key, values that nobody has in all others that must be
    /// unique; null where none can be made up.</summary>
    internal Sql? Beside(string tenant, IReadOnlyList<short> key)
    {
        var values = new List<Sql>();
        foreach (var column in Columns)
        {
            var type = Sql.Written(column.Type);
            if (column.Number == Table.TenantColumn.Number)
                values.Add(Sql.Of($"{new Literal(tenant)}::{type}"));
            else if (key.Contains(column.Number) || !column.Unique)
                values.Add(Given[column.Number]);
            else if (Live.Values.Fresh(column, 3) is { } fresh)
                values.Add(Sql.Of($"{new Literal(fresh)}::{type}"));
            else
                return null;
        }
        return Sql.Join(", ", values);
    }
}
